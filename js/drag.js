// Pull joints of a body: the nearest plausible body follows.
//
// Gauss-Newton in w, where z = z0 + factor w has the training poses' covariance: small w are plausible changes. It
// minimises how far joints are from their targets, how far limbs are from their lengths, and |w|.

import { backward } from "./backward.js";
import { JOINT, LIMBS, TRUNK } from "./constants.js";
import { apart, steady } from "./limbs.js";
import { forward } from "./network.js";

const PULLED = 0.01; // metres: how exactly a joint goes to its target,
const LIMB = 0.05; // how exactly a limb keeps its length, relative,
const WILL = 0.05; // and how little a body changes, the weight of |w|^2
const STRIDE = 1.5; // the longest step of w

export const PULLABLE = Object.keys(JOINT)
  .filter((name) => !/hip|shoulder/.test(name)) // the canonical frame holds hips and shoulders
  .map((name) => JOINT[name]);

// Begin at z: step(targets) gives the next z. targets: [{joint, at}], at in metres, in the canonical frame. decoder:
// its layers, which others may run between two steps; factor: the training poses' spread.
export function createPull(decoder, header, factor, z) {
  const d = header.latent;
  const w = new Float64Array(d);
  const decode = (at) => {
    if (decoder.given !== at) forward(decoder, at);
    return decoder.at(-1).y;
  };
  const own = decode(z);
  const kept = LIMBS.map(([a, b]) => apart(own, a, b)); // the limbs' lengths as decoded
  let now = z;
  const cost = (residuals, at) =>
    residuals.reduce((sum, r) => sum + r * r, 0) + WILL * at.reduce((sum, v) => sum + v * v, 0);
  const place = (at) =>
    z.map((v, i) => {
      for (let k = 0; k < d; k++) v += factor[i * d + k] * at[k];
      return v;
    });

  function step(targets) {
    const y = decode(now);
    const residuals = residualsOf(y, targets, header.lengths, kept);
    const wanted = [...pulledRows(y, targets, header.lengths), ...kept.map((length, k) => limbRow(y, k, length))];
    const rows = wanted.map((row) => times(backward(decoder, row), factor, d));
    const change = solved(rows, residuals, w);
    let share = Math.min(1, STRIDE / (Math.hypot(...change) || 1));
    const before = cost(residuals, w);
    for (let tries = 0; tries < 4; tries++, share /= 3) {
      const at = w.map((v, i) => v + share * change[i]);
      const next = place(at);
      if (cost(residualsOf(decode(next), targets, header.lengths, kept), at) >= before) continue;
      w.set(at);
      now = next;
      break;
    }
    return now;
  }
  return { step };
}

function residualsOf(pose, targets, lengths, kept) {
  const body = steady(pose, lengths);
  const out = [];
  for (const { joint, at } of targets)
    for (let i = 0; i < 3; i++) out.push((body[3 * joint + i] - at[i]) / PULLED);
  LIMBS.forEach(([a, b], k) => out.push((apart(pose, a, b) / kept[k] - 1) / LIMB));
  return out;
}

// The gradients of the pulled joints' residuals by the decoder's pose.
function pulledRows(pose, targets, lengths) {
  return targets.flatMap(({ joint }) =>
    [0, 1, 2].map((i) => {
      const gradient = [0, 0, 0];
      gradient[i] = 1 / PULLED;
      const row = new Float32Array(pose.length);
      steadyBack(pose, lengths, joint, gradient, row);
      return row;
    }),
  );
}

// The gradient of a limb's residual.
function limbRow(pose, k, kept) {
  const [a, b] = LIMBS[k];
  const row = new Float32Array(pose.length);
  const far = apart(pose, a, b) || 1;
  for (let i = 0; i < 3; i++) {
    row[3 * b + i] = (pose[3 * b + i] - pose[3 * a + i]) / (far * kept * LIMB);
    row[3 * a + i] = -row[3 * b + i];
  }
  return row;
}

// Take a gradient by a joint of the steady body back to the decoder's pose: along its limb, then across the trunk.
function steadyBack(pose, lengths, joint, gradient, row) {
  const k = LIMBS.findIndex(([, b]) => b === joint);
  const line = TRUNK.findIndex(([a, b], i) => i < 2 && (a === joint || b === joint));
  if (k < 0 && line < 0) {
    for (let i = 0; i < 3; i++) row[3 * joint + i] += gradient[i];
    return;
  }
  const [a, b] = k >= 0 ? LIMBS[k] : TRUNK[line];
  const length = lengths[k >= 0 ? k : LIMBS.length + line];
  const way = [0, 1, 2].map((i) => pose[3 * b + i] - pose[3 * a + i]);
  const far = Math.hypot(...way) || 1;
  const along = way.reduce((sum, v, i) => sum + (v / far) * gradient[i], 0);
  const turned = gradient.map((g, i) => (length / far) * (g - (way[i] / far) * along));
  const sign = k >= 0 ? 1 : joint === b ? 0.5 : -0.5;
  for (let i = 0; i < 3; i++) {
    row[3 * b + i] += sign * turned[i];
    row[3 * a + i] -= sign * turned[i];
  }
  if (k >= 0) return void steadyBack(pose, lengths, a, gradient, row);
  for (const end of [a, b]) for (let i = 0; i < 3; i++) row[3 * end + i] += gradient[i] / 2;
}

function times(row, factor, d) {
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) out[k] += row[i] * factor[i * d + k];
  return out;
}

// The step of w: (J^T J + WILL) step = -(J^T residuals + WILL w), by Cholesky.
function solved(rows, residuals, w) {
  const d = w.length;
  const a = new Float64Array(d * d);
  const x = w.map((v) => -WILL * v);
  rows.forEach((row, r) => {
    for (let i = 0; i < d; i++) {
      x[i] -= row[i] * residuals[r];
      for (let k = 0; k <= i; k++) a[i * d + k] += row[i] * row[k];
    }
  });
  for (let i = 0; i < d; i++) {
    a[i * d + i] += WILL;
    for (let k = 0; k <= i; k++) {
      for (let j = 0; j < k; j++) a[i * d + k] -= a[i * d + j] * a[k * d + j];
      a[i * d + k] = i === k ? Math.sqrt(Math.max(a[i * d + i], 1e-12)) : a[i * d + k] / a[k * d + k];
    }
  }
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) x[i] -= a[i * d + k] * x[k];
    x[i] /= a[i * d + i];
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) x[i] -= a[k * d + i] * x[k];
    x[i] /= a[i * d + i];
  }
  return x;
}
