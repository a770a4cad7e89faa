// The bar above the panels: the title, undo and redo, and what more there is to do.

import { h } from "./dom.js";

export function createBar(store, title, search, ...more) {
  const undo = h("button", { onclick: () => store.undo(), title: "Undo (Ctrl+Z)", "aria-label": "Undo" }, "\u21B6");
  const redo = h("button", { onclick: () => store.redo(), title: "Redo (Ctrl+Y)", "aria-label": "Redo" }, "\u21B7");
  const frame = () => {
    undo.disabled = !store.canUndo();
    redo.disabled = !store.canRedo();
  };
  return { node: h("header", { class: "top" }, title, search, undo, redo, ...more), frame, theme: frame };
}
