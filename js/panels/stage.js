// The stage: the body in the middle, its ghost, the floor, the camera.

import { VIEW } from "../constants.js";
import { drawBody, drawCamera, drawFloor, drawGhost, drawShadow, eye, figure, outlineOf } from "../body.js";
import { backdrop, h, onDrag, onKeys, onWheel, sheet } from "../dom.js";
import { drawn, upOf } from "../drawn.js";
import { turning } from "../gravity.js";
import { cameraAxes, clamp, jointError, radians, wrap } from "../math.js";
import { css } from "../theme.js";
import { createGrips } from "./grips.js";
import { usualGauge } from "./usual.js";

export function stagePanel(store) {
  const it = sheet({
    class: "stage",
    tabindex: "0",
    role: "application",
    "aria-label":
      "The body in 3D. Arrow keys turn it, plus and minus zoom, 0 resets the view; " +
      "j picks a joint to pull, p pins it.",
  });
  const before = h("span", { class: "before" }, "before");
  const key = h(
    "div",
    { class: "key", "aria-hidden": "true" },
    h("span", { class: "left" }, "left"),
    h("span", { class: "right" }, "right"),
    before,
  );
  const usual = usualGauge(store);
  const gravity = h(
    "button",
    {
      "aria-pressed": "true",
      title: "Stand or lie as in the data; else with the spine upright, as the embedding sees it",
      onclick: () => store.set({ gravity: !store.gravity }),
    },
    "Gravity",
  );
  const raw = h(
    "button",
    {
      "aria-pressed": "false",
      title: "Draw the decoder's body as it is, with limbs of any length",
      onclick: () => store.set({ raw: !store.raw }),
    },
    "Raw decoder",
  );
  let theme;
  let grip = null;

  const look = () => eye(store.view, it.width, it.height);
  const told = h("div", { class: "told", role: "status" }, "pull a hand or a foot"); // until one is
  const grips = createGrips(store, look, (text) => {
    told.textContent = text;
  });
  const reach = (event) => (event.pointerType === "mouse" ? 14 : 26);

  // Sliders do not move the floor and the ghost.
  const still = backdrop(it, (ctx, ghost) => {
    ctx.fillStyle = css(theme.bg);
    ctx.fillRect(0, 0, it.width, it.height);
    drawFloor(ctx, look(), theme);
    if (ghost) drawGhost(ctx, drawn(store, ghost, store.ghost), look(), outlineOf(theme), theme.ghost);
    before.hidden = !ghost;
  });

  function now() {
    if (it.width < 5 || !theme) return;
    const { ctx } = it;
    const e = look();
    const body = drawn(store, store.pose);
    const ghost = store.ghostPose && jointError(store.ghostPose, store.pose) > 0.004 ? store.ghostPose : null;
    still(ghost, store.view, store.raw, store.gravity, theme);
    ctx.globalCompositeOperation = "multiply";
    drawShadow(ctx, body, e, theme);
    ctx.globalCompositeOperation = "source-over";
    const turn = turning(upOf(store));
    const way = turn(cameraAxes(store.camera).way);
    const front = cameraAxes(store.view).way.reduce((s, v, i) => s + v * way[i], 0) > 0;
    const film = () => {
      grip = drawCamera(ctx, store.camera, figure(body).hips, e, theme, turn);
    };
    if (!front) film();
    drawBody(ctx, body, e, theme);
    if (front) film();
    grips.draw(ctx, e, theme);
  }

  const view = (change) => store.set({ view: { ...store.view, ...change } });
  const turn = (dx, dy) =>
    view({ azimuth: wrap(store.view.azimuth - dx), elevation: clamp(store.view.elevation + dy, -20, 85) });
  const zoom = (factor) => view({ zoom: clamp(store.view.zoom * factor, 0.5, 4) });
  const pan = (dx, dy) =>
    view({ x: clamp(store.view.x + dx / it.width, -1, 1), y: clamp(store.view.y + dy / it.height, -1, 1) });
  const aim = (dx, dy) => {
    const front = Math.cos(radians(store.camera.azimuth - store.view.azimuth)) >= 0 ? 1 : -1;
    store.set({
      camera: {
        ...store.camera,
        azimuth: wrap(store.camera.azimuth + front * dx),
        elevation: clamp(store.camera.elevation - dy, -60, 85),
      },
    });
  };
  const held = (x, y) => grip && Math.hypot(grip.x - x, grip.y - y) < 22;

  onDrag(
    it,
    (x, y, event) => {
      if (held(x, y)) return (_x, _y, dx, dy) => aim(dx * 0.5, -dy * 0.35);
      const joint = event.button === 0 && !event.shiftKey ? grips.nearest(x, y, reach(event)) : -1;
      if (joint >= 0) return grips.hold(joint);
      if (event.shiftKey || event.button === 2) return (_x, _y, dx, dy) => pan(dx, dy);
      return (_x, _y, dx, dy) => turn(dx * 0.5, dy * 0.35);
    },
    (factor, dx, dy) => {
      zoom(factor);
      pan(dx, dy);
    },
  );
  it.canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) return;
    const place = it.place(event);
    const joint = event.pointerType === "mouse" ? grips.nearest(...place, reach(event)) : -1;
    grips.hover(joint);
    it.canvas.style.cursor = held(...place) ? "move" : joint >= 0 ? "pointer" : "grab";
  });
  it.canvas.addEventListener("pointerdown", (event) => event.isPrimary || grips.close()); // a second finger zooms
  it.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  it.canvas.addEventListener("dblclick", (event) => {
    if (grips.nearest(...it.place(event), reach(event)) < 0) view(VIEW);
  });
  const arrow = (right, down, turned) => () => (grips.picked() ? grips.nudge(right, down) : turned());
  onWheel(it, zoom);
  onKeys(it.canvas, {
    ArrowLeft: arrow(-1, 0, () => turn(8, 0)),
    ArrowRight: arrow(1, 0, () => turn(-8, 0)),
    ArrowUp: arrow(0, -1, () => turn(0, 5)),
    ArrowDown: arrow(0, 1, () => turn(0, -5)),
    j: () => grips.pick(1),
    J: () => grips.pick(-1),
    p: grips.pin,
    Escape: grips.drop,
    "+": () => zoom(1.15),
    "=": () => zoom(1.15),
    "-": () => zoom(1 / 1.15),
    0: () => view(VIEW),
  });

  function frame() {
    usual.frame();
    raw.setAttribute("aria-pressed", String(store.raw));
    gravity.setAttribute("aria-pressed", String(store.gravity));
  }

  const over = h("div", { class: "over" }, usual.node, h("div", { class: "switches" }, gravity, raw));
  return {
    node: h("section", { class: "panel body", "aria-label": "Body" }, it.canvas, over, key, told),
    now,
    frame,
    close: grips.close,
    resize() {
      if (it.fit()) now();
    },
    theme(t) {
      theme = t;
      now();
      frame();
    },
  };
}
