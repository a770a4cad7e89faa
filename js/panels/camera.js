// The camera: what it sees, the body lifted from that, and how far off it is around the body.

import { drawBody, drawGhost, eye, outlineOf } from "../body.js";
import { CENTRE, JOINTS, LIMBS, SIDES, TRUNK, VIEW } from "../constants.js";
import { backdrop, h, onDrag, onKeys, onSlide, sheet, write } from "../dom.js";
import { drawn } from "../drawn.js";
import { clamp, distance, jointError, seen, wrap } from "../math.js";
import { css, mix } from "../theme.js";

// Where a camera stands, in steps of 45 degrees of azimuth.
const PLACES = ["front", "front left", "left", "back left", "back", "back right", "right", "front right"];
const RING = 72;
const RING_ORDER = [...Array(RING).keys()].sort((a, b) => coarse(a) - coarse(b));
function coarse(k) {
  for (let level = 0, step = 12; step >= 1; level++, step = step > 3 ? step / 2 : step - 2)
    if (k % step === 0) return level * 100 + k;
  return 1e4 + k;
}

export function cameraPanel(store, tellOthers) {
  const { engine } = store;
  const able = Boolean(engine.embed);
  const picture = sheet({
    class: "picture",
    tabindex: "0",
    role: "application",
    "aria-label": "What the camera sees. Drag or use arrow keys to move the camera around the body.",
  });
  const lifted = sheet({
    role: "img",
    "aria-label": "The body lifted from the keypoints, drawn over the true body.",
  });
  const chart = sheet({
    class: "chart",
    role: "img",
    "aria-label":
      "Distance between the embedding of the keypoints and the true embedding, for each azimuth of the camera.",
  });
  const from = h("figcaption");
  const error = h("figcaption");
  const gap = h("span");
  let theme;
  let ring = new Float32Array(RING).fill(NaN);
  let last = ring;
  let stale = true;
  let cursor = RING;
  let timer = 0;
  let frameId = 0;
  let z = null;
  let pose = null;

  const aim = (change) => {
    const camera = { ...store.camera, ...change };
    camera.azimuth = wrap(camera.azimuth);
    camera.elevation = clamp(camera.elevation, -60, 85);
    store.set({ camera });
  };
  const knob = (name, text, min, max, step, unit) => {
    const value = h("output"),
      input = h("input", {
        type: "range",
        min,
        max,
        step,
        id: `c-${name}`,
        "aria-label": `camera ${name}`,
        oninput: () => aim({ [name]: Number(input.value) }),
      });
    return {
      node: h(
        "div",
        { class: "knob" },
        h("label", { for: `c-${name}` }, text),
        h("div", { class: "track" }, input),
        value,
      ),
      frame() {
        const at = store.camera[name];
        if (Math.abs(Number(input.value) - at) > step / 2) input.value = at;
        input.style.setProperty("--at", `${clamp((at - min) / (max - min), 0, 1) * 100}%`);
        const text = name === "distance" ? at.toFixed(1) : String(Math.round(at));
        write(value, text.replace("-", "\u2212") + unit);
        input.setAttribute("aria-valuetext", value.textContent);
      },
    };
  };
  const knobs = [
    knob("azimuth", "Azimuth", -180, 180, 1, "\u00B0"),
    knob("elevation", "Elevation", -60, 85, 1, "\u00B0"),
    knob("roll", "Roll", -45, 45, 1, "\u00B0"),
    knob("distance", "Distance", 2.5, 8, 0.1, " m"),
  ];

  function drawPicture(keypoints) {
    const { ctx, width, height } = picture;
    const span = 520;
    const s = Math.min(width, height) / span;
    const at = (j) => [width / 2 + (keypoints[2 * j] - CENTRE) * s, height / 2 + (keypoints[2 * j + 1] - CENTRE) * s];
    ctx.clearRect(0, 0, width, height);
    ctx.lineCap = "round";
    ctx.lineWidth = 2;
    const bone = (a, b, colour) => {
      ctx.strokeStyle = css(colour);
      ctx.beginPath();
      ctx.moveTo(...at(a));
      ctx.lineTo(...at(b));
      ctx.stroke();
    };
    for (const [a, b] of TRUNK) bone(a, b, theme.trunk);
    for (const [a, b, side] of LIMBS) bone(a, b, theme[side]);
    for (let j = 0; j < JOINTS.length; j++) {
      ctx.beginPath();
      ctx.arc(...at(j), 3, 0, 2 * Math.PI);
      ctx.fillStyle = css(SIDES[j] === "trunk" ? theme.ink : theme[SIDES[j]]);
      ctx.fill();
    }
  }

  function drawLifted() {
    const { ctx, width, height } = lifted;
    ctx.clearRect(0, 0, width, height);
    if (!pose) return;
    const e = eye({ ...VIEW, azimuth: store.view.azimuth, elevation: store.view.elevation }, width, height);
    drawGhost(ctx, drawn(store, store.pose), e, outlineOf(theme), theme.ghost);
    drawBody(ctx, drawn(store, pose), e, theme);
  }

  // The chart's lines and words. top: the distance at its upper end.
  const { apart } = engine.header;
  const boxOf = () => ({ x: 30, y: 8, w: chart.width - 40, h: chart.height - 26 });
  const placed = (box, top) => (a, v) => [box.x + ((a + 180) / 360) * box.w, box.y + box.h * (1 - v / top)];
  const chartGround = backdrop(chart, (ctx, top) => {
    const box = boxOf();
    const at = placed(box, top);
    ctx.font = "10.5px system-ui, sans-serif";
    ctx.fillStyle = css(theme.muted);
    ctx.strokeStyle = css(theme.line);
    ctx.lineWidth = 1;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const [a, text] of [
      [-180, "back"],
      [-90, "right"],
      [0, "front"],
      [90, "left"],
      [180, "back"],
    ]) {
      const [x] = at(a, 0);
      ctx.beginPath();
      ctx.moveTo(x, box.y);
      ctx.lineTo(x, box.y + box.h);
      ctx.stroke();
      ctx.textAlign = a === 180 ? "right" : a === -180 ? "left" : "center";
      ctx.fillText(text, a === 180 ? x + 8 : a === -180 ? x - 8 : x, box.y + box.h + 5);
    }
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (const v of [0, apart]) {
      const [x, y] = at(-180, v);
      ctx.setLineDash(v ? [4, 4] : []);
      ctx.strokeStyle = css(v ? theme.muted : theme.line);
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(box.x + box.w, y);
      ctx.stroke();
      ctx.fillText(v ? v.toFixed(1) : "0", x - 6, y);
    }
    ctx.setLineDash([]);
    ctx.textAlign = "left";
    ctx.textBaseline = "bottom";
    ctx.fillText("two random poses", box.x + 6, at(0, apart)[1] + 15);
  });

  function drawChart() {
    const { ctx, width, height } = chart;
    const curve = cursor < 12 ? last : ring;
    const top = Math.max(apart * 1.12, ...curve.filter(Number.isFinite)) || 1;
    const box = boxOf();
    const at = placed(box, top);
    ctx.clearRect(0, 0, width, height);
    chartGround(top, theme);
    ctx.strokeStyle = css(stale ? mix(theme.accent, theme.bg, 0.6) : theme.accent);
    ctx.lineWidth = 2;
    ctx.lineJoin = "round";
    ctx.beginPath();
    let begun = false;
    for (let k = 0; k <= RING; k++) {
      const v = curve[k % RING];
      if (!Number.isFinite(v)) continue;
      const p = at((k * 360) / RING - 180, v);
      begun ? ctx.lineTo(...p) : ctx.moveTo(...p);
      begun = true;
    }
    ctx.stroke();
    if (z) {
      const [x, y] = at(store.camera.azimuth, distance(z, store.z));
      ctx.beginPath();
      ctx.moveTo(x, box.y);
      ctx.lineTo(x, box.y + box.h);
      ctx.lineWidth = 1;
      ctx.strokeStyle = css(theme.ink);
      ctx.stroke();
      ctx.beginPath();
      ctx.arc(x, y, 4.5, 0, 2 * Math.PI);
      ctx.fillStyle = css(theme.accent);
      ctx.fill();
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = css(theme.bg);
      ctx.stroke();
    }
  }

  // The curve is computed while nothing moves, at coarse azimuths first, a few milliseconds a frame.
  function goRound() {
    clearTimeout(timer);
    cancelAnimationFrame(frameId);
    stale = true;
    if (ring.every(Number.isFinite)) last = ring;
    if (able)
      timer = setTimeout(() => {
        cursor = 0;
        ring = new Float32Array(RING).fill(NaN);
        frameId = requestAnimationFrame(someOfRing);
      }, 140);
  }
  function someOfRing() {
    const end = performance.now() + 7;
    while (cursor < RING && performance.now() < end) {
      const k = RING_ORDER[cursor++];
      ring[k] = distance(
        engine.embed(seen(store.pose, { ...store.camera, azimuth: (k * 360) / RING - 180 })),
        store.z,
      );
    }
    stale = cursor < RING;
    if (stale) frameId = requestAnimationFrame(someOfRing);
    if (chart.width > 4) drawChart();
  }

  function frame(changed) {
    for (const k of knobs) k.frame();
    write(from, `from the ${PLACES[(Math.round(store.camera.azimuth / 45) + 8) % 8]}`);
    if (!theme || picture.width < 5) return;
    const keypoints = seen(store.pose, store.camera);
    drawPicture(keypoints);
    if (!able) return;
    if (!changed || changed.has("z") || changed.has("camera")) {
      z = engine.embed(keypoints);
      pose = engine.decode(z);
      write(error, `guessed, ${Math.round(1000 * jointError(pose, store.pose))} mm off`);
      write(gap, distance(z, store.z).toFixed(2));
      tellOthers(z);
    }
    drawLifted();
    drawChart();
  }

  let round = "";
  const push = (it) =>
    onDrag(
      it,
      () => (_x, _y, dx, dy) =>
        aim({ azimuth: store.camera.azimuth - dx, elevation: store.camera.elevation + dy * 0.6 }),
    );
  push(picture);
  onSlide(chart.canvas, (x) => aim({ azimuth: clamp(((x - 30) / (chart.width - 40)) * 360 - 180, -180, 179.9) }));
  onKeys(picture.canvas, {
    ArrowLeft: () => aim({ azimuth: store.camera.azimuth + 5 }),
    ArrowRight: () => aim({ azimuth: store.camera.azimuth - 5 }),
    ArrowUp: () => aim({ elevation: store.camera.elevation + 5 }),
    ArrowDown: () => aim({ elevation: store.camera.elevation - 5 }),
  });

  const views = h(
    "div",
    { class: "views" },
    h("figure", {}, picture.canvas, from),
    able
      ? h("figure", {}, lifted.canvas, error)
      : h("p", { class: "missing" }, "This model has no keypoint encoder, so it cannot embed what the camera sees."),
  );
  return {
    node: h(
      "section",
      { class: "panel filming", "aria-label": "Camera" },
      h("h2", {}, "Camera"),
      h("div", { class: "split" }, views, h("div", { class: "knobs" }, ...knobs.map((k) => k.node))),
      able
        ? h(
            "div",
            { class: "charted" },
            h(
              "div",
              { class: "charttitle" },
              h("i", { class: "diamond" }),
              "embedding of the keypoints: ",
              gap,
              " from the body's own",
            ),
            chart.canvas,
          )
        : null,
    ),
    now(changed) {
      const { elevation, roll, distance: away } = store.camera;
      const mark = `${elevation} ${roll} ${away}`;
      if (changed.has("z") || mark !== round) {
        round = mark;
        goRound();
      }
    },
    frame,
    resize() {
      picture.fit();
      if (able) {
        lifted.fit();
        chart.fit();
      }
      frame();
    },
    theme(t) {
      theme = t;
      frame();
      goRound();
    },
    close() {
      clearTimeout(timer);
      cancelAnimationFrame(frameId);
    },
  };
}
