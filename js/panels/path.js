// The two marks A and B, with a slider and a play button for the straight path between them.

import { h, write } from "../dom.js";
import { clamp, distance } from "../math.js";

// Where z is on the way from a to b: t in [0, 1] of the nearest place, and whether z is there.
export function placeOn(a, b, z) {
  let along = 0;
  let whole = 0;
  for (let i = 0; i < z.length; i++) {
    along += (z[i] - a[i]) * (b[i] - a[i]);
    whole += (b[i] - a[i]) ** 2;
  }
  const t = whole ? clamp(along / whole, 0, 1) : 0;
  const far = distance(z, between(a, b, t));
  return { t, there: far < 1e-3 * Math.sqrt(whole) + 1e-6 };
}

const between = (a, b, t) => a.map((v, i) => v + t * (b[i] - v));

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
      go(Number(scrub.value));
    },
  });
  const play = h("button", { class: "play", onclick: () => (playing ? stop() : start()) });
  const marks = ["A", "B"].map((letter, k) =>
    h("button", { onclick: put(k), title: `Mark this pose as ${letter}` }, `Mark ${letter}`),
  );
  const output = h("output");
  const clear = h(
    "button",
    {
      onclick: () => store.set({ marks: [null, null] }),
      title: "Clear both marks (x)",
      "aria-label": "Clear both marks",
    },
    "\u2715",
  );

  function go(t) {
    const [a, b] = store.marks;
    if (!a || !b) return;
    store.set({ t, z: between(a, b, t), ghost: a });
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
    const [a, b] = store.marks;
    if (!a || !b) return;
    store.act();
    store.halt = stop;
    store.t = placeOn(a, b, store.z).t;
    last = performance.now();
    playing = requestAnimationFrame(tick);
    frame();
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    store.halt = null;
    frame();
  }

  function frame() {
    const [a, b] = store.marks;
    const ready = Boolean(a && b);
    const { t, there } = ready ? placeOn(a, b, store.z) : { t: 0, there: true };
    const label = playing ? "Pause" : "Play from A to B";
    scrub.disabled = play.disabled = !ready;
    const text = `${Math.round(100 * t)}\u00A0%`;
    scrub.value = t;
    scrub.style.setProperty("--at", `${t * 100}%`);
    scrub.classList.toggle("off", !there);
    scrub.setAttribute(
      "aria-valuetext",
      ready ? (there ? `${text} of the way from A to B` : `off the path, nearest at ${text}`) : "no marks",
    );
    write(output, !ready ? "" : there ? text : "off the path");
    output.hidden = !ready;
    clear.disabled = !a && !b;
    write(play, playing ? "\u275A\u275A" : "\u25B6\uFE0E");
    play.setAttribute("aria-label", label);
    play.title = ready ? label : "Mark two poses first";
    marks.forEach((m, k) => m.classList.toggle("set", Boolean(store.marks[k])));
  }
  return {
    node: h(
      "div",
      { class: "path" },
      marks[0],
      play,
      h("div", { class: "track" }, scrub),
      output,
      marks[1],
      clear,
    ),
    toggle: () => (playing ? stop() : start()),
    frame,
    close: stop,
  };
}
