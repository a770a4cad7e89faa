// Entry points: anywidget calls the default export, a saved page calls openFrom.

import { figure } from "./body.js";
import { h } from "./dom.js";
import { createEngine } from "./engine.js";
import { turned } from "./gravity.js";
import { steady } from "./limbs.js";
import { seen } from "./math.js";
import { mount } from "./mount.js";
import { normalise, run, unpack } from "./network.js";
import { readPage } from "./page.js";
import { createStore } from "./store.js";

// anywidget makes one of these for a widget: it asks for the weights once, and all its cells' outputs share the store.
function explorer() {
  let store = null;
  let ready = null;
  return {
    initialize({ model }) {
      ready = new Promise((resolve) => {
        const hear = (message, buffers) => {
          if (message?.type !== "model") return;
          model.off("msg:custom", hear);
          store = createStore(createEngine(message.header, buffers[0]), model);
          resolve(store);
        };
        model.on("msg:custom", hear);
        model.send({ type: "model?" });
      });
      return () => store?.close();
    },
    async render({ el, signal }) {
      const note = h("p", {}, "Waiting for the model from Python\u2026");
      el.append(note);
      const s = await ready;
      note.remove();
      if (signal?.aborted) return undefined;
      return mount(s, el);
    },
  };
}

// A page without Python: the state lives in a plain object, the weights in the page.
function openFrom(page) {
  const { about, bytes } = readPage(page, "weights");
  const { header, state } = about;
  const model = {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
    },
    save_changes() {},
    on() {},
    off() {},
  };
  const el = h("div", {});
  page.body.append(el);
  mount(createStore(createEngine(header, bytes), model), el, "page");
}

export default explorer;
export { createEngine, figure, normalise, openFrom, run, seen, steady, turned, unpack };
