// Draw a body, its shadow, the floor and a camera on a canvas.

import { JOINT as J, JOINTS, LIMBS } from "./constants.js";
import { cameraAxes, clamp } from "./math.js";
import { css, hex, mix } from "./theme.js";

// A perspective view around the point (0, 0.82, 0): gives (x, y, z) -> [pixel x, pixel y, depth, pixels per metre].
export function eye(view, width, height) {
  const { f, x, y } = cameraAxes(view);
  const away = 5 / view.zoom;
  const focal = Math.min(height / 2.12, width / 1.95) * 5;
  return (px, py, pz) => {
    const q = py - 0.82;
    const depth = Math.max(away + f[0] * px + f[1] * q + f[2] * pz, 0.1);
    const s = focal / depth;
    return [
      width / 2 + view.x * width + s * (x[0] * px + x[1] * q + x[2] * pz),
      height / 2 + view.y * height + s * (y[0] * px + y[1] * q + y[2] * pz),
      depth,
      s,
    ];
  };
}

const UPPER_ARM = [0.05, 0.042];
const FOREARM = [0.041, 0.028];
const THIGH = [0.074, 0.052];
const SHIN = [0.052, 0.034];
const CORNERS = [J.left_shoulder, J.right_shoulder, J.right_hip, J.left_hip]; // of the trunk
const RADII = [UPPER_ARM, FOREARM, UPPER_ARM, FOREARM, THIGH, SHIN, THIGH, SHIN]; // metres, at a limb's two ends

const HEAD = 0.085; // from the nose to the middle of the head, metres
const SOLE = 0.03; // half a foot's height
const ARMS = [
  [J.left_elbow, J.left_wrist, "left"],
  [J.right_elbow, J.right_wrist, "right"],
];
const LEGS = [
  [J.left_hip, J.left_knee, J.left_ankle, "left"],
  [J.right_hip, J.right_knee, J.right_ankle, "right"],
];

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const minus = (a, b) => a.map((v, i) => v - b[i]);
const along = (a, way, far) => a.map((v, i) => v + far * way[i]);
const unit = (a) => {
  const size = Math.hypot(...a) || 1;
  return a.map((v) => v / size);
};
const across = (a, way) => along(a, way, -dot(a, way)); // what is left of a at right angles to way

// The 13 joints, standing on the floor, with the neck, the middle of the hips, the middle of the head and where it
// looks, and the ends of hands and feet, of which the joints tell the direction only roughly.
export function figure(pose) {
  const points = JOINTS.map((_, j) => Array.from(pose.subarray(3 * j, 3 * j + 3)));
  const middle = (a, b) => points[a].map((v, i) => (v + points[b][i]) / 2);
  const neck = middle(J.left_shoulder, J.right_shoulder);
  const hips = middle(J.left_hip, J.right_hip);
  const up = minus(neck, hips);
  const left = minus(points[J.left_shoulder], points[J.right_shoulder]).map(
    (v, i) => v + points[J.left_hip][i] - points[J.right_hip][i],
  );
  const forward = unit(cross(left, up));
  const nose = points[J.nose];
  const face = unit(along(across(minus(nose, neck), unit(up)), forward, HEAD)); // the nose turns with the head
  const head = along(nose, face, -HEAD);
  head[1] += 0.015;
  const hands = ARMS.map(([elbow, wrist]) => along(points[wrist], unit(minus(points[wrist], points[elbow])), 0.1));
  const floor = Math.min(...points.map((q) => q[1]));
  const feet = LEGS.map((leg) => foot(...leg.slice(0, 3).map((j) => points[j]), forward, floor));
  const low = Math.min(floor - 0.045, ...feet.flat().map((q) => q[1] - SOLE));
  for (const q of [...points, neck, hips, head, ...hands, ...feet.flat()]) q[1] -= low;
  return { points, neck, hips, head, face, hands, feet };
}

// Where a pointer takes a joint of a figure: at the joint, or at the end of its hand or foot.
export function handles({ points, hands, feet }, joint) {
  const arm = ARMS.findIndex(([, wrist]) => wrist === joint);
  const leg = LEGS.findIndex(([, , ankle]) => ankle === joint);
  return [points[joint], ...(hands[arm] ? [hands[arm]] : []), ...(feet[leg] ?? [])];
}

// Give heel and toe. The toes point where the knee does, and lie flat where the ankle is near the floor.
function foot(hip, knee, ankle, forward, floor) {
  const shin = unit(minus(ankle, knee));
  const bend = across(unit(minus(knee, hip)), shin);
  const free = unit(along(bend, across(forward, shin), 0.35));
  const flat = clamp((0.17 - (ankle[1] - floor)) / 0.1, 0, 1);
  const level = unit([free[0], 0, free[2]]);
  const way = unit(along(free.map((v) => v * (1 - flat)), level, flat));
  const sole = unit(across(along(shin.map((v) => v * (1 - flat)), [0, -1, 0], flat), way));
  return [along(along(ankle, sole, 0.045), way, -0.045), along(along(ankle, sole, 0.05), way, 0.135)];
}

