// BVH of poses: a skeleton of steady lengths that turns its joints, as vvipe_explore/lift/export writes it in Python,
// but with the smallest turns. Metres, +y up, degrees; at rest it stands in a T and looks along +z.

import { JOINT } from "./constants.js";

const PARENTS = {
  Hips: null, Spine: "Hips", Chest: "Spine", Neck: "Chest", Nose: "Neck",
  LeftArm: "Chest", LeftForeArm: "LeftArm", LeftHand: "LeftForeArm",
  RightArm: "Chest", RightForeArm: "RightArm", RightHand: "RightForeArm",
  LeftUpLeg: "Hips", LeftLeg: "LeftUpLeg", LeftFoot: "LeftLeg",
  RightUpLeg: "Hips", RightLeg: "RightUpLeg", RightFoot: "RightLeg",
}; // prettier-ignore
const NAMES = Object.keys(PARENTS);
const ENDS = {
  Nose: [0, 0, 0.03],
  LeftHand: [0.17, 0, 0], RightHand: [-0.17, 0, 0],
  LeftFoot: [0, -0.05, 0.16], RightFoot: [0, -0.05, 0.16],
}; // prettier-ignore
// Upper bone, lower bone, what is at its end; the 13's joints; where the bones point at rest.
const LIMBS = [
  ["LeftArm", "LeftForeArm", "LeftHand", "left_shoulder", "left_elbow", "left_wrist", [1, 0, 0]],
  ["RightArm", "RightForeArm", "RightHand", "right_shoulder", "right_elbow", "right_wrist", [-1, 0, 0]],
  ["LeftUpLeg", "LeftLeg", "LeftFoot", "left_hip", "left_knee", "left_ankle", [0, -1, 0]],
  ["RightUpLeg", "RightLeg", "RightFoot", "right_hip", "right_knee", "right_ankle", [0, -1, 0]],
];
const BEND = 0.15; // where the spine bends, in torsos above the hips
const NECK = 0.05; // where the neck begins, in torsos above the shoulders
const ANKLE = 0.08; // metres from the ground to the lowest joint

const add = (a, b, s = 1) => a.map((v, i) => v + s * b[i]);
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const size = (a) => Math.hypot(...a);
const unit = (a, otherwise) => (size(a) > 1e-6 ? a.map((v) => v / size(a)) : otherwise);
// A matrix is a list of rows.
const columns = (...c) => [0, 1, 2].map((i) => c.map((v) => v[i]));
const column = (m, k) => m.map((row) => row[k]);
const times = (m, v) => m.map((row) => dot(row, v));
const product = (a, b) => columns(...[0, 1, 2].map((k) => times(a, column(b, k))));
const transposed = (m) => columns(...m);

// The smallest rotation that takes unit vector a to b.
function smallestTurn(a, b) {
  const c = dot(a, b);
  if (c < -1 + 1e-9) {
    const aside = unit(cross(a, Math.abs(a[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]));
    return [0, 1, 2].map((i) => [0, 1, 2].map((k) => 2 * aside[i] * aside[k] - (i === k)));
  }
  const [x, y, z] = cross(a, b);
  const k = [[0, -z, y], [z, 0, -x], [-y, x, 0]]; // prettier-ignore
  const square = product(k, k);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j) + k[i][j] + square[i][j] / (1 + c)));
}

