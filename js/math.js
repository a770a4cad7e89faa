// Arithmetic of angles, points and cameras, as in cameras.py.

import { CENTRE, FOCAL, JOINT, JOINTS } from "./constants.js";

export const clamp = (v, low, high) => Math.min(high, Math.max(low, v));
export const radians = (degrees) => (degrees * Math.PI) / 180;
export const wrap = (degrees) => ((((degrees + 180) % 360) + 360) % 360) - 180;

// The camera's axes in the body's frame, as in cameras.look_at: x (right), y (down), f (forward), and way, towards it.
export function cameraAxes({ azimuth, elevation, roll = 0 }) {
  const a = radians(azimuth);
  const e = radians(elevation);
  const r = radians(roll);
  const c = Math.cos(r);
  const s = Math.sin(r);
  const way = [Math.cos(e) * Math.sin(a), Math.sin(e), Math.cos(e) * Math.cos(a)];
  const f = way.map((v) => -v);
  const x = [Math.cos(a), 0, -Math.sin(a)];
  const y = [f[1] * x[2] - f[2] * x[1], f[2] * x[0] - f[0] * x[2], f[0] * x[1] - f[1] * x[0]];
  return { way, f, x: x.map((v, i) => c * v - s * y[i]), y: x.map((v, i) => s * v + c * y[i]) };
}

// Project a pose (x, y, z of each joint, metres) to a camera that looks at the mid-hip: x, y of each joint, pixels.
export function seen(pose, camera) {
  const { f, x, y } = cameraAxes(camera);
  const out = new Float32Array(2 * JOINTS.length);
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const hip = [0, 1, 2].map((i) => (pose[3 * JOINT.left_hip + i] + pose[3 * JOINT.right_hip + i]) / 2);
  for (let j = 0; j < JOINTS.length; j++) {
    const p = [pose[3 * j] - hip[0], pose[3 * j + 1] - hip[1], pose[3 * j + 2] - hip[2]];
    const depth = Math.max(dot(f, p) + camera.distance, 0.05);
    out[2 * j] = CENTRE + (FOCAL * dot(x, p)) / depth;
    out[2 * j + 1] = CENTRE + (FOCAL * dot(y, p)) / depth;
  }
  return out;
}

export function distance(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}

export function jointError(a, b) {
  let sum = 0;
  for (let j = 0; j < JOINTS.length; j++)
    sum += Math.hypot(a[3 * j] - b[3 * j], a[3 * j + 1] - b[3 * j + 1], a[3 * j + 2] - b[3 * j + 2]);
  return sum / JOINTS.length;
}