function capsule(ctx, a, b, ra, rb) {
  const dx = b[0] - a[0];
  const dy = b[1] - a[1];
  const length = Math.hypot(dx, dy);
  const angle = Math.atan2(dy, dx);
  ctx.beginPath();
  if (length <= Math.abs(ra - rb) + 0.01) {
    const big = ra > rb ? a : b;
    ctx.arc(big[0], big[1], Math.max(ra, rb), 0, 2 * Math.PI);
  } else {
    const tilt = Math.acos(clamp((ra - rb) / length, -1, 1));
    ctx.arc(a[0], a[1], ra, angle + tilt, angle - tilt + 2 * Math.PI);
    ctx.arc(b[0], b[1], rb, angle - tilt, angle + tilt);
    ctx.closePath();
  }
}

// The parts of a body on the screen, the farthest first.
function parts(pose, look) {
  const { points, neck, hips, head, face, hands, feet } = figure(pose);
  const p = points.map((q) => look(...q));
  const n = look(...neck);
  const h = look(...hips);
  // A rounded rod from a to b, metres thick at its ends. nearer: how much earlier it is in front of what it touches.
  const rod = (side, a, b, ra, rb, nearer = 0, more = {}) => {
    const [u, v] = [look(...a), look(...b)];
    return { side, a: u, b: v, ra: ra * u[3], rb: rb * v[3], depth: (u[2] + v[2]) / 2 - nearer, ...more };
  };
  const list = LIMBS.map(([a, b, side], k) => rod(side, points[a], points[b], ...RADII[k]));
  ARMS.forEach(([, wrist, side], k) => list.push(rod(side, along(hands[k], minus(points[wrist], hands[k]), 0.75),
    hands[k], 0.036, 0.026)));
  LEGS.forEach(([, , , side], k) => list.push(rod(side, ...feet[k], 0.036, SOLE)));
  list.push({
    side: "trunk",
    torso: CORNERS.map((j, k) => look(...points[j].map((v, i) => v + 0.14 * ((k < 2 ? neck : hips)[i] - v)))),
    a: n,
    b: h,
    ra: 0.058 * n[3],
    depth: (n[2] + h[2]) / 2,
  });
  list.push(...headParts(neck, head, face, points[J.nose], rod));
  list.find((part) => part.nose).depth = p[J.nose][2] - 0.03;
  return list.sort((u, v) => v.depth - u.depth);
}

// Neck, skull, hair, nose and eyes: from each side they show where the head looks.
function headParts(neck, head, face, nose, rod) {
  const up = unit(across(minus(head, neck), face));
  const side = cross(up, face);
  const at = (u, f, s = 0) => along(along(along(head, up, u), face, f), side, s);
  const pupil = (s) => {
    const place = at(0.02, 0.088, s);
    return rod("hair", place, place, 0.012, 0.012, 0.02, { bare: true, ball: true });
  };
  return [
    rod("trunk", neck, head, 0.042, 0.042),
    rod("trunk", at(0.03, 0), at(-0.035, 0.01), 0.092, 0.074),
    rod("hair", at(0.045, -0.024), at(-0.02, -0.04), 0.092, 0.078, 0.016),
    rod("trunk", at(0, 0.06), nose, 0.028, 0.014, 0, { bare: true, nose: true }),
    pupil(0.034),
    pupil(-0.034),
  ];
}

export function fill(ctx, part, edge, paint) {
  outline(ctx, part, edge);
  ctx.fillStyle = ctx.strokeStyle = paint;
  if (part.torso) {
    ctx.lineWidth = 2 * (part.ra + edge);
    ctx.stroke();
  }
  ctx.fill();
}

function outline(ctx, part, edge = 0) {
  if (!part.torso) return capsule(ctx, part.a, part.b, part.ra + edge, part.rb + edge);
  ctx.beginPath();
  part.torso.forEach((q, i) => (i ? ctx.lineTo(q[0], q[1]) : ctx.moveTo(q[0], q[1])));
  ctx.closePath();
}

const colourOf = (side, theme) => (side === "hair" ? mix(theme.trunk, theme.ink, 0.7) : theme[side]);

export function tones(side, fade, theme) {
  return (theme.tones[`${side} ${fade}`] ??= [
    ["#ffffff", theme.dark ? 0.22 : 0.34],
    ["#000000", 0],
    ["#000000", theme.dark ? 0.34 : 0.2],
  ].map(([to, share]) => css(mix(mix(colourOf(side, theme), theme.bg, fade), hex(to), share))));
}

// Light comes from the upper left: a part is brighter on that side, and paler if it is farther away.
function shade(ctx, part, theme) {
  const [light, base, dark] = tones(
    part.side,
    Math.round(16 * clamp((part.depth - 4.75) / 2.2, 0, 0.42)) / 16,
    theme,
  );
  let gradient;
  if (part.ball) {
    const [x, y] = part.a;
    const r = part.ra;
    gradient = ctx.createRadialGradient(x - 0.38 * r, y - 0.42 * r, 0.1 * r, x, y, r);
  } else {
    const { a, b } = part;
    const x = (a[0] + b[0]) / 2;
    const y = (a[1] + b[1]) / 2;
    const dx = b[0] - a[0];
    const dy = b[1] - a[1];
    const length = Math.hypot(dx, dy) || 1;
    const r = part.torso ? 0.17 * a[3] : (part.ra + part.rb) / 2;
    let nx = dy / length;
    let ny = -dx / length;
    if (-0.8 * nx - 0.6 * ny < 0) {
      nx = -nx;
      ny = -ny;
    }
    gradient = ctx.createLinearGradient(x + nx * r, y + ny * r, x - nx * r, y - ny * r);
  }
  gradient.addColorStop(0, light);
  gradient.addColorStop(0.5, base);
  gradient.addColorStop(1, dark);
  return gradient;
}

