// Entry points: anywidget calls the default export, a saved page calls openFrom.

import { figure, handles } from "./body.js";
import { h } from "./dom.js";
import { createEngine } from "./engine.js";
import { turned } from "./gravity.js";
import { steady } from "./limbs.js";
import { seen } from "./math.js";
import { mount } from "./mount.js";
import { normalise, unpack } from "./network.js";
import { readPage } from "./page.js";
import { createStore } from "./store.js";

const PATIENCE = 6000; // ms until a note says that nothing answers
const NO_ANSWER =
  "No Python answers here. To move the body, run this cell again in a notebook whose kernel runs, " +
  "or open a page that vvipe export has written.";

function ask(model) {
  try {
    model.send({ type: "model?" });
  } catch (error) {
    // a page without a kernel; the note says so after a while
  }
}

// Python puts a picture before the widget, for pages on which the widget can't be shown. Hide it where the widget is;
// end: the end of its data. Gives a function that shows it again.
function hidePicture(el, end) {
  const outputs = el.closest(".jp-OutputArea");
  const image = end && [...(outputs?.querySelectorAll("img") ?? [])].find((img) => img.src.endsWith(end));
  const output = image?.closest(".jp-OutputArea-child");
  if (output) output.style.display = "none";
  return () => output && (output.style.display = "");
}

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
        ask(model);
      });
      return () => store?.close();
    },
    async render({ el, signal }) {
      const note = h("p", { role: "status" }, "Waiting for the model from Python\u2026");
      const patience = setTimeout(() => (note.textContent = NO_ANSWER), PATIENCE);
      Object.assign(el.style, { flex: "1 1 auto", alignSelf: "stretch", minWidth: "0" }); // of a box of widgets
      el.append(note);
      const s = await ready;
      clearTimeout(patience);
      note.remove();
      if (signal?.aborted) return undefined;
      const show = hidePicture(el, s.engine.header.picture);
      const close = mount(s, el);
      return () => {
        close();
        show();
      };
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
export { createEngine, figure, handles, normalise, openFrom, seen, steady, turned, unpack };
