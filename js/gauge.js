// How far off the data an embedding is, as _gauge.Gauge.off.

import { createNearest } from "./nearest.js";

const NEAREST = 3;

// known: the map's embeddings (n, d); whitening (d, d); middle: the distance at the middle of the scale.
export function createGauge(known, whitening, middle, d, products) {
  const turned = whitening.map((_, i) => whitening[(i % d) * d + Math.floor(i / d)]);
  const matrix = products.matrix(turned, d);
  const at = products.vector(d);
  const white = products.vector(d);
  let nearest = null; // among known @ whitening, made when first asked for

  // z @ whitening, kept only until the next run
  function whiten(z) {
    at.set(z);
    products.multiply(matrix, at, white);
    return white;
  }

  function prepare() {
    const all = new Float32Array(known.length);
    for (let i = 0; i < known.length; i += d) all.set(whiten(known.subarray(i, i + d)), i);
    return createNearest(all, d, products);
  }

  // Give {off, nearest}: near 0 among the map's poses, 0.5 in the middle of the scale, up to 1; the nearest's number.
  return (z) => {
    nearest ??= prepare();
    const near = nearest(whiten(z), NEAREST);
    const mean = near.reduce((sum, [, far]) => sum + Math.sqrt(far), 0) / near.length;
    return { off: mean / (mean + middle), nearest: near[0][0] };
  };
}
