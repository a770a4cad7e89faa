// Turn a body so that it stands or lies as it did: the canonical frame always has the spine upright.

// Give the function that turns a vector by the smallest rotation that takes up (a unit vector) to +y.
export function turning(up) {
  const [x, c, z] = up;
  const v = [-z, 0, x]; // up x (+y)
  const share = 1 / Math.max(1 + c, 1e-6);
  return (p) => {
    const along = share * (v[0] * p[0] + v[2] * p[2]);
    return [
      c * p[0] - v[2] * p[1] + v[0] * along,
      c * p[1] + v[2] * p[0] - v[0] * p[2],
      c * p[2] + v[0] * p[1] + v[2] * along,
    ];
  };
}

// Turn each joint of a pose (x, y, z of each, metres) about the middle of the hips, which is the origin.
export function turned(pose, up) {
  const turn = turning(up);
  const out = new Float32Array(pose.length);
  for (let i = 0; i < pose.length; i += 3) out.set(turn(pose.subarray(i, i + 3)), i);
  return out;
}