export function drawBody(ctx, pose, look, theme) {
  ctx.lineJoin = ctx.lineCap = "round";
  const rim = css(theme.bg);
  for (const part of parts(pose, look)) {
    const paint = shade(ctx, part, theme);
    const edge = Math.max(0.8, part.a[3] * 0.007);
    if (!part.bare) fill(ctx, part, edge, rim); // a rim separates a limb from those behind it
    fill(ctx, part, 0, paint);
  }
}

// Draw a body in one colour, or in outline if it gets a colour for its inside too.
export function drawGhost(ctx, pose, look, colour, inside = null) {
  ctx.lineJoin = ctx.lineCap = "round";
  const list = parts(pose, look);
  for (const part of list) fill(ctx, part, inside ? 1.5 : 0, css(colour));
  if (inside) for (const part of list) fill(ctx, part, 0, css(inside));
}

export const outlineOf = (theme) => mix(theme.muted, theme.bg, 0.2); // at least 3:1 on the background

export function drawShadow(ctx, pose, look, theme) {
  const { points, neck, head } = figure(pose);
  const flat = (q) => look(q[0], 0, q[2]);
  ctx.lineCap = ctx.lineJoin = "round";
  ctx.strokeStyle = ctx.fillStyle = css(theme.shadow);
  ctx.lineWidth = 0.085 * flat([0, 0, 0])[3];
  ctx.beginPath();
  const line = (...qs) =>
    qs.forEach((q, i) => {
      const s = flat(q);
      i ? ctx.lineTo(s[0], s[1]) : ctx.moveTo(s[0], s[1]);
    });
  for (const [a, b] of LIMBS) line(points[a], points[b]);
  line(...[...CORNERS, CORNERS[0]].map((j) => points[j]));
  line(neck, head);
  ctx.stroke();
}

export function drawFloor(ctx, look, theme) {
  const reach = 1.5;
  const step = 0.25;
  const stroke = (x0, z0, x1, z1) => {
    const a = look(x0, 0, z0);
    const b = look(x1, 0, z1);
    const far = Math.hypot((x0 + x1) / 2, (z0 + z1) / 2) / reach;
    if (far >= 1) return;
    ctx.strokeStyle = css(mix(theme.line, theme.bg, far ** 2));
    ctx.beginPath();
    ctx.moveTo(a[0], a[1]);
    ctx.lineTo(b[0], b[1]);
    ctx.stroke();
  };
  ctx.lineWidth = 1;
  for (let u = -reach; u <= reach + 1e-6; u += step) {
    for (let v = -reach; v < reach - 1e-6; v += step) {
      stroke(u, v, u, v + step);
      stroke(v, u, v + step, u);
    }
  }
}

const turnedAxes = (camera, turn) => ["way", "x", "y"].map((name) => turn(cameraAxes(camera)[name]));

// Draw the camera beside the body as a small pyramid that looks at the hips. Gives its place in pixels, for dragging.
// turn: how the body is turned out of the frame that the camera's angles are in.
export function drawCamera(ctx, camera, hips, look, theme, turn) {
  const [way, x, y] = turnedAxes(camera, turn);
  const reach = 0.84;
  const at = (r, u = 0, v = 0) => look(...hips.map((h, i) => h + way[i] * r + x[i] * u + y[i] * v));
  const top = at(reach),
    base = [
      [-1, -1],
      [1, -1],
      [1, 1],
      [-1, 1],
    ].map(([u, v]) => at(reach - 0.15, 0.075 * u, 0.075 * v));
  ctx.lineWidth = 1.5;
  ctx.lineJoin = "round";
  ctx.strokeStyle = css(theme.accent);
  ctx.fillStyle = css(mix(theme.bg, theme.accent, 0.16));
  ctx.beginPath();
  base.forEach((q, i) => (i ? ctx.lineTo(q[0], q[1]) : ctx.moveTo(q[0], q[1])));
  ctx.closePath();
  ctx.fill();
  ctx.stroke();
  ctx.beginPath();
  for (const q of base) {
    ctx.moveTo(top[0], top[1]);
    ctx.lineTo(q[0], q[1]);
  }
  ctx.stroke();
  ctx.beginPath();
  ctx.arc(top[0], top[1], 3.5, 0, 2 * Math.PI);
  ctx.fillStyle = css(theme.accent);
  ctx.fill();
  return { x: (top[0] + base[0][0] + base[2][0]) / 3, y: (top[1] + base[0][1] + base[2][1]) / 3, depth: top[2] };
}
