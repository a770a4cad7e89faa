// The networks of network.js run backward: how outputs change with the input.

const LANES = 4; // gradients that go backward together, interleaved, so that each weight is read once for all of them

// Take gradients by the output of layers, which forward has run, to the gradients by their input.
export function backward(layers, rows) {
  const out = [];
  for (let k = 0; k < rows.length; k += LANES) {
    const some = rows.slice(k, k + LANES);
    const group = new Float64Array(LANES * some[0].length);
    some.forEach((row, lane) => {
      for (let i = 0; i < row.length; i++) group[LANES * i + lane] = row[i];
    });
    const back = through(layers, group);
    some.forEach((_, lane) => out.push(back.filter((_v, i) => i % LANES === lane)));
  }
  return out;
}

function through(layers, group) {
  for (const layer of layers.toReversed()) {
    layer.gradient ??= new Float64Array(LANES * layer.n);
    BACK[layer.op](layer, group, layer.gradient);
    group = layer.gradient;
  }
  return group;
}

const BACK = {
  linear: ({ weight, n }, group, out) => linearBack(weight, n, group, out),
  norm: ({ weight, eps, x }, group, out) => normBack(weight, eps, x, group, out),
  relu({ x }, group, out) {
    for (let i = 0; i < out.length; i++) out[i] = x[Math.floor(i / LANES)] > 0 ? group[i] : 0;
  },
  silu({ x }, group, out) {
    for (let i = 0; i < x.length; i++) {
      const s = 1 / (1 + Math.exp(-x[i]));
      const slope = s * (1 + x[i] * (1 - s));
      for (let at = LANES * i; at < LANES * (i + 1); at++) out[at] = group[at] * slope;
    }
  },
  residual({ inner }, group, out) {
    const back = through(inner, group);
    for (let i = 0; i < out.length; i++) out[i] = group[i] + back[i];
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

// Two columns at once, so that each gradient is read once for both.
function linearBack(weight, n, group, out) {
  const m = weight.length / n;
  const column = columns(weight, n);
  for (let i = 0; i < n; i += 2) {
    const next = Math.min(i + 1, n - 1);
    const p = i * m;
    const q = next * m;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    for (let row = 0; row < m; row++) {
      const at = LANES * row;
      const u = column[p + row];
      const v = column[q + row];
      a += group[at] * u;
      b += group[at + 1] * u;
      c += group[at + 2] * u;
      d += group[at + 3] * u;
      e += group[at] * v;
      f += group[at + 1] * v;
      g += group[at + 2] * v;
      h += group[at + 3] * v;
    }
    const to = LANES * i;
    out[to] = a;
    out[to + 1] = b;
    out[to + 2] = c;
    out[to + 3] = d;
    if (next === i) continue;
    out[to + 4] = e;
    out[to + 5] = f;
    out[to + 6] = g;
    out[to + 7] = h;
  }
}

function normBack(gain, eps, x, group, out) {
  const n = x.length;
  let mean = 0;
  let square = 0;
  for (const v of x) mean += v / n;
  for (const v of x) square += (v - mean) ** 2 / n;
  const scale = 1 / Math.sqrt(square + eps);
  for (let lane = 0; lane < LANES; lane++) {
    let sum = 0;
    let along = 0;
    for (let i = 0; i < n; i++) {
      const at = LANES * i + lane;
      out[at] = group[at] * gain[i];
      sum += out[at];
      along += out[at] * (x[i] - mean) * scale;
    }
    for (let i = 0; i < n; i++) {
      const at = LANES * i + lane;
      out[at] = scale * (out[at] - sum / n - ((x[i] - mean) * scale * along) / n);
    }
  }
}
