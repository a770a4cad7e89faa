// Sliders along the embedding's main directions.

import { h, write } from "../dom.js";
import { clamp } from "../math.js";

export function sliderPanel(store) {
  const { engine } = store;
  const rows = engine.names.map((name, k) => {
    const value = h("output", {}, "0.0");
    const input = h("input", {
      type: "range",
      min: -3,
      max: 3,
      step: 0.05,
      id: `s${k}`,
      "aria-label": name,
      oninput: () => {
        const at = engine.coordinates(store.z)[k];
        store.set({ z: engine.along(store.z, k, Number(input.value) - at) });
      },
    });
    const seen = h("i", { class: "seen", "aria-hidden": "true" });
    return {
      k,
      name,
      input,
      value,
      seen,
      node: h(
        "div",
        { class: "row" },
        h("label", { for: `s${k}` }, name),
        value,
        h("div", { class: "track" }, input, seen),
      ),
    };
  });
  const gauss = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const amount = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.05,
    id: "noise",
    "aria-label": "amount of noise",
    oninput: () => store.set({ noise: Number(amount.value) }),
  });
  const noise = h("output");
  const random = () => store.goTo(engine.zOf(Math.floor(Math.random() * engine.points)));
  const jitter = () => store.set({ z: engine.shaken(store.z, store.noise, gauss) });

  function frame() {
    const at = engine.coordinates(store.z);
    for (const row of rows) {
      const text = (at[row.k] < -0.05 ? "\u2212" : at[row.k] > 0.05 ? "+" : "") + Math.abs(at[row.k]).toFixed(1);
      if (row.said !== text) {
        row.said = row.value.textContent = text;
        row.input.setAttribute("aria-valuetext", `${text} standard deviations`);
      }
      if (Math.abs(Number(row.input.value) - at[row.k]) > 0.026) row.input.value = at[row.k];
      row.input.style.setProperty("--at", `${clamp((at[row.k] + 3) / 6, 0, 1) * 100}%`);
    }
    amount.value = store.noise;
    amount.style.setProperty("--at", `${store.noise * 100}%`);
    write(noise, store.noise.toFixed(2));
    amount.setAttribute("aria-valuetext", noise.textContent);
  }

  return {
    node: h(
      "section",
      { class: "panel sliders", "aria-label": "Sliders" },
      h("h2", {}, "Main directions"),
      h("div", { class: "rows" }, ...rows.map((r) => r.node)),
      h(
        "div",
        { class: "buttons" },
        h("button", { onclick: () => store.goTo(engine.zOf(engine.header.start)) }, "Reset"),
        h("button", { onclick: random }, "Random pose"),
      ),
      h(
        "div",
        { class: "noise" },
        h("button", { onclick: jitter }, "Add noise"),
        h("div", { class: "track" }, amount),
        noise,
      ),
    ),
    frame,
    theme: frame,
    seen(z) {
      // a tick on each slider: the embedding of the camera's keypoints
      const at = z && engine.coordinates(z);
      for (const row of rows) {
        row.seen.hidden = !at;
        if (at) row.seen.style.left = `calc(7px + (100% - 14px) * ${clamp((at[row.k] + 3) / 6, 0, 1)})`;
      }
    },
  };
}
