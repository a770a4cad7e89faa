// The player: play, a slider over the frames, which way the body faces.

import { h } from "../dom.js";
import { clamp } from "../math.js";

const STATES = ["not seen", "", "filled in from the frames around it"];

export function playerBar(about, t, state, changed) {
  const rate = about.fps / about.step;
  const number = (k) => k * about.step;
  const play = h("button", { class: "play", "aria-label": "Play", "aria-keyshortcuts": "Space" }, "\u25b6");
  const slider = h("input", {
    type: "range",
    min: 0,
    max: about.frames - 1,
    step: 1,
    value: 0,
    "aria-label": "frame",
  });
  const told = h("output", {}),
    ways = ["as the camera sees it", "turned to you"].map((name, k) =>
      h(
        "button",
        {
          "aria-pressed": String(k === 0),
          onclick: () => {
            state.canonical = k === 1;
            ways.forEach((w, i) => w.setAttribute("aria-pressed", String(i === k)));
            changed();
          },
        },
        name,
      ),
    );
  let playing = 0;
  let begun = 0;
  let first = 0;

  function show() {
    const k = state.frame;
    const word = STATES[t.state[k]];
    slider.value = k;
    slider.style.setProperty("--at", `${(100 * k) / Math.max(1, about.frames - 1)}%`);
    const seconds = `${(number(k) / about.fps).toFixed(2)} s`;
    told.textContent = [`frame ${number(k)}`, seconds, word].filter(Boolean).join(" \u00b7 ");
    slider.setAttribute("aria-valuetext", told.textContent);
  }
  function go(k) {
    state.frame = clamp(Math.round(k), 0, about.frames - 1);
    changed();
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    play.textContent = "\u25b6";
    play.setAttribute("aria-label", "Play");
  }
  function tick(now) {
    begun ||= now;
    const k = first + Math.floor(((now - begun) / 1000) * rate);
    if (k !== state.frame) go(k % about.frames);
    if (k >= about.frames) {
      first = state.frame;
      begun = now;
    }
    playing = requestAnimationFrame(tick);
  }
  function toggle() {
    if (playing) {
      stop();
      return;
    }
    first = state.frame === about.frames - 1 ? 0 : state.frame;
    begun = 0;
    play.textContent = "\u275a\u275a";
    play.setAttribute("aria-label", "Pause");
    playing = requestAnimationFrame(tick);
  }
  play.addEventListener("click", toggle);
  slider.addEventListener("input", () => {
    stop();
    go(Number(slider.value));
  });
  const node = h(
    "div",
    { class: "bar" },
    play,
    h("div", { class: "track" }, slider, h("div", { class: "marks", style: `background: ${marks(about)}` })),
    told,
    h("div", { class: "ways", role: "group", "aria-label": "which way the body faces" }, ...ways),
  );
  return {
    node,
    show,
    toggle,
    step: (by) => {
      stop();
      go(state.frame + by);
    },
  };
}

// Where on the slider the frames are that should not be believed, as a CSS picture.
function marks(about) {
  const last = Math.max(1, about.frames - 1);
  const place = (k) => `${((100 * clamp(k, 0, last)) / last).toFixed(2)}%`;
  const stops = [];
  for (let k = 0; k < about.frames; k++) {
    if (!about.doubt[k]) continue;
    const first = k;
    while (about.doubt[k + 1]) k++;
    const [from, to] = [place(first - 0.5), place(k + 0.5)];
    stops.push(`transparent ${from}`, `var(--right) ${from} ${to}`, `transparent ${to}`);
  }
  return stops.length ? `linear-gradient(to right, ${stops.join(", ")})` : "none";
}
