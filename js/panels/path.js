// The two marks A and B, with a slider and a play button for the straight path between them.

import { h } from "../dom.js";

export function pathRow(store, put) {
  let playing = 0;
  let last = 0;
  let way = 1;
  const scrub = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": "way from A to B",
    oninput: () => {
      const t = Number(scrub.value);
      halt();
      go(t);
    },
  });
  const play = h("button", { class: "play", onclick: () => (playing ? stop() : start()) });
  const marks = ["A", "B"].map((letter, k) =>
    h("button", { onclick: put(k), title: `Mark this pose as ${letter}` }, `Mark ${letter}`),
  );
  const remember = { done: false };

  function go(t) {
    const [a, b] = store.marks;
    if (!a || !b) return;
    store.set({ t, z: a.map((v, i) => v + t * (b[i] - v)), ghost: a }, !remember.done);
    remember.done = true;
  }
  function tick(time) {
    playing = requestAnimationFrame(tick);
    let t = store.t + (way * Math.min(time - last, 60)) / 2200;
    last = time;
    if (t >= 1) {
      t = 1;
      way = -1;
    } else if (t <= 0) {
      t = 0;
      way = 1;
    }
    go(t);
  }
  function start() {
    last = performance.now();
    playing = requestAnimationFrame(tick);
    frame();
  }
  function halt() {
    cancelAnimationFrame(playing);
    playing = 0;
  }
  function stop() {
    halt();
    remember.done = false;
    frame();
  }
  scrub.addEventListener("change", () => {
    remember.done = false;
  });

  function frame() {
    const ready = Boolean(store.marks[0] && store.marks[1]);
    const label = playing ? "Pause" : "Play from A to B";
    scrub.disabled = play.disabled = !ready;
    scrub.value = store.t;
    scrub.style.setProperty("--at", `${store.t * 100}%`);
    play.textContent = playing ? "\u275A\u275A" : "\u25B6\uFE0E";
    play.setAttribute("aria-label", label);
    play.title = ready ? label : "Mark two poses first";
    marks.forEach((m, k) => m.classList.toggle("set", Boolean(store.marks[k])));
  }
  return {
    node: h("div", { class: "path" }, marks[0], play, h("div", { class: "track" }, scrub), marks[1]),
    frame,
    close: stop,
  };
}
