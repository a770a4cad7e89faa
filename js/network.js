// The networks of models/networks.py and keypoints.normalise, in float32.

import { DOUBTFUL, JOINTS, LOWER_END, UPPER_END } from "./constants.js";

let halves = null; // the value of each of the 65,536 half-precision numbers

function halfToFloat(half) {
  halves ??= Float32Array.from({ length: 65536 }, (_, h) => {
    const exponent = (h >> 10) & 31;
    const fraction = h & 1023;
    const size =
      exponent === 0
        ? fraction * 2 ** -24
        : exponent === 31
          ? fraction
            ? NaN
            : Infinity
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return h & 0x8000 ? -size : size;
  });
  const out = new Float32Array(half.length);
  for (let i = 0; i < half.length; i++) out[i] = halves[half[i]];
  return out;
}

// tensors: name -> [type, shape, offset in bytes]; buffer: a DataView or typed array over the bytes.
export function unpack(tensors, buffer) {
  const bytes = new Uint8Array(buffer.buffer ?? buffer, buffer.byteOffset ?? 0, buffer.byteLength);
  const kinds = { f16: Uint16Array, f32: Float32Array, u8: Uint8Array };
  const out = {};
  for (const [name, [type, shape, offset]] of Object.entries(tensors)) {
    const count = shape.reduce((a, b) => a * b, 1);
    const Kind = kinds[type];
    const values = new Kind(bytes.slice(offset, offset + count * Kind.BYTES_PER_ELEMENT).buffer);
    out[name] = type === "f16" ? halfToFloat(values) : values;
  }
  return out;
}

// A network as layers that keep their input x and their output y, so that running it makes no arrays. steps: as Python
// describes them; size: of the input; products: where its matrices are. Width and depth are free.
export function layersOf(steps, tensors, size, products) {
  const input = products.vector(size);
  const layers = steps.map((step) => {
    const { op } = step;
    if (!FORWARD[op]) throw new Error(`unknown step ${op}`);
    const layer = { op, n: size, eps: step.eps, weight: tensors[step.weight], bias: tensors[step.bias], products };
    if (op === "linear") {
      layer.matrix = products.matrix(layer.weight, size, layer.bias);
      size = layer.bias.length;
    }
    if (op === "residual") layer.inner = layersOf(step.steps, tensors, size, products);
    layer.y = products.vector(size);
    return layer;
  });
  return Object.assign(layers, { input, given: null });
}

// Run a network. What it gives is kept only until the next run.
export function forward(layers, x) {
  layers.given = x;
  layers.input.set(x);
  x = layers.input;
  for (const layer of layers) {
    layer.x = x;
    FORWARD[layer.op](layer, x, layer.y);
    x = layer.y;
  }
  return x;
}

const FORWARD = {
  linear: ({ products, matrix }, x, out) => products.multiply(matrix, x, out),
  norm: ({ weight, bias, eps }, x, out) => layerNorm(weight, bias, eps, x, out),
  relu(_, x, out) {
    for (let i = 0; i < x.length; i++) out[i] = x[i] > 0 ? x[i] : 0;
  },
  silu(_, x, out) {
    for (let i = 0; i < x.length; i++) out[i] = x[i] / (1 + Math.exp(-x[i]));
  },
  residual({ inner }, x, out) {
    const y = forward(inner, x);
    for (let i = 0; i < x.length; i++) out[i] = x[i] + y[i];
  },
  upright(_, x, out) {
    const [ux, uy] = middle(x, UPPER_END);
    const [lx, ly] = middle(x, LOWER_END);
    const length = Math.hypot(lx - ux, ly - uy);
    const [dx, dy] = length > 1e-4 ? [(lx - ux) / length, (ly - uy) / length] : [0, 1];
    for (let i = 0; i < x.length; i += 3) {
      out[i] = x[i] * dy - x[i + 1] * dx;
      out[i + 1] = x[i] * dx + x[i + 1] * dy;
      out[i + 2] = x[i + 2];
    }
  },
};

// The middle of those joints that are there, of features (x, y, presence); the origin if none is.
function middle(features, joints) {
  const there = joints.filter((j) => features[3 * j + 2] > 0);
  const sum = (axis) => there.reduce((total, j) => total + features[3 * j + axis], 0);
  return [0, 1].map((axis) => sum(axis) / Math.max(there.length, 1));
}

function layerNorm(gain, bias, eps, x, out) {
  let mean = 0;
  let square = 0;
  for (const v of x) mean += v;
  mean /= x.length;
  for (const v of x) square += (v - mean) ** 2;
  const scale = 1 / Math.sqrt(square / x.length + eps);
  for (let i = 0; i < x.length; i++) out[i] = (x[i] - mean) * scale * gain[i] + bias[i];
}

// keypoints: x, y of each joint; confidence: one number a joint, or null. Gives (x, y, presence) of each joint.
export function normalise(keypoints, confidence = null) {
  const doubtful = confidence ? DOUBTFUL * Math.max(...confidence) : 0;
  const there = JOINTS.map((_, j) => (confidence ? confidence[j] > 0 && confidence[j] >= doubtful : true));
  const features = new Float32Array(3 * JOINTS.length);
  let count = 0;
  let cx = 0;
  let cy = 0;
  let square = 0;
  there.forEach((t, j) => {
    if (t) {
      count++;
      cx += keypoints[2 * j];
      cy += keypoints[2 * j + 1];
    }
  });
  cx /= count;
  cy /= count;
  there.forEach((t, j) => {
    if (t) square += (keypoints[2 * j] - cx) ** 2 + (keypoints[2 * j + 1] - cy) ** 2;
  });
  const size = Math.max(Math.sqrt(square / count), 1e-38);
  there.forEach((t, j) => {
    features[3 * j] = t ? (keypoints[2 * j] - cx) / size : 0;
    features[3 * j + 1] = t ? (keypoints[2 * j + 1] - cy) / size : 0;
    features[3 * j + 2] = t ? 1 : 0;
  });
  return features;
}
