// Keep the lengths of limbs, hips and shoulders: a body's lengths do not change when it moves.

import { JOINTS, LIMBS, TRUNK } from "./constants.js";

const LINES = TRUNK.slice(0, 2); // from hip to hip, from shoulder to shoulder

// Give pose (x, y, z of each joint, metres) these lengths, one for each of skeleton.BONES. Hips and shoulders keep
// their middle and their direction, each limb keeps its direction. Where a direction is undefined, nothing is changed.
export function steady(pose, lengths) {
  const out = Float32Array.from(pose);
  const moves = new Float32Array(pose.length); // how far each joint has moved
  LINES.forEach(([a, b], k) => {
    const share = lengths[LIMBS.length + k] / (apart(pose, a, b) || lengths[LIMBS.length + k]);
    for (let i = 0; i < 3; i++) {
      const half = ((pose[3 * b + i] - pose[3 * a + i]) / 2) * (share - 1);
      moves[3 * a + i] = -half;
      moves[3 * b + i] = half;
    }
  });
  LIMBS.forEach(([a, b], k) => {
    const share = lengths[k] / (apart(pose, a, b) || lengths[k]);
    for (let i = 0; i < 3; i++)
      moves[3 * b + i] = moves[3 * a + i] + (pose[3 * b + i] - pose[3 * a + i]) * (share - 1);
  });
  for (let i = 0; i < 3 * JOINTS.length; i++) out[i] += moves[i];
  return out;
}

// The distance between two joints of a pose, metres.
export function apart(pose, a, b) {
  return Math.hypot(pose[3 * a] - pose[3 * b], pose[3 * a + 1] - pose[3 * b + 1], pose[3 * a + 2] - pose[3 * b + 2]);
}
