// The networks of network.js run backward: how outputs change with the input.

import { run } from "./network.js";

// Run a network and keep what lies between. Gives {y, back}: back takes gradients by the output, several at once, and
// gives the gradients by the input.
export function trace(steps, tensors, x) {
  const backs = [];
  for (const step of steps) {
    const given = x;
    if (step.op === "residual") {
      const inner = trace(step.steps, tensors, given);
      x = given.map((v, i) => v + inner.y[i]);
      backs.push((rows) => inner.back(rows).map((row, r) => row.map((v, i) => v + rows[r][i])));
    } else {
      x = run([step], tensors, given);
      backs.push((rows) => BACK[step.op](rows, given, step, tensors));
    }
  }
  return { y: x, back: (rows) => backs.reduceRight((some, back) => back(some), rows) };
}

const BACK = {
  linear: (rows, x, step, tensors) => linearBack(tensors[step.weight], rows, x.length),
  norm: (rows, x, step, tensors) => normBack(tensors[step.weight], step.eps, rows, x),
  relu: (rows, x) => rows.map((row) => row.map((g, i) => (x[i] > 0 ? g : 0))),
  silu(rows, x) {
    const slope = x.map((v) => {
      const s = 1 / (1 + Math.exp(-v));
      return s * (1 + v * (1 - s));
    });
    return rows.map((row) => row.map((g, i) => g * slope[i]));
  },
};

const turned = new WeakMap(); // each weight matrix with rows and columns exchanged

function columns(weight, n) {
  if (!turned.has(weight)) {
    const m = weight.length / n;
    const out = new Float32Array(weight.length);
    for (let row = 0; row < m; row++) for (let i = 0; i < n; i++) out[i * m + row] = weight[row * n + i];
    turned.set(weight, out);
  }
  return turned.get(weight);
}

// Four gradients at once: each weight is read once for all of them.
function linearBack(weight, rows, n) {
  const out = rows.map(() => new Float32Array(n));
  const m = rows[0].length;
  const column = columns(weight, n);
  for (let k = 0; k < rows.length; k += 4) {
    const places = [k, k + 1, k + 2, k + 3].map((r) => Math.min(r, rows.length - 1));
    const [p, q, r, s] = places.map((place) => rows[place]);
    const [e, f, g, h] = places.map((place) => out[place]);
    for (let i = 0; i < n; i++) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      const at = i * m;
      for (let row = 0; row < m; row++) {
        const value = column[at + row];
        a += p[row] * value;
        b += q[row] * value;
        c += r[row] * value;
        d += s[row] * value;
      }
      e[i] = a;
      f[i] = b;
      g[i] = c;
      h[i] = d;
    }
  }
  return out;
}

function normBack(gain, eps, rows, x) {
  const n = x.length;
  let mean = 0;
  let square = 0;
  for (const v of x) mean += v / n;
  for (const v of x) square += (v - mean) ** 2 / n;
  const scale = 1 / Math.sqrt(square + eps);
  return rows.map((row) => {
    let sum = 0;
    let along = 0;
    for (let i = 0; i < n; i++) {
      sum += row[i] * gain[i];
      along += row[i] * gain[i] * (x[i] - mean) * scale;
    }
    return row.map((g, i) => scale * (g * gain[i] - sum / n - ((x[i] - mean) * scale * along) / n));
  });
}
