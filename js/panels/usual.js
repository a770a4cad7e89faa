// The gauge: how far off the data the body is, and which pose of the data is nearest.

import { h, write } from "../dom.js";

const WORDS = ["a usual pose", "a rare pose", "an unusual pose"];

export function usualGauge(store) {
  const { engine } = store;
  const needle = h("i");
  const bar = h("div", {
    class: "scale",
    role: "meter",
    "aria-label": "how far off the data",
    "aria-valuemin": 0,
    "aria-valuemax": 100,
  });
  const word = h("span", { class: "word" });
  bar.append(needle);
  let begun = false;

  function frame() {
    if (!begun) {
      begun = true; // measuring takes a while the first time, so it comes after the first picture
      requestAnimationFrame(() => setTimeout(frame));
      return;
    }
    const { off, nearest } = engine.off(store.z);
    const label = engine.labels[engine.label[nearest]].replaceAll("_", " ");
    needle.style.left = `${100 * off}%`;
    write(word, `${WORDS[off < 0.4 ? 0 : off < 0.5 ? 1 : 2]}, nearest: ${label}`);
    bar.setAttribute("aria-valuenow", Math.round(100 * off));
    bar.setAttribute("aria-valuetext", word.textContent);
  }
  return { node: h("div", { class: "usual" }, bar, word), frame };
}