// The rotation that takes x to across, and y as near to up as that allows.
function upright(across, up) {
  const x = unit(across, [1, 0, 0]);
  const y = unit(add(up, x, -dot(up, x)), [0, 1, 0]);
  return columns(x, y, cross(x, y));
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

// Where each bone of one pose points, as a rotation from rest, and how long it is.
function fitted(pose) {
  const at = (name) => Array.from(pose.subarray(3 * JOINT[name], 3 * JOINT[name] + 3));
  const between = (a, b) => add(at(b), at(a), -1);
  const middle = (joint) => add(at(`left_${joint}`), at(`right_${joint}`)).map((v) => v / 2);
  const low = middle("hip");
  const high = middle("shoulder");
  const trunk = size(add(high, low, -1));
  const hips = upright(between("right_hip", "left_hip"), unit(add(high, low, -1), [0, 1, 0]));
  const spine = add(high, add(low, column(hips, 1), BEND * trunk), -1);
  const way = unit(spine, column(hips, 1));
  const turns = { Hips: hips, Spine: product(smallestTurn(column(hips, 1), way), hips) };
  turns.Chest = upright(between("right_shoulder", "left_shoulder"), way);
  const neck = add(at("nose"), add(high, column(turns.Chest, 1), NECK * trunk), -1);
  const lengths = {
    trunk, Chest: size(spine), Nose: size(neck),
    hips: size(between("right_hip", "left_hip")) / 2,
    shoulders: size(between("right_shoulder", "left_shoulder")) / 2,
  }; // prettier-ignore
  const rest = unit([0, 0.76, 0.65]);
  const turn = (above, from, bone) => {
    const b = unit(times(transposed(above), bone), from);
    return product(above, smallestTurn(from, b));
  };
  turns.Neck = turn(turns.Chest, rest, neck);
  turns.Nose = turns.Neck;
  for (const [upper, lower, end, a, b, c, from] of LIMBS) {
    const first = between(a, b);
    const second = between(b, c);
    turns[upper] = turn(turns[PARENTS[upper]], from, first);
    turns[lower] = turn(turns[upper], from, second);
    turns[end] = turns[lower];
    lengths[lower] = size(first);
    lengths[end] = size(second);
  }
  return { turns, lengths };
}

function offsetsOf(fits) {
  const long = (name) => median(fits.map((f) => f.lengths[name]));
  const trunk = long("trunk");
  const offsets = {
    Hips: [0, 0, 0], Spine: [0, BEND * trunk, 0], Chest: [0, long("Chest"), 0], Neck: [0, NECK * trunk, 0],
    Nose: unit([0, 0.76, 0.65]).map((v) => v * long("Nose")),
    LeftArm: [long("shoulders"), 0, 0], RightArm: [-long("shoulders"), 0, 0],
    LeftUpLeg: [long("hips"), 0, 0], RightUpLeg: [-long("hips"), 0, 0],
  }; // prettier-ignore
  for (const [, lower, end, , , , rest] of LIMBS) {
    offsets[lower] = rest.map((v) => v * long(lower));
    offsets[end] = rest.map((v) => v * long(end));
  }
  return offsets;
}

// Where the root is: the lowest joint an ankle above the ground, the hips' middle where it is in the pose.
function rootOf(pose, turns, offsets) {
  const places = { Hips: [0, 0, 0] };
  for (const name of NAMES.slice(1))
    places[name] = add(places[PARENTS[name]], times(turns[PARENTS[name]], offsets[name]));
  const low = Math.min(...NAMES.filter((name) => !/Spine|Chest|Neck/.test(name)).map((name) => places[name][1]));
  const hip = (i) => (pose[3 * JOINT.left_hip + i] + pose[3 * JOINT.right_hip + i]) / 2;
  return [hip(0), ANKLE - low, hip(2)];
}

// The axis in the middle is the one about which a joint turns least far: a thigh is lifted about x.
const orderOf = (name) => (/Leg|Foot/.test(name) ? "XZY" : "ZXY");

// The angles of a rotation about three axes, in degrees, as near to those before as they can be.
function anglesOf(m, order, before) {
  const [i, j, k] = [...order].map((axis) => "XYZ".indexOf(axis));
  const sign = (j - i + 3) % 3 === 1 ? 1 : -1;
  const side = Math.hypot(m[i][i], m[i][j]);
  const locked = side < 1e-7; // the first and the last axis are one: all is put into the first
  const found = [
    locked ? Math.atan2(sign * m[k][j], m[j][j]) : Math.atan2(-sign * m[j][k], m[k][k]),
    Math.atan2(sign * m[i][k], side),
    locked ? 0 : Math.atan2(-sign * m[i][j], m[i][i]),
  ].map((v) => (v * 180) / Math.PI);
  if (!before) return found;
  const near = (angles) => angles.map((v, n) => v + 360 * Math.round((before[n] - v) / 360));
  const far = (angles) => angles.reduce((sum, v, n) => sum + Math.abs(v - before[n]), 0);
  const [one, other] = [near(found), near([found[0] + 180, 180 - found[1], found[2] + 180])];
  return far(other) < far(one) ? other : one;
}

const numbers = (values) => values.map((v) => (v + 0).toFixed(6)).join(" ");

function node(name, offsets) {
  const place = name === "Hips" ? " Xposition Yposition Zposition" : "";
  const turn = [...orderOf(name)].map((axis) => ` ${axis}rotation`).join("");
  const inside = [`OFFSET ${numbers(offsets[name])}`, `CHANNELS ${place ? 6 : 3}${place}${turn}`];
  if (ENDS[name]) inside.push("End Site", "{", `\tOFFSET ${numbers(ENDS[name])}`, "}");
  for (const child of NAMES) if (PARENTS[child] === name) inside.push(...node(child, offsets));
  return [`${place ? "ROOT" : "JOINT"} ${name}`, "{", ...inside.map((line) => `\t${line}`), "}"];
}

// Poses (x, y, z of each joint, metres, +y up), one a frame, as the text of a BVH file.
export function writeBvh(poses, fps) {
  const fits = poses.map(fitted);
  const offsets = offsetsOf(fits);
  const last = {};
  const rows = fits.map(({ turns }, n) => {
    const row = rootOf(poses[n], turns, offsets);
    for (const name of NAMES) {
      const parent = PARENTS[name];
      const local = parent ? product(transposed(turns[parent]), turns[name]) : turns[name];
      last[name] = anglesOf(local, orderOf(name), last[name]);
      row.push(...last[name]);
    }
    return numbers(row);
  });
  const head = ["HIERARCHY", ...node("Hips", offsets), "MOTION", `Frames: ${rows.length}`];
  return [...head, `Frame Time: ${(1 / fps).toFixed(8)}`, ...rows, ""].join("\n");
}
