// What is drawn of a pose: with the lengths of the data's limbs, or the decoder's body as it is.

import { steady } from "./limbs.js";

export function drawn(store, pose) {
  return store.raw ? pose : steady(pose, store.engine.header.lengths);
}
