// How far off the data an embedding is, as _gauge.Gauge.off.

import { createNearest } from "./nearest.js";

const NEAREST = 3;

// known: the map's embeddings (n, d); whitening (d, d); middle: the distance at the middle of the scale.
export function createGauge(known, whitening, middle, d, products) {
  let nearest = null; // among known @ whitening, made when first asked for

  function whiten(values, rows) {
    const out = new Float32Array(rows * d);
    for (let r = 0; r < rows; r++)
      for (let k = 0; k < d; k++) {
        const v = values[r * d + k];
        for (let i = 0; i < d; i++) out[r * d + i] += v * whitening[k * d + i];
      }
    return out;
  }

  // Give {off, nearest}: near 0 among the map's poses, 0.5 in the middle of the scale, up to 1; the nearest's number.
  return (z) => {
    nearest ??= createNearest(whiten(known, known.length / d), d, products);
    const near = nearest(whiten(z, 1), NEAREST);
    const mean = near.reduce((sum, [, far]) => sum + Math.sqrt(far), 0) / near.length;
    return { off: mean / (mean + middle), nearest: near[0][0] };
  };
}
