// The page of a lifted person: the frame with its keypoints, the body, a player, who else was found, the files.

import { h, onKeys } from "../dom.js";
import { clamp } from "../math.js";
import { unpack } from "../network.js";
import { readPage } from "../page.js";
import { STYLE } from "../styles.js";
import { readTheme, themeName } from "../theme.js";
import { bodyPanel } from "./body.js";
import { fileRow } from "./files.js";
import { framePanel } from "./frame.js";
import { peopleStrip } from "./people.js";
import { playerBar } from "./player.js";
import { LIFT_STYLE } from "./styles.js";

export function openLift(page) {
  const { about, bytes } = readPage(page, "numbers");
  const t = unpack(about.tensors, bytes);
  const state = { frame: 0, canonical: false };
  let waiting = 0;
  const changed = () => {
    waiting ||= requestAnimationFrame(draw);
  };
  const frame = framePanel(about, t, changed);
  const body = bodyPanel(about, t, state, changed);
  const bar = playerBar(about, t, state, changed);
  const key = h(
    "div",
    { class: "key", "aria-hidden": "true" },
    h("span", { class: "left" }, "left"),
    h("span", { class: "right" }, "right"),
    t.radius.some(Boolean) ? h("span", { class: "region" }, about.region) : null,
  );
  const doubt = Object.keys(about.doubt).length ? h("p", { class: "doubt", role: "status" }) : null;
  const share = `--share: ${clamp(frame.shape * 1.2, 0.7, 1.6).toFixed(2)}fr`;
  const two = h(
    "div",
    { class: "two", style: share },
    h("div", { class: "panel" }, frame.it.canvas),
    h("div", { class: "panel body" }, body.it.canvas, key),
  );
  const first = h("div", { class: "first" }, h("h1", { title: about.title }, about.title), two, doubt, bar.node);
  const root = h("main", { class: "app lift" }, first, peopleStrip(about), fileRow(about));
  function draw() {
    waiting = 0;
    bar.show();
    if (doubt) say(doubt, about.doubt[state.frame]);
    if (frame.it.width > 4) {
      frame.draw(state.frame);
      body.draw(state.frame);
    }
  }
  const fit = () => {
    frame.it.fit();
    body.it.fit();
    changed();
  };
  const paint = () => {
    root.dataset.theme = themeName();
    const theme = readTheme(root);
    frame.theme(theme);
    body.theme(theme);
    fit();
  };
  onKeys(page, { ",": () => bar.step(-1), ".": () => bar.step(1) });
  page.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, a, [readonly]")) return; // these take the key themselves
    event.preventDefault();
    bar.toggle();
  });
  page.head.append(h("style", {}, STYLE + LIFT_STYLE));
  page.body.append(root);
  new ResizeObserver(fit).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  paint();
}

// Say why a frame should not be believed; an empty line stays where nothing speaks against it.
function say(line, reasons = "") {
  const text = reasons && `Do not rely on this frame: ${reasons}.`;
  if (line.textContent !== text) line.textContent = line.title = text;
}
