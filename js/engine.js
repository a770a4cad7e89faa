// The engine: everything that is computed from the model and the map's data.

import { JOINTS } from "./constants.js";
import { createPull } from "./drag.js";
import { createGauge } from "./gauge.js";
import { createNearest, least } from "./nearest.js";
import { forward, layersOf, normalise, unpack } from "./network.js";
import { createProducts } from "./product.js";

export function createEngine(header, buffer) {
  const t = unpack(header.tensors, buffer);
  const d = header.latent;
  const n = header.points;
  const xy = t.map_xy;
  const row = (values, i) => values.subarray(i * d, (i + 1) * d);
  const count = Object.values(t).reduce((sum, values) => sum + values.length, 0);
  const products = createProducts(3 * count); // the weights, also for pulling, and the map's poses twice
  const decoder = layersOf(header.decoder, t, d, products);
  const encoder = header.keypoint_encoder && layersOf(header.keypoint_encoder, t, 3 * JOINTS.length, products);
  const decode = (z) => forward(decoder, z).slice();
  const embed =
    encoder &&
    ((keypoints, confidence) => {
      const features = normalise(keypoints, confidence);
      const z = forward(encoder, features).slice();
      const seen = JOINTS.reduce((sum, _, j) => sum + features[3 * j + 2], 0);
      const out = (JOINTS.length / seen) ** 0.25;
      if (seen === JOINTS.length) return z;
      return z.map((v, i) => t.latent_mean[i] + out * (v - t.latent_mean[i])); // as VVIPE.embed_keypoints
    });
  const project = (rows, z) =>
    Array.from({ length: rows.length / d }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += rows[k * d + i] * (z[i] - t.centre[i]);
      return sum;
    });

  let nearest = null; // among the map's embeddings, made when first asked for
  const near = (z, count) => {
    nearest ??= createNearest(t.map_z, d, products);
    return nearest(z, count);
  };

  // Weights of the nearest points, [point, squared distance] each, the nearest first. They fall to 0 at the last, so
  // that a mean with them is smooth.
  function weighted(near, softness = 0.1) {
    const limit = Math.sqrt(near.at(-1)[1]) || 1;
    const soft = near[Math.min(2, near.length - 1)][1] * softness + 1e-9;
    const weights = near.map(([, far]) => Math.max(1 - Math.sqrt(far) / limit, 1e-6) ** 2 / (far + soft));
    const sum = weights.reduce((a, b) => a + b, 0);
    return near.map(([i], k) => [i, weights[k] / sum]);
  }

  // The embedding at a place of the map: the mean of the neighbours' embeddings, each moved along the map's slope.
  function lies(x, y) {
    const z = new Float32Array(d);
    const far = new Float64Array(n);
    for (let i = 0; i < n; i++) far[i] = (xy[2 * i] - x) ** 2 + (xy[2 * i + 1] - y) ** 2;
    for (const [i, w] of weighted(least(far, 13).map((i) => [i, far[i]]))) {
      const dx = x - xy[2 * i];
      const dy = y - xy[2 * i + 1];
      for (let k = 0; k < d; k++) z[k] += w * (t.map_z[i * d + k] + dx * t.map_slope[k] + dy * t.map_slope[d + k]);
    }
    return z;
  }

  // The place of an embedding on the map: by the plane's axes, or by its neighbours if the map is not a plane.
  function place(z) {
    if (t.map_axes) return project(t.map_axes, z);
    const means = weighted(near(z, 7));
    return means.reduce(([x, y], [i, w]) => [x + w * xy[2 * i], y + w * xy[2 * i + 1]], [0, 0]);
  }

  // Where up is in the canonical frame: as in the map's pose, and in between blended from the nearest.
  const ups = new WeakMap();
  function up(z) {
    if (!ups.has(z)) {
      const sum = [0, 0, 0];
      for (const [i, w] of weighted(near(z, 9), 1e-4))
        for (let k = 0; k < 3; k++) sum[k] += w * t.map_up[3 * i + k];
      const size = Math.hypot(...sum);
      ups.set(z, size > 0.1 ? sum.map((v) => v / size) : [0, 1, 0]);
    }
    return ups.get(z);
  }

  // Noise of the data's shape: amount 1 has the embeddings' own covariance. normal() is normally distributed.
  function shaken(z, amount, normal) {
    const steps = Float32Array.from({ length: d }, () => amount * normal());
    return z.map((v, i) => {
      for (let k = 0; k < d; k++) v += t.latent_factor[i * d + k] * steps[k];
      return v;
    });
  }

  return {
    header,
    latent: d,
    points: n,
    xy,
    decode,
    embed,
    lies,
    place,
    label: t.map_label,
    labels: header.labels,
    names: header.names,
    zOf: (i) => Float32Array.from(row(t.map_z, i)),
    off: createGauge(t.map_z, t.whitening, header.middle, d, products),
    shaken,
    pull: (z) => createPull(decoder, header, t.latent_factor, z),
    up,
    coordinates: (z) => project(t.duals, z), // one a slider, in standard deviations
    along: (z, k, amount) => z.map((v, i) => v + amount * t.directions[k * d + i]),
  };
}
