// Help: what hands and keys do, behind "?".

import { h } from "./dom.js";

const HELP = [
  ["Body", [
    ["Turn", "drag, or arrow keys"],
    ["Zoom", "wheel, two fingers, or + and \u2212"],
    ["Move the picture", "Shift and drag, or two fingers"],
    ["See it as it was", "double click, or 0"],
    ["Pull a wrist, an ankle, ...", "drag the joint; or j picks one, and arrow keys pull it"],
    ["Pin a joint, free it", "click it, or p"],
    ["Let go", "Escape"],
  ]],
  ["Map", [
    ["Go to a pose", "click or tap it; Enter takes the nearest"],
    ["Move through the poses", "drag, or arrow keys"],
    ["Zoom", "wheel, two fingers, or + and \u2212"],
    ["Move the map", "Shift and drag, or two fingers"],
    ["See all of it", "0"],
    ["Set A, set B, clear both", "a, b, x"],
  ]],
  ["Camera", [["Move it around the body", "drag its picture or its curve, or arrow keys"]]],
  ["Everywhere", [
    ["Play from A to B, and stop", "Space; any other input stops it too"],
    ["Undo, redo", "Ctrl+Z, Ctrl+Y"],
    ["Find a pose by its name", "type it above, press Enter; Enter again takes the next one"],
    ["Open this help", "?"],
  ]],
]; // prettier-ignore

export function createHelp() {
  const dialog = h(
    "dialog",
    { class: "help", "aria-label": "Help" },
    h("div", { class: "helphead" }, h("h2", {}, "Help"), h("button", { onclick: () => dialog.close() }, "Close")),
    ...HELP.flatMap(([where, lines]) => [
      h("h3", {}, where),
      h("dl", {}, ...lines.flatMap(([what, how]) => [h("dt", {}, what), h("dd", {}, how)])),
    ]),
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // a click beside it
  });
  const open = () => dialog.open || dialog.showModal();
  const button = h("button", { onclick: open, title: "Help (?)", "aria-label": "Help" }, "?");
  return { dialog, button, open };
}
