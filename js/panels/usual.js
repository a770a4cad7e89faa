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
    title:
      "How unusual the pose is, from 0 to 100. Below 50 lie most poses of other recordings, " +
      "above it most random mixtures of limbs.",
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
    const many = Math.round(100 * off);
    needle.style.left = `${100 * off}%`;
    write(word, `${WORDS[many < 40 ? 0 : many < 50 ? 1 : 2]} (${many} of 100), nearest: ${label}`);
    bar.setAttribute("aria-valuenow", many);
    bar.setAttribute("aria-valuetext", word.textContent);
  }
  return { node: h("div", { class: "usual" }, bar, word), frame };
}
