// All panels beside one another: one frame for all of them, themes.

import { createBar } from "./bar.js";
import { h, slideByPointer } from "./dom.js";
import { listenToHands } from "./hands.js";
import { createHelp } from "./help.js";
import { followAddress } from "./link.js";
import { cameraPanel } from "./panels/camera.js";
import { mapPanel } from "./panels/map.js";
import { sliderPanel } from "./panels/sliders.js";
import { stagePanel } from "./panels/stage.js";
import { STAGE_STYLE } from "./stage_styles.js";
import { createSave } from "./save.js";
import { createSearch } from "./search.js";
import { STYLE } from "./styles.js";
import { readTheme, themeName } from "./theme.js";

export function mount(store, el, where = "notebook") {
  const host = h("div", { class: "vvipe-explorer", "data-lm-suppress-shortcuts": "true" });
  const alone = where === "page";
  const root = alone
    ? h("main", { class: "app page" })
    : h("section", { class: "app notebook", "aria-label": "Pose explorer", tabindex: "-1" });
  const shadow = host.attachShadow({ mode: "open" });
  shadow.append(h("style", {}, STYLE + STAGE_STYLE), root);
  const stage = stagePanel(store);
  const sliders = sliderPanel(store);
  const map = mapPanel(store);
  const camera = cameraPanel(store, (z) => {
    sliders.seen(z);
    map.seen(z);
  });
  const panels = [stage, sliders, camera, map]; // the camera comes first: it passes an embedding to the map
  const help = createHelp();
  const title = h(alone ? "h1" : "h2", {}, alone ? document.title : "Pose explorer");
  const save = createSave(store, stage.node.querySelector("canvas"), alone);
  const bar = createBar(store, title, createSearch(store), save.said, save.menu, help.button);
  const notice = h("p", { class: "notice", role: "alert", hidden: true });
  const say = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
  };
  panels.push(bar);
  const grid = h("div", { class: "grid" }, ...[stage, sliders, map, camera].map((p) => p.node));
  root.append(bar.node, notice, grid, help.dialog);
  if (!store.engine.embed) sliders.seen(null);
  for (const track of root.querySelectorAll(".track")) slideByPointer(track);

  let frameId = 0;
  let waiting = null; // names of what changed since the last drawing; a pin or a hover names nothing and is drawn too
  const deaf = store.listen((changed) => {
    waiting ??= new Set();
    changed.forEach((c) => waiting.add(c));
    if (!frameId) drawAll();
  });
  // The first change of a frame is drawn at once, the others together in the next frame.
  function drawAll() {
    frameId = requestAnimationFrame(() => {
      frameId = 0;
      if (waiting) drawAll();
    });
    const all = waiting;
    waiting = null;
    for (const p of panels) p.now?.(all);
    host.dispatchEvent(new CustomEvent("drawn"));
    for (const p of panels) p.frame?.(all);
    host.dispatchEvent(new CustomEvent("all-drawn"));
  }
  const leave = alone ? followAddress(store, say) : () => {};
  const handsOff = listenToHands(alone ? document : root, store, { play: map.play, help: help.open });
  const paint = () => {
    root.dataset.theme = themeName();
    const t = readTheme(root);
    for (const p of panels) p.theme?.(t);
  };
  const watch = new MutationObserver(paint);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  watch.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"],
  });
  dark.addEventListener("change", paint);
  const size = new ResizeObserver(() => {
    for (const p of panels) p.resize?.();
  });
  el.append(host);
  size.observe(root);
  paint();
  return () => {
    deaf();
    handsOff();
    leave();
    cancelAnimationFrame(frameId);
    size.disconnect();
    watch.disconnect();
    dark.removeEventListener("change", paint);
    for (const p of panels) p.close?.();
    host.remove();
  };
}
