// Products of matrices and vectors in float32, the most of what the models compute: by WebAssembly, four numbers at
// once, which is ten times as fast as JavaScript; and in JavaScript where a page may not run it.

import { bytesOf } from "./page.js";
import code from "./product.wasm"; // product.wat as bytes, in base64

const PAGE = 65536; // bytes, of WebAssembly's memory
const padded = (count) => 4 * Math.ceil(count / 4);

function run(buffer) {
  const all = new Float32Array(buffer);
  return (...places) => {
    let [w, b, x, y, row, length] = places.map((bytes) => bytes / 4);
    for (const end = y + length; y < end; b += 4, y += 4, w += 4 * row) {
      const [p, q, r] = [w + row, w + 2 * row, w + 3 * row];
      let s = all[b];
      let t = all[b + 1];
      let u = all[b + 2];
      let v = all[b + 3];
      for (let i = 0; i < row; i++) {
        s += all[w + i] * all[x + i];
        t += all[p + i] * all[x + i];
        u += all[q + i] * all[x + i];
        v += all[r + i] * all[x + i];
      }
      all.set([s, t, u, v], y);
    }
  };
}

// A place for matrices and vectors of this many numbers in all.
export function createProducts(size) {
  let buffer;
  let product;
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * size) / PAGE) });
    ({ product } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(code)), { js: { memory } }).exports);
    ({ buffer } = memory);
  } catch {
    buffer = new ArrayBuffer(4 * padded(size));
    product = run(buffer);
  }
  let used = 0;

  // A vector of zeros; behind its end there are zeros up to a multiple of four.
  function vector(length) {
    const out = new Float32Array(buffer, 4 * used, length);
    used += padded(length);
    return out;
  }

  // values: rows of n numbers, one after the other; bias: a number a row, or null.
  function matrix(values, n, bias = null) {
    const m = values.length / n;
    const row = padded(n);
    const w = vector(padded(m) * row);
    if (row === n) w.set(values);
    else for (let i = 0; i < m; i++) w.set(values.subarray(i * n, (i + 1) * n), i * row);
    const b = vector(m);
    if (bias) b.set(bias);
    return { w, b, n, m, row };
  }

  // y = W x + b; x and y are vectors of this place.
  function multiply({ w, b, m, row }, x, y) {
    product(w.byteOffset, b.byteOffset, x.byteOffset, y.byteOffset, 4 * row, 4 * m);
  }
  return { vector, matrix, multiply };
}
