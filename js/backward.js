// The networks of network.js run backward: how outputs change with the input.

// Take a gradient by the output of layers, which forward has run, to the gradient by their input. What it gives is
// kept only until the next run.
export function backward(layers, gradient) {
  for (const layer of layers.toReversed()) {
    layer.gradient ??= layer.products.vector(layer.n);
    BACK[layer.op](layer, gradient, layer.gradient);
    ({ gradient } = layer);
  }
  return gradient;
}

const BACK = {
  linear(layer, gradient, out) {
    layer.columns ??= columnsOf(layer);
    layer.behind ??= layer.products.vector(layer.bias.length);
    layer.behind.set(gradient);
    layer.products.multiply(layer.columns, layer.behind, out);
  },
  norm: ({ weight, eps, x }, gradient, out) => normBack(weight, eps, x, gradient, out),
  relu({ x }, gradient, out) {
    for (let i = 0; i < x.length; i++) out[i] = x[i] > 0 ? gradient[i] : 0;
  },
  silu({ x }, gradient, out) {
    for (let i = 0; i < x.length; i++) {
      const s = 1 / (1 + Math.exp(-x[i]));
      out[i] = gradient[i] * s * (1 + x[i] * (1 - s));
    }
  },
  residual({ inner }, gradient, out) {
    const back = backward(inner, gradient);
    for (let i = 0; i < out.length; i++) out[i] = gradient[i] + back[i];
  },
};

// The layer's matrix with rows and columns exchanged.
function columnsOf({ weight, n, products }) {
  const m = weight.length / n;
  const out = new Float32Array(weight.length);
  for (let row = 0; row < m; row++) for (let i = 0; i < n; i++) out[i * m + row] = weight[row * n + i];
  return products.matrix(out, m);
}

function normBack(gain, eps, x, gradient, out) {
  const n = x.length;
  let mean = 0;
  let square = 0;
  for (let i = 0; i < n; i++) mean += x[i] / n;
  for (let i = 0; i < n; i++) square += (x[i] - mean) ** 2 / n;
  const scale = 1 / Math.sqrt(square + eps);
  let sum = 0;
  let along = 0;
  for (let i = 0; i < n; i++) {
    out[i] = gradient[i] * gain[i];
    sum += out[i];
    along += out[i] * (x[i] - mean) * scale;
  }
  for (let i = 0; i < n; i++) out[i] = scale * (out[i] - sum / n - ((x[i] - mean) * scale * along) / n);
}
