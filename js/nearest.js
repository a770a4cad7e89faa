// The nearest of many points to one, in few or in many dimensions.

// The places of the smallest numbers, the smallest first.
export function least(numbers, count) {
  const near = [];
  let limit = Infinity;
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] >= limit) continue;
    let at = near.length;
    while (at > 0 && numbers[near[at - 1]] > numbers[i]) at--;
    near.splice(at, 0, i);
    if (near.length > count) near.pop();
    if (near.length === count) limit = numbers[near[count - 1]];
  }
  return near;
}

// points (n, d). Gives a function (z, count) => [[point, squared distance], ...], the nearest first.
export function createNearest(points, d, products) {
  const n = points.length / d;
  const sizes = new Float32Array(n);
  for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) sizes[i] += points[i * d + k] ** 2;
  const matrix = products.matrix(points, d, sizes);
  const at = products.vector(d);
  const far = products.vector(n); // the squared distances less that of z to 0: which are least, but roughly
  return (z, count) => {
    for (let k = 0; k < d; k++) at[k] = -2 * z[k];
    products.multiply(matrix, at, far);
    const near = least(far, count).map((i) => {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += (points[i * d + k] - z[k]) ** 2;
      return [i, sum];
    });
    return near.sort((a, b) => a[1] - b[1]);
  };
}
