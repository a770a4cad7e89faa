// What is drawn of a pose: with the lengths of the data's limbs, standing or lying as it did.

import { turned } from "./gravity.js";
import { steady } from "./limbs.js";

const LEVEL = [0, 1, 0];

// Give the direction of up in the canonical frame in which an embedding's body is drawn. A body that was dragged keeps
// the one that it had.
export function upOf(store, z = store.z) {
  if (!store.gravity) return LEVEL;
  return (z === store.z && store.up) || store.engine.up(z);
}

// pose: what z decodes to, or another pose that is drawn in the same place.
export function drawn(store, pose, z = store.z) {
  const body = store.raw ? pose : steady(pose, store.engine.header.lengths);
  return turned(body, upOf(store, z));
}
