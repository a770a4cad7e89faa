// Joints that hands take on the stage: pull one and the body follows, pin one and it stays.

import { figure, handles } from "../body.js";
import { JOINTS } from "../constants.js";
import { drawn, upOf } from "../drawn.js";
import { PULLABLE } from "../drag.js";
import { turning } from "../gravity.js";
import { steady } from "../limbs.js";
import { cameraAxes } from "../math.js";
import { css } from "../theme.js";

const NUDGE = 0.03; // metres a key moves a joint
const NEAR = 0.001; // metres: a joint that is as near to its target stays

const named = (joint) => JOINTS[joint].replaceAll("_", " ");

// look() gives the eye of the stage; say(text) tells what is held.
export function createGrips(store, look, say) {
  const { engine } = store;
  const pins = new Set();
  let picked = -1;
  let over = -1;
  let frameId = 0;

  const standing = () => figure(drawn(store, store.pose)).points;
  const kept = () => steady(store.pose, engine.header.lengths); // in the canonical frame
  const from = (body, joint) => [0, 1, 2].map((i) => body[3 * joint + i]);

  function nearest(x, y, reach) {
    const eye = look();
    const body = figure(drawn(store, store.pose));
    const away = ([px, py]) => Math.hypot(px - x, py - y);
    const far = (joint) => Math.min(...handles(body, joint).map((place) => away(eye(...place))));
    const best = PULLABLE.reduce((a, b) => (far(b) < far(a) ? b : a));
    return far(best) < reach ? best : -1;
  }

  // Begin to pull: the function that it gives moves the target by (dx, dy) pixels and takes a step towards it.
  function take(joint) {
    const up = upOf(store);
    const back = turning([-up[0], up[1], -up[2]]); // from what is drawn to the canonical frame
    const pull = engine.pull(store.z);
    const body = kept();
    const at = from(body, joint);
    const still = [...pins].filter((pin) => pin !== joint).map((pin) => ({ joint: pin, at: from(body, pin) }));
    store.set({ ghost: store.z });
    return {
      move(dx, dy) {
        const { x, y } = cameraAxes(store.view);
        const size = look()(...standing()[joint])[3];
        back(x.map((v, i) => (v * dx + y[i] * dy) / size)).forEach((v, i) => (at[i] += v));
      },
      step: () => store.set({ z: pull.step([{ joint, at }, ...still]), up: store.up ?? engine.up(store.z) }),
      gap: () => Math.hypot(...from(kept(), joint).map((v, i) => v - at[i])),
    };
  }

  function pin(joint) {
    if (!pins.delete(joint)) pins.add(joint);
    say(`${named(joint)} ${pins.has(joint) ? "pinned" : "free"}`);
    store.set({});
  }

  // Follow a pointer that went down on a joint; without a move it pins the joint.
  function hold(joint) {
    let held = null;
    let rests = true; // nothing is left to do, so a move is followed at once and not with the next frame
    const follow = () => {
      rests = held.gap() <= NEAR;
      if (!rests) held.step();
      frameId = requestAnimationFrame(follow);
    };
    let gone = 0;
    const move = (_x, _y, dx, dy) => {
      gone += Math.hypot(dx, dy);
      if (!held && gone < 3) return;
      if (!held) {
        held = take(joint);
        say(`pulling the ${named(joint)}`);
      }
      held.move(dx, dy);
      if (!rests) return;
      cancelAnimationFrame(frameId);
      follow();
    };
    move.done = () => {
      cancelAnimationFrame(frameId);
      if (held) say("");
      else pin(joint);
    };
    return move;
  }

  // Keys: pick the next joint, and move the one that is picked by a step to the right and down.
  function pick(way) {
    const place = PULLABLE.indexOf(picked);
    picked = PULLABLE[(place + way + PULLABLE.length + (place < 0 && way < 0 ? 1 : 0)) % PULLABLE.length];
    say(`${named(picked)}: arrow keys pull it, p pins it, Escape lets go`);
    store.set({});
  }
  function nudge(right, down) {
    const size = look()(...standing()[picked])[3];
    const held = take(picked);
    held.move(right * NUDGE * size, down * NUDGE * size);
    for (let k = 0; k < 4; k++) held.step();
  }
  function drop() {
    picked = -1;
    say("");
    store.set({});
  }

  function draw(ctx, eye, theme) {
    const points = standing();
    for (const joint of PULLABLE) {
      const pinned = pins.has(joint);
      if (!pinned && joint !== picked && joint !== over) continue;
      const [x, y] = eye(...points[joint]);
      ctx.beginPath();
      if (pinned) ctx.rect(x - 5, y - 5, 10, 10);
      else ctx.arc(x, y, 9, 0, 2 * Math.PI);
      ctx.lineWidth = 5;
      ctx.strokeStyle = css(theme.bg);
      ctx.stroke();
      ctx.lineWidth = 2;
      ctx.strokeStyle = css(theme.accent);
      ctx.stroke();
      if (pinned) {
        ctx.fillStyle = css(theme.accent);
        ctx.fill();
      }
    }
  }

  return {
    nearest,
    hold,
    draw,
    pick,
    nudge,
    drop,
    pin: () => picked >= 0 && pin(picked),
    picked: () => picked >= 0,
    hover(joint) {
      if (joint === over) return;
      over = joint;
      store.set({});
    },
    close() {
      cancelAnimationFrame(frameId);
      say("");
    },
  };
}
