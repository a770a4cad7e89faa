// How far off the data an embedding is, as _gauge.Gauge.off.

const NEAREST = 3;

// known: the map's embeddings (n, d); whitening (d, d); middle: the distance at the middle of the scale.
export function createGauge(known, whitening, middle, d) {
  const n = known.length / d;
  let white = null; // known @ whitening, made when first asked for

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
    white ??= whiten(known, n);
    const at = whiten(z, 1);
    const least = new Array(Math.min(NEAREST, n)).fill(Infinity);
    const last = least.length - 1;
    let nearest = 0;
    for (let i = 0; i < n; i++) {
      let far = 0;
      for (let k = 0; k < d && far < least[last]; k++) far += (white[i * d + k] - at[k]) ** 2;
      if (far >= least[last]) continue;
      if (far < least[0]) nearest = i;
      least[last] = far;
      least.sort((a, b) => a - b);
    }
    const mean = least.reduce((sum, far) => sum + Math.sqrt(far), 0) / least.length;
    return { off: mean / (mean + middle), nearest };
  };
}
