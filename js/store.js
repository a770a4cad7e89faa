// The store: the state that all panels share, its undo, and its exchange with Python.

import { JOINTS, VIEW } from "./constants.js";
import { createHistory } from "./history.js";

const same = (a, b) => a && b && a.length === b.length && a.every((v, i) => Math.abs(v - b[i]) < 1e-6);

export function createStore(engine, model) {
  const listeners = new Set();
  const history = createHistory();
  let dirty = new Set();
  let frame = 0;
  let telling = false;
  let heard = false;
  const store = {
    engine,
    z: null,
    pose: null,
    ghost: null,
    ghostPose: null,
    view: null,
    camera: null,
    marks: [null, null],
    t: 0,
    noise: 0,
    raw: false,
    gravity: true,
    up: null, // set: where up is in the canonical frame; else as in the nearest poses of the map
    listen(f) {
      listeners.add(f);
      return () => listeners.delete(f);
    },
    canUndo: history.canUndo,
    canRedo: history.canRedo,
    halt: null, // stops what plays

    // An input begins: it stops what plays, and what it changes is one act of the history.
    act() {
      store.halt?.();
      history.begin();
    },

    // Change some of the state. This calls every panel at once; Python gets the change in the next frame.
    set(change) {
      history.keep(store, Object.keys(change));
      put(change);
    },
    goTo(z) {
      store.set({ z, ghost: z });
    },
    undo() {
      store.halt?.();
      put(history.undo(store) ?? {});
    },
    redo() {
      store.halt?.();
      put(history.redo(store) ?? {});
    },
    close() {
      cancelAnimationFrame(frame);
      frame = 0;
      listeners.clear();
      for (const f of off) f();
    },
  };

  function put(change) {
    if (change.z && !("up" in change)) change = { ...change, up: null };
    for (const [name, value] of Object.entries(change)) {
      store[name] = value;
      dirty.add(name);
    }
    if (change.z) {
      store.pose = engine.decode(store.z);
      dirty.add("pose");
    }
    if ("ghost" in change)
      store.ghostPose = change.ghost === change.z ? store.pose : store.ghost && engine.decode(store.ghost);
    for (const f of listeners) f(new Set(Object.keys(change)));
    if (!frame) frame = requestAnimationFrame(tell);
  }

  function tell() {
    frame = 0;
    telling = true;
    try {
      for (const name of dirty) model.set(name, plain(store[name], name));
      dirty.clear();
      model.save_changes();
    } catch (error) {
      dirty.clear(); // the kernel has ended: go on without it
    }
    telling = false;
  }

  const array = (v) => (v && v.length === engine.latent && v.every(Number.isFinite) ? Float32Array.from(v) : null);
  const read = {
    z: array,
    ghost: array,
    marks: (v) => [array(v?.[0]), array(v?.[1])],
    view: (v) => ({ ...VIEW, ...v }),
    camera: (v) => ({ ...v }),
    t: Number,
    noise: Number,
    raw: Boolean,
    gravity: (v) => v ?? true,
    up: (v) => v ?? null,
  };

  function hear(name) {
    if (telling) return;
    const value = read[name](model.get(name));
    if (name === "z" && (!value || same(value, store.z))) return;
    if (JSON.stringify(plain(value, name)) === JSON.stringify(plain(store[name], name))) return;
    if (!heard) {
      heard = true; // all that one message changes is one act
      queueMicrotask(() => (heard = false));
      store.act();
    }
    history.keep(store, [name]);
    dirty.delete(name);
    store[name] = value;
    if (name === "z") {
      store.pose = engine.decode(value);
      store.up = read.up(model.get("up"));
      setTimeout(() => {
        // Python sends the pose too; another widget's link does not
        const told = model.get("pose")?.flat();
        if (!told || told.some((v, i) => Math.abs(v - store.pose[i]) > 1e-3)) {
          dirty.add("pose");
          tell();
        }
      }, 50);
    }
    if (name === "ghost") store.ghostPose = value && engine.decode(value);
    for (const f of listeners) f(new Set([name]));
  }

  const off = Object.keys(read).map((name) => {
    const f = () => hear(name);
    model.on(`change:${name}`, f);
    return () => model.off(`change:${name}`, f);
  });
  for (const name of Object.keys(read)) store[name] = read[name](model.get(name));
  store.z ??= engine.zOf(engine.header.start);
  store.pose = engine.decode(store.z);
  store.ghostPose = store.ghost && engine.decode(store.ghost);
  return store;
}

export function plain(value, name) {
  if (name === "pose")
    return Array.from({ length: JOINTS.length }, (_, j) => Array.from(value.subarray(3 * j, 3 * j + 3)));
  if (name === "marks") return value.map((z) => z && Array.from(z));
  return value instanceof Float32Array ? Array.from(value) : value;
}
