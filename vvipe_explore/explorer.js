// Made of js/ by `make js`; change it there. SHA-256 of the sources: 3eb367252b0148fc6efe56ac6fef0f296f4fdaae87fb5b4f8444d0e6b9557aa6

// constants.js
var JOINTS = [
  "nose",
  "left_shoulder",
  "right_shoulder",
  "left_elbow",
  "right_elbow",
  "left_wrist",
  "right_wrist",
  "left_hip",
  "right_hip",
  "left_knee",
  "right_knee",
  "left_ankle",
  "right_ankle"
];
var JOINT = {
  "nose": 0,
  "left_shoulder": 1,
  "right_shoulder": 2,
  "left_elbow": 3,
  "right_elbow": 4,
  "left_wrist": 5,
  "right_wrist": 6,
  "left_hip": 7,
  "right_hip": 8,
  "left_knee": 9,
  "right_knee": 10,
  "left_ankle": 11,
  "right_ankle": 12
};
var SIDES = [
  "trunk",
  "left",
  "right",
  "left",
  "right",
  "left",
  "right",
  "left",
  "right",
  "left",
  "right",
  "left",
  "right"
];
var LIMBS = [
  [1, 3, "left"],
  [3, 5, "left"],
  [2, 4, "right"],
  [4, 6, "right"],
  [7, 9, "left"],
  [9, 11, "left"],
  [8, 10, "right"],
  [10, 12, "right"]
];
var TRUNK = [[7, 8, "trunk"], [1, 2, "trunk"], [1, 7, "left"], [2, 8, "right"]];
var FOCAL = 1145;
var CENTRE = 500;
var DOUBTFUL = 0.3;
var UPPER_END = [0, 1, 2];
var LOWER_END = [9, 10, 11, 12];
var VIEW = { "azimuth": 28, "elevation": 9, "zoom": 1, "x": 0, "y": 0 };
var LEFT = "#0072B2";
var RIGHT = "#D55E00";

// math.js
var clamp = (v, low, high) => Math.min(high, Math.max(low, v));
var radians = (degrees) => degrees * Math.PI / 180;
var wrap = (degrees) => ((degrees + 180) % 360 + 360) % 360 - 180;
function cameraAxes({ azimuth, elevation, roll = 0 }) {
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
function seen(pose, camera) {
  const { f, x, y } = cameraAxes(camera);
  const out = new Float32Array(2 * JOINTS.length);
  const dot3 = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  const hip = [0, 1, 2].map((i) => (pose[3 * JOINT.left_hip + i] + pose[3 * JOINT.right_hip + i]) / 2);
  for (let j = 0; j < JOINTS.length; j++) {
    const p = [pose[3 * j] - hip[0], pose[3 * j + 1] - hip[1], pose[3 * j + 2] - hip[2]];
    const depth = Math.max(dot3(f, p) + camera.distance, 0.05);
    out[2 * j] = CENTRE + FOCAL * dot3(x, p) / depth;
    out[2 * j + 1] = CENTRE + FOCAL * dot3(y, p) / depth;
  }
  return out;
}
function distance(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum);
}
function jointError(a, b) {
  let sum = 0;
  for (let j = 0; j < JOINTS.length; j++)
    sum += Math.hypot(a[3 * j] - b[3 * j], a[3 * j + 1] - b[3 * j + 1], a[3 * j + 2] - b[3 * j + 2]);
  return sum / JOINTS.length;
}

// theme.js
var COLOURS = ["bg", "panel", "ink", "muted", "line", "left", "right", "trunk", "ghost", "shadow", "accent"];
var hex = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
var mix = (a, b, share) => a.map((v, i) => v + (b[i] - v) * share);
var css = (rgb) => `rgb(${rgb.map((v) => Math.round(v)).join(",")})`;
function readTheme(root) {
  const style = getComputedStyle(root);
  const theme = {};
  for (const name of COLOURS) theme[name] = hex(style.getPropertyValue(`--${name}`).trim());
  theme.dark = root.dataset.theme === "dark";
  theme.tones = {};
  return theme;
}
function classColour(colour, theme) {
  return colour ? mix(hex(colour), [255, 255, 255], theme.dark ? 0.25 : 0) : mix(theme.muted, theme.bg, 0.3);
}
function themeName() {
  const { body } = document;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter) return jupyter === "true" ? "light" : "dark";
  if (body.classList.contains("vscode-dark") || document.documentElement.getAttribute("theme") === "dark")
    return "dark";
  if (body.classList.contains("vscode-light")) return "light";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

// body.js
function eye(view, width, height) {
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
      s
    ];
  };
}
var UPPER_ARM = [0.05, 0.042];
var FOREARM = [0.041, 0.028];
var THIGH = [0.074, 0.052];
var SHIN = [0.052, 0.034];
var CORNERS = [JOINT.left_shoulder, JOINT.right_shoulder, JOINT.right_hip, JOINT.left_hip];
var RADII = [UPPER_ARM, FOREARM, UPPER_ARM, FOREARM, THIGH, SHIN, THIGH, SHIN];
var HEAD = 0.085;
var SOLE = 0.03;
var ARMS = [
  [JOINT.left_elbow, JOINT.left_wrist, "left"],
  [JOINT.right_elbow, JOINT.right_wrist, "right"]
];
var LEGS = [
  [JOINT.left_hip, JOINT.left_knee, JOINT.left_ankle, "left"],
  [JOINT.right_hip, JOINT.right_knee, JOINT.right_ankle, "right"]
];
var dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
var cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
var minus = (a, b) => a.map((v, i) => v - b[i]);
var along = (a, way, far) => a.map((v, i) => v + far * way[i]);
var unit = (a) => {
  const size2 = Math.hypot(...a) || 1;
  return a.map((v) => v / size2);
};
var across = (a, way) => along(a, way, -dot(a, way));
function figure(pose) {
  const points = JOINTS.map((_, j) => Array.from(pose.subarray(3 * j, 3 * j + 3)));
  const middle2 = (a, b) => points[a].map((v, i) => (v + points[b][i]) / 2);
  const neck = middle2(JOINT.left_shoulder, JOINT.right_shoulder);
  const hips = middle2(JOINT.left_hip, JOINT.right_hip);
  const up = minus(neck, hips);
  const left = minus(points[JOINT.left_shoulder], points[JOINT.right_shoulder]).map(
    (v, i) => v + points[JOINT.left_hip][i] - points[JOINT.right_hip][i]
  );
  const forward2 = unit(cross(left, up));
  const nose = points[JOINT.nose];
  const face = unit(along(across(minus(nose, neck), unit(up)), forward2, HEAD));
  const head = along(nose, face, -HEAD);
  head[1] += 0.015;
  const hands = ARMS.map(([elbow, wrist]) => along(points[wrist], unit(minus(points[wrist], points[elbow])), 0.1));
  const floor = Math.min(...points.map((q) => q[1]));
  const feet = LEGS.map((leg) => foot(...leg.slice(0, 3).map((j) => points[j]), forward2, floor));
  const low = Math.min(floor - 0.045, ...feet.flat().map((q) => q[1] - SOLE));
  for (const q of [...points, neck, hips, head, ...hands, ...feet.flat()]) q[1] -= low;
  return { points, neck, hips, head, face, hands, feet };
}
function handles({ points, hands, feet }, joint) {
  const arm = ARMS.findIndex(([, wrist]) => wrist === joint);
  const leg = LEGS.findIndex(([, , ankle]) => ankle === joint);
  return [points[joint], ...hands[arm] ? [hands[arm]] : [], ...feet[leg] ?? []];
}
function foot(hip, knee, ankle, forward2, floor) {
  const shin = unit(minus(ankle, knee));
  const bend = across(unit(minus(knee, hip)), shin);
  const free = unit(along(bend, across(forward2, shin), 0.35));
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
function parts(pose, look) {
  const { points, neck, hips, head, face, hands, feet } = figure(pose);
  const p = points.map((q) => look(...q));
  const n = look(...neck);
  const h2 = look(...hips);
  const rod = (side, a, b, ra, rb, nearer = 0, more = {}) => {
    const [u, v] = [look(...a), look(...b)];
    return { side, a: u, b: v, ra: ra * u[3], rb: rb * v[3], depth: (u[2] + v[2]) / 2 - nearer, ...more };
  };
  const list = LIMBS.map(([a, b, side], k) => rod(side, points[a], points[b], ...RADII[k]));
  ARMS.forEach(([, wrist, side], k) => list.push(rod(
    side,
    along(hands[k], minus(points[wrist], hands[k]), 0.75),
    hands[k],
    0.036,
    0.026
  )));
  LEGS.forEach(([, , , side], k) => list.push(rod(side, ...feet[k], 0.036, SOLE)));
  list.push({
    side: "trunk",
    torso: CORNERS.map((j, k) => look(...points[j].map((v, i) => v + 0.14 * ((k < 2 ? neck : hips)[i] - v)))),
    a: n,
    b: h2,
    ra: 0.058 * n[3],
    depth: (n[2] + h2[2]) / 2
  });
  list.push(...headParts(neck, head, face, points[JOINT.nose], rod));
  list.find((part) => part.nose).depth = p[JOINT.nose][2] - 0.03;
  return list.sort((u, v) => v.depth - u.depth);
}
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
    pupil(-0.034)
  ];
}
function fill(ctx, part, edge, paint) {
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
  part.torso.forEach((q, i) => i ? ctx.lineTo(q[0], q[1]) : ctx.moveTo(q[0], q[1]));
  ctx.closePath();
}
var colourOf = (side, theme) => side === "hair" ? mix(theme.trunk, theme.ink, 0.7) : theme[side];
function tones(side, fade, theme) {
  return theme.tones[`${side} ${fade}`] ??= [
    ["#ffffff", theme.dark ? 0.22 : 0.34],
    ["#000000", 0],
    ["#000000", theme.dark ? 0.34 : 0.2]
  ].map(([to, share]) => css(mix(mix(colourOf(side, theme), theme.bg, fade), hex(to), share)));
}
function shade(ctx, part, theme) {
  const [light, base, dark] = tones(
    part.side,
    Math.round(16 * clamp((part.depth - 4.75) / 2.2, 0, 0.42)) / 16,
    theme
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
function drawBody(ctx, pose, look, theme) {
  ctx.lineJoin = ctx.lineCap = "round";
  const rim = css(theme.bg);
  for (const part of parts(pose, look)) {
    const paint = shade(ctx, part, theme);
    const edge = Math.max(0.8, part.a[3] * 7e-3);
    if (!part.bare) fill(ctx, part, edge, rim);
    fill(ctx, part, 0, paint);
  }
}
function drawGhost(ctx, pose, look, colour, inside = null) {
  ctx.lineJoin = ctx.lineCap = "round";
  const list = parts(pose, look);
  for (const part of list) fill(ctx, part, inside ? 1.5 : 0, css(colour));
  if (inside) for (const part of list) fill(ctx, part, 0, css(inside));
}
var outlineOf = (theme) => mix(theme.muted, theme.bg, 0.2);
function drawShadow(ctx, pose, look, theme) {
  const { points, neck, head } = figure(pose);
  const flat = (q) => look(q[0], 0, q[2]);
  ctx.lineCap = ctx.lineJoin = "round";
  ctx.strokeStyle = ctx.fillStyle = css(theme.shadow);
  ctx.lineWidth = 0.085 * flat([0, 0, 0])[3];
  ctx.beginPath();
  const line = (...qs) => qs.forEach((q, i) => {
    const s = flat(q);
    i ? ctx.lineTo(s[0], s[1]) : ctx.moveTo(s[0], s[1]);
  });
  for (const [a, b] of LIMBS) line(points[a], points[b]);
  line(...[...CORNERS, CORNERS[0]].map((j) => points[j]));
  line(neck, head);
  ctx.stroke();
}
function drawFloor(ctx, look, theme) {
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
var turnedAxes = (camera, turn) => ["way", "x", "y"].map((name) => turn(cameraAxes(camera)[name]));
function drawCamera(ctx, camera, hips, look, theme, turn) {
  const [way, x, y] = turnedAxes(camera, turn);
  const reach = 0.84;
  const at = (r, u = 0, v = 0) => look(...hips.map((h2, i) => h2 + way[i] * r + x[i] * u + y[i] * v));
  const top = at(reach), base = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1]
  ].map(([u, v]) => at(reach - 0.15, 0.075 * u, 0.075 * v));
  ctx.lineWidth = 1.5;
  ctx.lineJoin = "round";
  ctx.strokeStyle = css(theme.accent);
  ctx.fillStyle = css(mix(theme.bg, theme.accent, 0.16));
  ctx.beginPath();
  base.forEach((q, i) => i ? ctx.lineTo(q[0], q[1]) : ctx.moveTo(q[0], q[1]));
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

// dom.js
function h(tag, attributes = {}, ...children) {
  const node2 = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node2.addEventListener(name.slice(2), value);
    else if (value === true) node2.setAttribute(name, "");
    else if (value !== false && value != null) node2.setAttribute(name, value);
  }
  node2.append(...children.filter((c) => c != null));
  return node2;
}
function sheet(attributes) {
  const canvas = h("canvas", attributes);
  const ctx = canvas.getContext("2d", { willReadFrequently: true });
  const it = { canvas, ctx, width: 0, height: 0, ratio: 1 };
  it.fit = () => {
    it.ratio = Math.min(window.devicePixelRatio || 1, 2);
    it.width = canvas.clientWidth;
    it.height = canvas.clientHeight;
    canvas.width = Math.max(1, Math.round(it.width * it.ratio));
    canvas.height = Math.max(1, Math.round(it.height * it.ratio));
    ctx.setTransform(it.ratio, 0, 0, it.ratio, 0, 0);
    return it.width > 4 && it.height > 4;
  };
  it.place = (event, box = canvas.getBoundingClientRect()) => [event.clientX - box.left, event.clientY - box.top];
  return it;
}
function backdrop(it, draw) {
  const canvas = h("canvas");
  let drawnFor = [];
  return (...keys) => {
    const now = [...keys, it.canvas.width, it.canvas.height];
    if (now.some((v, i) => v !== drawnFor[i])) {
      drawnFor = now;
      canvas.width = it.canvas.width;
      canvas.height = it.canvas.height;
      const ctx = canvas.getContext("2d", { willReadFrequently: true });
      ctx.scale(it.ratio, it.ratio);
      draw(ctx, ...keys);
    }
    it.ctx.setTransform(1, 0, 0, 1, 0, 0);
    it.ctx.drawImage(canvas, 0, 0);
    it.ctx.setTransform(it.ratio, 0, 0, it.ratio, 0, 0);
  };
}
function write(node2, text) {
  if (node2.textContent !== text) node2.textContent = text;
}
function onMove(node2, hear) {
  let early = false;
  let heard = "";
  const tell = (event) => {
    const place = `${event.pointerId} ${event.clientX} ${event.clientY}`;
    if (place !== heard) hear(event);
    heard = place;
  };
  node2.addEventListener("pointermove", tell);
  node2.addEventListener("pointerrawupdate", (event) => {
    if (early) return;
    early = true;
    requestAnimationFrame(() => early = false);
    tell(event);
  });
}
function onDrag(it, start, pinch = null) {
  const pointers = /* @__PURE__ */ new Map();
  let move = null;
  let box = null;
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return { size: Math.hypot(a[0] - b[0], a[1] - b[1]), x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2 };
  };
  it.canvas.addEventListener("pointerdown", (event) => {
    it.canvas.setPointerCapture?.(event.pointerId);
    box = it.canvas.getBoundingClientRect();
    pointers.set(event.pointerId, it.place(event));
    move = pointers.size === 1 ? start(...it.place(event), event) : null;
    it.canvas.focus({ preventScroll: true });
    event.preventDefault();
  });
  onMove(it.canvas, (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const now = it.place(event, box);
    const before = pointers.size === 2 && pinch ? spread() : null;
    pointers.set(event.pointerId, now);
    if (before) {
      const after = spread();
      pinch(after.size / (before.size || 1), after.x - before.x, after.y - before.y, before.x, before.y);
    } else move?.(now[0], now[1], now[0] - last[0], now[1] - last[1], event);
  });
  const end = (event) => {
    if (pointers.delete(event.pointerId)) {
      move?.done?.(event);
      move = null;
    }
  };
  it.canvas.addEventListener("pointerup", end);
  it.canvas.addEventListener("pointercancel", end);
}
function onSlide(node2, set, done = null) {
  let from = null;
  let sliding = false;
  const place = (event) => event.clientX - node2.getBoundingClientRect().left;
  node2.addEventListener("pointerdown", (event) => {
    if (event.target !== node2) return;
    from = [event.clientX, event.clientY];
    sliding = event.pointerType === "mouse";
    if (sliding) set(place(event));
    node2.setPointerCapture?.(event.pointerId);
  });
  onMove(node2, (event) => {
    if (!from) return;
    const [dx, dy] = [Math.abs(event.clientX - from[0]), Math.abs(event.clientY - from[1])];
    sliding ||= dx > Math.max(6, dy);
    if (sliding) set(place(event));
  });
  node2.addEventListener("pointerup", (event) => {
    if (!from) return;
    if (!sliding && Math.hypot(event.clientX - from[0], event.clientY - from[1]) < 10) set(place(event));
    from = null;
    done?.();
  });
  node2.addEventListener("pointercancel", () => {
    from = null;
    if (sliding) done?.();
  });
}
function slideByPointer(track) {
  const input = track.querySelector("input");
  const tell = (name) => input.dispatchEvent(new Event(name));
  const set = (x, thumb) => {
    if (input.disabled) return;
    const share = (x - thumb / 2) / (track.clientWidth - thumb);
    const before = input.value;
    input.value = Number(input.min) + share * (Number(input.max) - Number(input.min));
    if (input.value !== before) tell("input");
  };
  onSlide(
    track,
    (x) => set(x, 22),
    // the thumbs' widths in pixels, as in styles.js
    () => tell("change")
  );
  let left = null;
  input.addEventListener("pointerdown", (event) => {
    left = event.button === 0 ? input.getBoundingClientRect().left : null;
  });
  for (const name of ["pointerup", "pointercancel"]) input.addEventListener(name, () => left = null);
  onMove(input, (event) => left !== null && set(event.clientX - left, 14));
}
function onWheel(it, zoom) {
  let awake = false;
  it.canvas.addEventListener("pointermove", (event) => {
    awake ||= event.movementX !== 0 || event.movementY !== 0;
  });
  it.canvas.addEventListener("pointerleave", () => {
    awake = false;
  });
  it.canvas.addEventListener(
    "wheel",
    (event) => {
      if (!awake && !event.ctrlKey) return;
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 12e-4), ...it.place(event));
    },
    { passive: false }
  );
}
function onKeys(node2, keys) {
  node2.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](event);
  });
}

// backward.js
function backward(layers, gradient) {
  for (const layer of layers.toReversed()) {
    layer.gradient ??= layer.products.vector(layer.n);
    BACK[layer.op](layer, gradient, layer.gradient);
    ({ gradient } = layer);
  }
  return gradient;
}
var BACK = {
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
  }
};
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
  let along2 = 0;
  for (let i = 0; i < n; i++) {
    out[i] = gradient[i] * gain[i];
    sum += out[i];
    along2 += out[i] * (x[i] - mean) * scale;
  }
  for (let i = 0; i < n; i++) out[i] = scale * (out[i] - sum / n - (x[i] - mean) * scale * along2 / n);
}

// limbs.js
var LINES = TRUNK.slice(0, 2);
function steady(pose, lengths) {
  const out = Float32Array.from(pose);
  const moves = new Float32Array(pose.length);
  LINES.forEach(([a, b], k) => {
    const share = lengths[LIMBS.length + k] / (apart(pose, a, b) || lengths[LIMBS.length + k]);
    for (let i = 0; i < 3; i++) {
      const half = (pose[3 * b + i] - pose[3 * a + i]) / 2 * (share - 1);
      moves[3 * a + i] = -half;
      moves[3 * b + i] = half;
    }
  });
  LIMBS.forEach(([a, b], k) => {
    const share = lengths[k] / (apart(pose, a, b) || lengths[k]);
    for (let i = 0; i < 3; i++)
      moves[3 * b + i] = moves[3 * a + i] + (pose[3 * b + i] - pose[3 * a + i]) * (share - 1);
  });
  for (let i = 0; i < 3 * JOINTS.length; i++) out[i] += moves[i];
  return out;
}
function apart(pose, a, b) {
  return Math.hypot(pose[3 * a] - pose[3 * b], pose[3 * a + 1] - pose[3 * b + 1], pose[3 * a + 2] - pose[3 * b + 2]);
}

// network.js
var halves = null;
function halfToFloat(half) {
  halves ??= Float32Array.from({ length: 65536 }, (_, h2) => {
    const exponent = h2 >> 10 & 31;
    const fraction = h2 & 1023;
    const size2 = exponent === 0 ? fraction * 2 ** -24 : exponent === 31 ? fraction ? NaN : Infinity : (1 + fraction / 1024) * 2 ** (exponent - 15);
    return h2 & 32768 ? -size2 : size2;
  });
  const out = new Float32Array(half.length);
  for (let i = 0; i < half.length; i++) out[i] = halves[half[i]];
  return out;
}
function unpack(tensors, buffer) {
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
function layersOf(steps, tensors, size2, products) {
  const input = products.vector(size2);
  const layers = steps.map((step) => {
    const { op } = step;
    if (!FORWARD[op]) throw new Error(`unknown step ${op}`);
    const layer = { op, n: size2, eps: step.eps, weight: tensors[step.weight], bias: tensors[step.bias], products };
    if (op === "linear") {
      layer.matrix = products.matrix(layer.weight, size2, layer.bias);
      size2 = layer.bias.length;
    }
    if (op === "residual") layer.inner = layersOf(step.steps, tensors, size2, products);
    layer.y = products.vector(size2);
    return layer;
  });
  return Object.assign(layers, { input, given: null });
}
function forward(layers, x) {
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
var FORWARD = {
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
  }
};
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
function normalise(keypoints, confidence = null) {
  const doubtful = confidence ? DOUBTFUL * Math.max(...confidence) : 0;
  const there = JOINTS.map((_, j) => confidence ? confidence[j] > 0 && confidence[j] >= doubtful : true);
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
  const size2 = Math.max(Math.sqrt(square / count), 1e-38);
  there.forEach((t, j) => {
    features[3 * j] = t ? (keypoints[2 * j] - cx) / size2 : 0;
    features[3 * j + 1] = t ? (keypoints[2 * j + 1] - cy) / size2 : 0;
    features[3 * j + 2] = t ? 1 : 0;
  });
  return features;
}

// drag.js
var PULLED = 0.01;
var LIMB = 0.05;
var WILL = 0.05;
var STRIDE = 1.5;
var PULLABLE = Object.keys(JOINT).filter((name) => !/hip|shoulder/.test(name)).map((name) => JOINT[name]);
function createPull(decoder, header, factor, z) {
  const d = header.latent;
  const w = new Float64Array(d);
  const decode = (at) => {
    if (decoder.given !== at) forward(decoder, at);
    return decoder.at(-1).y;
  };
  const own = decode(z);
  const kept = LIMBS.map(([a, b]) => apart(own, a, b));
  let now = z;
  const cost = (residuals, at) => residuals.reduce((sum, r) => sum + r * r, 0) + WILL * at.reduce((sum, v) => sum + v * v, 0);
  const place = (at) => z.map((v, i) => {
    for (let k = 0; k < d; k++) v += factor[i * d + k] * at[k];
    return v;
  });
  function step(targets) {
    const y = decode(now);
    const residuals = residualsOf(y, targets, header.lengths, kept);
    const wanted = [...pulledRows(y, targets, header.lengths), ...kept.map((length, k) => limbRow(y, k, length))];
    const rows = wanted.map((row) => times(backward(decoder, row), factor, d));
    const change = solved(rows, residuals, w);
    let share = Math.min(1, STRIDE / (Math.hypot(...change) || 1));
    const before = cost(residuals, w);
    for (let tries = 0; tries < 4; tries++, share /= 3) {
      const at = w.map((v, i) => v + share * change[i]);
      const next = place(at);
      if (cost(residualsOf(decode(next), targets, header.lengths, kept), at) >= before) continue;
      w.set(at);
      now = next;
      break;
    }
    return now;
  }
  return { step };
}
function residualsOf(pose, targets, lengths, kept) {
  const body = steady(pose, lengths);
  const out = [];
  for (const { joint, at } of targets)
    for (let i = 0; i < 3; i++) out.push((body[3 * joint + i] - at[i]) / PULLED);
  LIMBS.forEach(([a, b], k) => out.push((apart(pose, a, b) / kept[k] - 1) / LIMB));
  return out;
}
function pulledRows(pose, targets, lengths) {
  return targets.flatMap(
    ({ joint }) => [0, 1, 2].map((i) => {
      const gradient = [0, 0, 0];
      gradient[i] = 1 / PULLED;
      const row = new Float32Array(pose.length);
      steadyBack(pose, lengths, joint, gradient, row);
      return row;
    })
  );
}
function limbRow(pose, k, kept) {
  const [a, b] = LIMBS[k];
  const row = new Float32Array(pose.length);
  const far = apart(pose, a, b) || 1;
  for (let i = 0; i < 3; i++) {
    row[3 * b + i] = (pose[3 * b + i] - pose[3 * a + i]) / (far * kept * LIMB);
    row[3 * a + i] = -row[3 * b + i];
  }
  return row;
}
function steadyBack(pose, lengths, joint, gradient, row) {
  const k = LIMBS.findIndex(([, b2]) => b2 === joint);
  const line = TRUNK.findIndex(([a2, b2], i) => i < 2 && (a2 === joint || b2 === joint));
  if (k < 0 && line < 0) {
    for (let i = 0; i < 3; i++) row[3 * joint + i] += gradient[i];
    return;
  }
  const [a, b] = k >= 0 ? LIMBS[k] : TRUNK[line];
  const length = lengths[k >= 0 ? k : LIMBS.length + line];
  const way = [0, 1, 2].map((i) => pose[3 * b + i] - pose[3 * a + i]);
  const far = Math.hypot(...way) || 1;
  const along2 = way.reduce((sum, v, i) => sum + v / far * gradient[i], 0);
  const turned2 = gradient.map((g, i) => length / far * (g - way[i] / far * along2));
  const sign = k >= 0 ? 1 : joint === b ? 0.5 : -0.5;
  for (let i = 0; i < 3; i++) {
    row[3 * b + i] += sign * turned2[i];
    row[3 * a + i] -= sign * turned2[i];
  }
  if (k >= 0) return void steadyBack(pose, lengths, a, gradient, row);
  for (const end of [a, b]) for (let i = 0; i < 3; i++) row[3 * end + i] += gradient[i] / 2;
}
function times(row, factor, d) {
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) for (let k = 0; k < d; k++) out[k] += row[i] * factor[i * d + k];
  return out;
}
function solved(rows, residuals, w) {
  const d = w.length;
  const a = new Float64Array(d * d);
  const x = w.map((v) => -WILL * v);
  rows.forEach((row, r) => {
    for (let i = 0; i < d; i++) {
      x[i] -= row[i] * residuals[r];
      for (let k = 0; k <= i; k++) a[i * d + k] += row[i] * row[k];
    }
  });
  for (let i = 0; i < d; i++) {
    a[i * d + i] += WILL;
    for (let k = 0; k <= i; k++) {
      for (let j = 0; j < k; j++) a[i * d + k] -= a[i * d + j] * a[k * d + j];
      a[i * d + k] = i === k ? Math.sqrt(Math.max(a[i * d + i], 1e-12)) : a[i * d + k] / a[k * d + k];
    }
  }
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) x[i] -= a[i * d + k] * x[k];
    x[i] /= a[i * d + i];
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) x[i] -= a[k * d + i] * x[k];
    x[i] /= a[i * d + i];
  }
  return x;
}

// nearest.js
function least(numbers2, count) {
  const near = [];
  let limit = Infinity;
  for (let i = 0; i < numbers2.length; i++) {
    if (numbers2[i] >= limit) continue;
    let at = near.length;
    while (at > 0 && numbers2[near[at - 1]] > numbers2[i]) at--;
    near.splice(at, 0, i);
    if (near.length > count) near.pop();
    if (near.length === count) limit = numbers2[near[count - 1]];
  }
  return near;
}
function createNearest(points, d, products) {
  const n = points.length / d;
  const sizes = new Float32Array(n);
  for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) sizes[i] += points[i * d + k] ** 2;
  const matrix = products.matrix(points, d, sizes);
  const at = products.vector(d);
  const far = products.vector(n);
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

// gauge.js
var NEAREST = 3;
function createGauge(known, whitening, middle2, d, products) {
  const turned2 = whitening.map((_, i) => whitening[i % d * d + Math.floor(i / d)]);
  const matrix = products.matrix(turned2, d);
  const at = products.vector(d);
  const white = products.vector(d);
  let nearest = null;
  function whiten(z) {
    at.set(z);
    products.multiply(matrix, at, white);
    return white;
  }
  function prepare() {
    const all = new Float32Array(known.length);
    for (let i = 0; i < known.length; i += d) all.set(whiten(known.subarray(i, i + d)), i);
    return createNearest(all, d, products);
  }
  return (z) => {
    nearest ??= prepare();
    const near = nearest(whiten(z), NEAREST);
    const mean = near.reduce((sum, [, far]) => sum + Math.sqrt(far), 0) / near.length;
    return { off: mean / (mean + middle2), nearest: near[0][0] };
  };
}

// page.js
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
function readPage(page, id) {
  const read2 = (name) => page.getElementById(name).textContent;
  return { about: JSON.parse(read2("about")), bytes: bytesOf(read2(id)) };
}

// product.wasm
var product_default = "AGFzbQEAAAABCgFgBn9/f39/fwACDgECanMGbWVtb3J5AgAAAwIBAAcLAQdwcm9kdWN0AAAKqAMBpQMCBX8FeyADIAVqIQoDQCAAIARqIQYgBiAEaiEHIAcgBGohCP0MAAAAAAAAAAAAAAAAAAAAACEM/QwAAAAAAAAAAAAAAAAAAAAAIQ39DAAAAAAAAAAAAAAAAAAAAAAhDv0MAAAAAAAAAAAAAAAAAAAAACEPQQAhCQNAIAIgCWr9AAQAIQsgDCALIAAgCWr9AAQA/eYB/eQBIQwgDSALIAYgCWr9AAQA/eYB/eQBIQ0gDiALIAcgCWr9AAQA/eYB/eQBIQ4gDyALIAggCWr9AAQA/eYB/eQBIQ8gCUEQaiEJIAkgBEkNAAsgDCAN/Q0AAQIDEBESEwQFBgcUFRYXIAwgDf0NCAkKCxgZGhsMDQ4PHB0eH/3kASEMIA4gD/0NAAECAxAREhMEBQYHFBUWFyAOIA/9DQgJCgsYGRobDA0ODxwdHh/95AEhDiADIAH9AAQAIAwgDv0NAAECAwQFBgcQERITFBUWFyAMIA79DQgJCgsMDQ4PGBkaGxwdHh/95AH95AH9CwQAIAggBGohACABQRBqIQEgA0EQaiEDIAMgCkkNAAsL";

// product.js
var PAGE = 65536;
var padded = (count) => 4 * Math.ceil(count / 4);
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
function createProducts(size2) {
  let buffer;
  let product2;
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(4 * size2 / PAGE) });
    ({ product: product2 } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf(product_default)), { js: { memory } }).exports);
    ({ buffer } = memory);
  } catch {
    buffer = new ArrayBuffer(4 * padded(size2));
    product2 = run(buffer);
  }
  let used = 0;
  function vector(length) {
    const out = new Float32Array(buffer, 4 * used, length);
    used += padded(length);
    return out;
  }
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
  function multiply({ w, b, m, row }, x, y) {
    product2(w.byteOffset, b.byteOffset, x.byteOffset, y.byteOffset, 4 * row, 4 * m);
  }
  return { vector, matrix, multiply };
}

// engine.js
function createEngine(header, buffer) {
  const t = unpack(header.tensors, buffer);
  const d = header.latent;
  const n = header.points;
  const xy = t.map_xy;
  const row = (values, i) => values.subarray(i * d, (i + 1) * d);
  const count = Object.values(t).reduce((sum, values) => sum + values.length, 0);
  const products = createProducts(3 * count);
  const decoder = layersOf(header.decoder, t, d, products);
  const encoder = header.keypoint_encoder && layersOf(header.keypoint_encoder, t, 3 * JOINTS.length, products);
  const decode = (z) => forward(decoder, z).slice();
  const embed = encoder && ((keypoints, confidence) => {
    const features = normalise(keypoints, confidence);
    const z = forward(encoder, features).slice();
    const seen2 = JOINTS.reduce((sum, _, j) => sum + features[3 * j + 2], 0);
    const out = (JOINTS.length / seen2) ** 0.25;
    if (seen2 === JOINTS.length) return z;
    return z.map((v, i) => t.latent_mean[i] + out * (v - t.latent_mean[i]));
  });
  const project = (rows, z) => Array.from({ length: rows.length / d }, (_, k) => {
    let sum = 0;
    for (let i = 0; i < d; i++) sum += rows[k * d + i] * (z[i] - t.centre[i]);
    return sum;
  });
  let nearest = null;
  const near = (z, count2) => {
    nearest ??= createNearest(t.map_z, d, products);
    return nearest(z, count2);
  };
  function weighted(near2, softness = 0.1) {
    const limit = Math.sqrt(near2.at(-1)[1]) || 1;
    const soft = near2[Math.min(2, near2.length - 1)][1] * softness + 1e-9;
    const weights = near2.map(([, far]) => Math.max(1 - Math.sqrt(far) / limit, 1e-6) ** 2 / (far + soft));
    const sum = weights.reduce((a, b) => a + b, 0);
    return near2.map(([i], k) => [i, weights[k] / sum]);
  }
  function lies(x, y) {
    const z = new Float32Array(d);
    const far = new Float64Array(n);
    for (let i = 0; i < n; i++) far[i] = (xy[2 * i] - x) ** 2 + (xy[2 * i + 1] - y) ** 2;
    for (const [i, w] of weighted(least(far, 13).map((i2) => [i2, far[i2]]))) {
      const dx = x - xy[2 * i];
      const dy = y - xy[2 * i + 1];
      for (let k = 0; k < d; k++) z[k] += w * (t.map_z[i * d + k] + dx * t.map_slope[k] + dy * t.map_slope[d + k]);
    }
    return z;
  }
  function place(z) {
    if (t.map_axes) return project(t.map_axes, z);
    const means = weighted(near(z, 7));
    return means.reduce(([x, y], [i, w]) => [x + w * xy[2 * i], y + w * xy[2 * i + 1]], [0, 0]);
  }
  const ups = /* @__PURE__ */ new WeakMap();
  function up(z) {
    if (!ups.has(z)) {
      const sum = [0, 0, 0];
      for (const [i, w] of weighted(near(z, 9), 1e-4))
        for (let k = 0; k < 3; k++) sum[k] += w * t.map_up[3 * i + k];
      const size2 = Math.hypot(...sum);
      ups.set(z, size2 > 0.1 ? sum.map((v) => v / size2) : [0, 1, 0]);
    }
    return ups.get(z);
  }
  function shaken(z, amount, normal) {
    const steps = Float32Array.from({ length: d }, () => amount * normal());
    return z.map((v, i) => {
      for (let k = 0; k < d; k++) v += t.latent_factor[i * d + k] * steps[k];
      return v;
    });
  }
  return {
    header,
    latent: d,
    points: n,
    xy,
    decode,
    embed,
    lies,
    place,
    label: t.map_label,
    labels: header.labels,
    names: header.names,
    zOf: (i) => Float32Array.from(row(t.map_z, i)),
    off: createGauge(t.map_z, t.whitening, header.middle, d, products),
    shaken,
    pull: (z) => createPull(decoder, header, t.latent_factor, z),
    up,
    coordinates: (z) => project(t.duals, z),
    // one a slider, in standard deviations
    along: (z, k, amount) => z.map((v, i) => v + amount * t.directions[k * d + i])
  };
}

// gravity.js
function turning(up) {
  const [x, c, z] = up;
  const v = [-z, 0, x];
  const share = 1 / Math.max(1 + c, 1e-6);
  return (p) => {
    const along2 = share * (v[0] * p[0] + v[2] * p[2]);
    return [
      c * p[0] - v[2] * p[1] + v[0] * along2,
      c * p[1] + v[2] * p[0] - v[0] * p[2],
      c * p[2] + v[0] * p[1] + v[2] * along2
    ];
  };
}
function turned(pose, up) {
  const turn = turning(up);
  const out = new Float32Array(pose.length);
  for (let i = 0; i < pose.length; i += 3) out.set(turn(pose.subarray(i, i + 3)), i);
  return out;
}

// bar.js
function createBar(store, title, search, ...more) {
  const undo = h("button", { onclick: () => store.undo(), title: "Undo (Ctrl+Z)", "aria-label": "Undo" }, "↶");
  const redo = h("button", { onclick: () => store.redo(), title: "Redo (Ctrl+Y)", "aria-label": "Redo" }, "↷");
  const frame = () => {
    undo.disabled = !store.canUndo();
    redo.disabled = !store.canRedo();
  };
  return { node: h("header", { class: "top" }, title, search, undo, redo, ...more), frame, theme: frame };
}

// hands.js
var QUIET = /* @__PURE__ */ new Set(["Shift", "Control", "Alt", "Meta", "Tab"]);
function listenToHands(where, store, { play, help }) {
  const on = (event, what) => event.composedPath().some((node2) => node2.matches?.(what));
  const begin = (event) => {
    if (!on(event, ".play")) store.act();
  };
  const keyBegins = (event) => {
    if (!event.repeat && !event.ctrlKey && !event.metaKey && event.key !== " " && !QUIET.has(event.key)) begin(event);
  };
  const key = (event) => {
    if (on(event, "input[type=search], dialog")) return;
    const turns = event.ctrlKey || event.metaKey;
    const name = event.key.toLowerCase();
    let act = null;
    if (turns && name === "z") act = event.shiftKey ? store.redo : store.undo;
    else if (turns && name === "y") act = store.redo;
    else if (!turns && name === " " && !on(event, "button, summary")) act = play;
    else if (!turns && name === "?") act = help;
    if (!act) return;
    event.preventDefault();
    act();
  };
  const heard = [
    ["pointerdown", begin],
    ["wheel", begin, { passive: true }],
    ["change", begin],
    ["click", (event) => event.detail === 0 && begin(event)],
    // of a key or a screen reader
    ["keydown", keyBegins]
  ];
  for (const [name, f, more] of heard) where.addEventListener(name, f, { capture: true, ...more });
  where.addEventListener("keydown", key);
  return () => {
    for (const [name, f] of heard) where.removeEventListener(name, f, { capture: true });
    where.removeEventListener("keydown", key);
  };
}

// help.js
var HELP = [
  ["Body", [
    ["Turn", "drag, or arrow keys"],
    ["Zoom", "wheel, two fingers, or + and −"],
    ["Move the picture", "Shift and drag, or two fingers"],
    ["See it as it was", "double click, or 0"],
    ["Pull a wrist, an ankle, ...", "drag the joint; or j picks one, and arrow keys pull it"],
    ["Pin a joint, free it", "click it, or p"],
    ["Let go", "Escape"]
  ]],
  ["Map", [
    ["Go to a pose", "click or tap it; Enter takes the nearest"],
    ["Move through the poses", "drag, or arrow keys"],
    ["Zoom", "wheel, two fingers, or + and −"],
    ["Move the map", "Shift and drag, or two fingers"],
    ["See all of it", "0"],
    ["Set A, set B, clear both", "a, b, x"]
  ]],
  ["Camera", [["Move it around the body", "drag its picture or its curve, or arrow keys"]]],
  ["Everywhere", [
    ["Play from A to B, and stop", "Space; any other input stops it too"],
    ["Undo, redo", "Ctrl+Z, Ctrl+Y"],
    ["Find a pose by its name", "type it above, press Enter; Enter again takes the next one"],
    ["Open this help", "?"]
  ]]
];
function createHelp() {
  const dialog = h(
    "dialog",
    { class: "help", "aria-label": "Help" },
    h("div", { class: "helphead" }, h("h2", {}, "Help"), h("button", { onclick: () => dialog.close() }, "Close")),
    ...HELP.flatMap(([where, lines]) => [
      h("h3", {}, where),
      h("dl", {}, ...lines.flatMap(([what, how]) => [h("dt", {}, what), h("dd", {}, how)]))
    ])
  );
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  const open = () => dialog.open || dialog.showModal();
  const button = h("button", { onclick: open, title: "Help (?)", "aria-label": "Help" }, "?");
  return { dialog, button, open };
}

// link.js
var ANGLES = {
  camera: ["azimuth", "elevation", "roll", "distance"],
  view: ["azimuth", "elevation", "zoom", "x", "y"]
};
var MARKS = ["a", "b"];
var SWITCHES = ["raw", "gravity"];
function written(z) {
  const bytes = new Uint8Array(Float32Array.from(z).buffer);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
function readEmbedding(text, latent) {
  const bytes = bytesOf((text ?? "").replaceAll("-", "+").replaceAll("_", "/"));
  if (bytes.length !== 4 * latent) return null;
  const z = new Float32Array(bytes.buffer);
  return z.every(Number.isFinite) ? z : null;
}
function linkOf(store) {
  const words = new URLSearchParams({ weights: store.engine.header.weights, z: written(store.z) });
  for (const [name, parts2] of Object.entries(ANGLES))
    words.set(name, parts2.map((part) => Number(store[name][part].toFixed(3))).join("_"));
  if (store.ghost && store.ghost !== store.z) words.set("ghost", written(store.ghost));
  MARKS.forEach((letter, k) => store.marks[k] && words.set(letter, written(store.marks[k])));
  if (store.up) words.set("up", store.up.map((v) => v.toFixed(4)).join("_"));
  for (const name of SWITCHES) words.set(name, Number(store[name]));
  return words.toString();
}
function readLink(text, engine) {
  const words = new URLSearchParams(text);
  if (!words.has("z")) return null;
  const { weights } = engine.header;
  if (words.get("weights") !== weights)
    return { wrong: `This link is for other weights: ${words.get("weights")}, and this page has ${weights}.` };
  try {
    return { change: read(words, engine.latent) };
  } catch {
    return { wrong: "This link is damaged: it holds no pose." };
  }
}
function read(words, latent) {
  const z = readEmbedding(words.get("z"), latent);
  if (!z) throw new Error("no pose");
  const ghost = readEmbedding(words.get("ghost"), latent) ?? z;
  const change = { z, ghost, marks: MARKS.map((letter) => readEmbedding(words.get(letter), latent)) };
  for (const [name, parts2] of Object.entries(ANGLES)) {
    const values = (words.get(name) ?? "").split("_").map(Number);
    if (values.length === parts2.length && values.every(Number.isFinite))
      change[name] = Object.fromEntries(parts2.map((part, k) => [part, values[k]]));
  }
  const up = (words.get("up") ?? "").split("_").map(Number);
  if (up.length === 3 && up.every(Number.isFinite)) change.up = up;
  for (const name of SWITCHES) if (words.has(name)) change[name] = words.get(name) === "1";
  return change;
}
var REST = 300;
function followAddress(store, say) {
  let timer = 0;
  const show = () => {
    const found = readLink(location.hash.slice(1), store.engine);
    say(found?.wrong ?? "");
    if (found?.change) {
      store.act();
      store.set(found.change);
    }
  };
  const write2 = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      say("");
      history.replaceState(null, "", `#${linkOf(store)}`);
    }, REST);
  };
  show();
  window.addEventListener("hashchange", show);
  const deaf = store.listen(write2);
  return () => {
    clearTimeout(timer);
    window.removeEventListener("hashchange", show);
    deaf();
  };
}

// drawn.js
var LEVEL = [0, 1, 0];
function upOf(store, z = store.z) {
  if (!store.gravity) return LEVEL;
  return z === store.z && store.up || store.engine.up(z);
}
function drawn(store, pose, z = store.z) {
  const body = store.raw ? pose : steady(pose, store.engine.header.lengths);
  return turned(body, upOf(store, z));
}

// panels/camera.js
var PLACES = ["front", "front left", "left", "back left", "back", "back right", "right", "front right"];
var RING = 72;
var RING_ORDER = [...Array(RING).keys()].sort((a, b) => coarse(a) - coarse(b));
function coarse(k) {
  for (let level = 0, step = 12; step >= 1; level++, step = step > 3 ? step / 2 : step - 2)
    if (k % step === 0) return level * 100 + k;
  return 1e4 + k;
}
function cameraPanel(store, tellOthers) {
  const { engine } = store;
  const able = Boolean(engine.embed);
  const picture = sheet({
    class: "picture",
    tabindex: "0",
    role: "application",
    "aria-label": "What the camera sees. Drag or use arrow keys to move the camera around the body."
  });
  const lifted = sheet({
    role: "img",
    "aria-label": "The body lifted from the keypoints, drawn over the true body."
  });
  const chart = sheet({
    class: "chart",
    role: "img",
    "aria-label": "Distance between the embedding of the keypoints and the true embedding, for each azimuth of the camera."
  });
  const from = h("figcaption");
  const error = h("figcaption");
  const gap = h("span");
  let theme;
  let ring = new Float32Array(RING).fill(NaN);
  let last = ring;
  let stale = true;
  let cursor = RING;
  let timer = 0;
  let frameId = 0;
  let z = null;
  let pose = null;
  const aim = (change) => {
    const camera = { ...store.camera, ...change };
    camera.azimuth = wrap(camera.azimuth);
    camera.elevation = clamp(camera.elevation, -60, 85);
    store.set({ camera });
  };
  const knob = (name, text, min, max, step, unit3) => {
    const value = h("output"), input = h("input", {
      type: "range",
      min,
      max,
      step,
      id: `c-${name}`,
      "aria-label": `camera ${name}`,
      oninput: () => aim({ [name]: Number(input.value) })
    });
    return {
      node: h(
        "div",
        { class: "knob" },
        h("label", { for: `c-${name}` }, text),
        h("div", { class: "track" }, input),
        value
      ),
      frame() {
        const at = store.camera[name];
        if (Math.abs(Number(input.value) - at) > step / 2) input.value = at;
        input.style.setProperty("--at", `${clamp((at - min) / (max - min), 0, 1) * 100}%`);
        const text2 = name === "distance" ? at.toFixed(1) : String(Math.round(at));
        write(value, text2.replace("-", "−") + unit3);
        input.setAttribute("aria-valuetext", value.textContent);
      }
    };
  };
  const knobs = [
    knob("azimuth", "Azimuth", -180, 180, 1, "°"),
    knob("elevation", "Elevation", -60, 85, 1, "°"),
    knob("roll", "Roll", -45, 45, 1, "°"),
    knob("distance", "Distance", 2.5, 8, 0.1, " m")
  ];
  function drawPicture(keypoints) {
    const { ctx, width, height } = picture;
    const span = 520;
    const s = Math.min(width, height) / span;
    const at = (j) => [width / 2 + (keypoints[2 * j] - CENTRE) * s, height / 2 + (keypoints[2 * j + 1] - CENTRE) * s];
    ctx.clearRect(0, 0, width, height);
    ctx.lineCap = "round";
    ctx.lineWidth = 2;
    const bone = (a, b, colour) => {
      ctx.strokeStyle = css(colour);
      ctx.beginPath();
      ctx.moveTo(...at(a));
      ctx.lineTo(...at(b));
      ctx.stroke();
    };
    for (const [a, b] of TRUNK) bone(a, b, theme.trunk);
    for (const [a, b, side] of LIMBS) bone(a, b, theme[side]);
    for (let j = 0; j < JOINTS.length; j++) {
      ctx.beginPath();
      ctx.arc(...at(j), 3, 0, 2 * Math.PI);
      ctx.fillStyle = css(SIDES[j] === "trunk" ? theme.ink : theme[SIDES[j]]);
      ctx.fill();
    }
  }
  function drawLifted() {
    const { ctx, width, height } = lifted;
    ctx.clearRect(0, 0, width, height);
    if (!pose) return;
    const e = eye({ ...VIEW, azimuth: store.view.azimuth, elevation: store.view.elevation }, width, height);
    drawGhost(ctx, drawn(store, store.pose), e, outlineOf(theme), theme.ghost);
    drawBody(ctx, drawn(store, pose), e, theme);
  }
  const { apart: apart2 } = engine.header;
  const boxOf = () => ({ x: 30, y: 8, w: chart.width - 40, h: chart.height - 26 });
  const placed = (box, top) => (a, v) => [box.x + (a + 180) / 360 * box.w, box.y + box.h * (1 - v / top)];
  const chartGround = backdrop(chart, (ctx, top) => {
    const box = boxOf();
    const at = placed(box, top);
    ctx.font = "10.5px system-ui, sans-serif";
    ctx.fillStyle = css(theme.muted);
    ctx.strokeStyle = css(theme.line);
    ctx.lineWidth = 1;
    ctx.textAlign = "center";
    ctx.textBaseline = "top";
    for (const [a, text] of [
      [-180, "back"],
      [-90, "right"],
      [0, "front"],
      [90, "left"],
      [180, "back"]
    ]) {
      const [x] = at(a, 0);
      ctx.beginPath();
      ctx.moveTo(x, box.y);
      ctx.lineTo(x, box.y + box.h);
      ctx.stroke();
      ctx.textAlign = a === 180 ? "right" : a === -180 ? "left" : "center";
      ctx.fillText(text, a === 180 ? x + 8 : a === -180 ? x - 8 : x, box.y + box.h + 5);
    }
    ctx.textAlign = "right";
    ctx.textBaseline = "middle";
    for (const v of [0, apart2]) {
      const [x, y] = at(-180, v);
      ctx.setLineDash(v ? [4, 4] : []);
      ctx.strokeStyle = css(v ? theme.muted : theme.line);
      ctx.beginPath();
      ctx.moveTo(x, y);
      ctx.lineTo(box.x + box.w, y);
      ctx.stroke();
      ctx.fillText(v ? v.toFixed(1) : "0", x - 6, y);
    }
    ctx.setLineDash([]);
    ctx.textAlign = "left";
    ctx.textBaseline = "bottom";
    ctx.fillText("two random poses", box.x + 6, at(0, apart2)[1] + 15);
  });
  function drawChart() {
    const { ctx, width, height } = chart;
    const curve = cursor < 12 ? last : ring;
    const top = Math.max(apart2 * 1.12, ...curve.filter(Number.isFinite)) || 1;
    const box = boxOf();
    const at = placed(box, top);
    ctx.clearRect(0, 0, width, height);
    chartGround(top, theme);
    ctx.strokeStyle = css(stale ? mix(theme.accent, theme.bg, 0.6) : theme.accent);
    ctx.lineWidth = 2;
    ctx.lineJoin = "round";
    ctx.beginPath();
    let begun = false;
    for (let k = 0; k <= RING; k++) {
      const v = curve[k % RING];
      if (!Number.isFinite(v)) continue;
      const p = at(k * 360 / RING - 180, v);
      begun ? ctx.lineTo(...p) : ctx.moveTo(...p);
      begun = true;
    }
    ctx.stroke();
    if (z) {
      const [x, y] = at(store.camera.azimuth, distance(z, store.z));
      ctx.beginPath();
      ctx.moveTo(x, box.y);
      ctx.lineTo(x, box.y + box.h);
      ctx.lineWidth = 1;
      ctx.strokeStyle = css(theme.ink);
      ctx.stroke();
      ctx.beginPath();
      ctx.arc(x, y, 4.5, 0, 2 * Math.PI);
      ctx.fillStyle = css(theme.accent);
      ctx.fill();
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = css(theme.bg);
      ctx.stroke();
    }
  }
  function goRound() {
    clearTimeout(timer);
    cancelAnimationFrame(frameId);
    stale = true;
    if (ring.every(Number.isFinite)) last = ring;
    if (able)
      timer = setTimeout(() => {
        cursor = 0;
        ring = new Float32Array(RING).fill(NaN);
        frameId = requestAnimationFrame(someOfRing);
      }, 140);
  }
  function someOfRing() {
    const end = performance.now() + 7;
    while (cursor < RING && performance.now() < end) {
      const k = RING_ORDER[cursor++];
      ring[k] = distance(
        engine.embed(seen(store.pose, { ...store.camera, azimuth: k * 360 / RING - 180 })),
        store.z
      );
    }
    stale = cursor < RING;
    if (stale) frameId = requestAnimationFrame(someOfRing);
    if (chart.width > 4) drawChart();
  }
  function frame(changed) {
    for (const k of knobs) k.frame();
    write(from, `from the ${PLACES[(Math.round(store.camera.azimuth / 45) + 8) % 8]}`);
    if (!theme || picture.width < 5) return;
    const keypoints = seen(store.pose, store.camera);
    drawPicture(keypoints);
    if (!able) return;
    if (!changed || changed.has("z") || changed.has("camera")) {
      z = engine.embed(keypoints);
      pose = engine.decode(z);
      write(error, `guessed, ${Math.round(1e3 * jointError(pose, store.pose))} mm off`);
      write(gap, distance(z, store.z).toFixed(2));
      tellOthers(z);
    }
    drawLifted();
    drawChart();
  }
  let round = "";
  const push = (it) => onDrag(
    it,
    () => (_x, _y, dx, dy) => aim({ azimuth: store.camera.azimuth - dx, elevation: store.camera.elevation + dy * 0.6 })
  );
  push(picture);
  onSlide(chart.canvas, (x) => aim({ azimuth: clamp((x - 30) / (chart.width - 40) * 360 - 180, -180, 179.9) }));
  onKeys(picture.canvas, {
    ArrowLeft: () => aim({ azimuth: store.camera.azimuth + 5 }),
    ArrowRight: () => aim({ azimuth: store.camera.azimuth - 5 }),
    ArrowUp: () => aim({ elevation: store.camera.elevation + 5 }),
    ArrowDown: () => aim({ elevation: store.camera.elevation - 5 })
  });
  const views = h(
    "div",
    { class: "views" },
    h("figure", {}, picture.canvas, from),
    able ? h("figure", {}, lifted.canvas, error) : h("p", { class: "missing" }, "This model has no keypoint encoder, so it cannot embed what the camera sees.")
  );
  return {
    node: h(
      "section",
      { class: "panel filming", "aria-label": "Camera" },
      h("h2", {}, "Camera"),
      h("div", { class: "split" }, views, h("div", { class: "knobs" }, ...knobs.map((k) => k.node))),
      able ? h(
        "div",
        { class: "charted" },
        h(
          "div",
          { class: "charttitle" },
          h("i", { class: "diamond" }),
          "embedding of the keypoints: ",
          gap,
          " from the body's own"
        ),
        chart.canvas
      ) : null
    ),
    now(changed) {
      const { elevation, roll, distance: away } = store.camera;
      const mark = `${elevation} ${roll} ${away}`;
      if (changed.has("z") || mark !== round) {
        round = mark;
        goRound();
      }
    },
    frame,
    resize() {
      picture.fit();
      if (able) {
        lifted.fit();
        chart.fit();
      }
      frame();
    },
    theme(t) {
      theme = t;
      frame();
      goRound();
    },
    close() {
      clearTimeout(timer);
      cancelAnimationFrame(frameId);
    }
  };
}

// panels/path.js
function placeOn(a, b, z) {
  let along2 = 0;
  let whole = 0;
  for (let i = 0; i < z.length; i++) {
    along2 += (z[i] - a[i]) * (b[i] - a[i]);
    whole += (b[i] - a[i]) ** 2;
  }
  const t = whole ? clamp(along2 / whole, 0, 1) : 0;
  const far = distance(z, between(a, b, t));
  return { t, there: far < 1e-3 * Math.sqrt(whole) + 1e-6 };
}
var between = (a, b, t) => a.map((v, i) => v + t * (b[i] - v));
function pathRow(store, put) {
  let playing = 0;
  let last = 0;
  let way = 1;
  const scrub = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": "way from A to B",
    oninput: () => {
      go(Number(scrub.value));
    }
  });
  const play = h("button", { class: "play", onclick: () => playing ? stop() : start() });
  const marks = ["A", "B"].map(
    (letter, k) => h("button", { onclick: put(k), title: `Mark this pose as ${letter}` }, `Mark ${letter}`)
  );
  const output = h("output");
  const clear = h(
    "button",
    {
      onclick: () => store.set({ marks: [null, null] }),
      title: "Clear both marks (x)",
      "aria-label": "Clear both marks"
    },
    "✕"
  );
  function go(t) {
    const [a, b] = store.marks;
    if (!a || !b) return;
    store.set({ t, z: between(a, b, t), ghost: a });
  }
  function tick(time) {
    playing = requestAnimationFrame(tick);
    let t = store.t + way * Math.min(time - last, 60) / 2200;
    last = time;
    if (t >= 1) {
      t = 1;
      way = -1;
    } else if (t <= 0) {
      t = 0;
      way = 1;
    }
    go(t);
  }
  function start() {
    const [a, b] = store.marks;
    if (!a || !b) return;
    store.act();
    store.halt = stop;
    store.t = placeOn(a, b, store.z).t;
    last = performance.now();
    playing = requestAnimationFrame(tick);
    frame();
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    store.halt = null;
    frame();
  }
  function frame() {
    const [a, b] = store.marks;
    const ready = Boolean(a && b);
    const { t, there } = ready ? placeOn(a, b, store.z) : { t: 0, there: true };
    const label = playing ? "Pause" : "Play from A to B";
    scrub.disabled = play.disabled = !ready;
    const text = `${Math.round(100 * t)} %`;
    scrub.value = t;
    scrub.style.setProperty("--at", `${t * 100}%`);
    scrub.classList.toggle("off", !there);
    scrub.setAttribute(
      "aria-valuetext",
      ready ? there ? `${text} of the way from A to B` : `off the path, nearest at ${text}` : "no marks"
    );
    write(output, !ready ? "" : there ? text : "off the path");
    output.hidden = !ready;
    clear.disabled = !a && !b;
    write(play, playing ? "❚❚" : "▶︎");
    play.setAttribute("aria-label", label);
    play.title = ready ? label : "Mark two poses first";
    marks.forEach((m, k) => m.classList.toggle("set", Boolean(store.marks[k])));
  }
  return {
    node: h(
      "div",
      { class: "path" },
      marks[0],
      play,
      h("div", { class: "track" }, scrub),
      output,
      marks[1],
      clear
    ),
    toggle: () => playing ? stop() : start(),
    frame,
    close: stop
  };
}

// panels/map.js
function mapPanel(store) {
  const { engine } = store;
  const { xy, points } = engine;
  const it = sheet({
    class: "map",
    tabindex: "0",
    role: "application",
    "aria-label": "Map of the embedding. Arrow keys move the body over it; Enter goes to the nearest point; a and b set the marks A and B, x clears them; plus and minus zoom, 0 shows all of it."
  });
  const ground = h("canvas", { class: "ground", "aria-hidden": "true" });
  const peek = sheet({ "aria-hidden": "true" });
  const peekText = h("div");
  const tip = h("div", { class: "tip", hidden: true }, peek.canvas, peekText);
  const counts = new Array(engine.labels.length).fill(0);
  for (const l of engine.label) counts[l]++;
  let theme;
  let lit = -1;
  let kept = -1;
  let hover = null;
  let seenZ = null;
  let here = null;
  let range = null;
  const bounds = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < points; i++) {
    bounds[0] = Math.min(bounds[0], xy[2 * i]);
    bounds[1] = Math.max(bounds[1], xy[2 * i]);
    bounds[2] = Math.min(bounds[2], xy[2 * i + 1]);
    bounds[3] = Math.max(bounds[3], xy[2 * i + 1]);
  }
  const whole = { zoom: 1, x: (bounds[0] + bounds[1]) / 2, y: (bounds[2] + bounds[3]) / 2 };
  let shown = whole;
  const scale = () => {
    const sx = (it.width - 36) / (bounds[1] - bounds[0] || 1);
    const sy = (it.height - 28) / (bounds[3] - bounds[2] || 1);
    return [Math.min(sx, 1.6 * sy) * shown.zoom, Math.min(sy, 1.6 * sx) * shown.zoom];
  };
  const toPixel = ([x, y]) => {
    const [sx, sy] = scale();
    return [it.width / 2 + (x - shown.x) * sx, it.height / 2 - (y - shown.y) * sy];
  };
  const fromPixel = (x, y) => {
    const [sx, sy] = scale();
    return [shown.x + (x - it.width / 2) / sx, shown.y - (y - it.height / 2) / sy];
  };
  function look(zoom2, x, y) {
    shown = zoom2 <= 1 ? whole : { zoom: Math.min(zoom2, 40), x: clamp(x, bounds[0], bounds[1]), y: clamp(y, bounds[2], bounds[3]) };
    show(null);
    drawGround();
    now();
  }
  function zoom(factor, px = it.width / 2, py = it.height / 2) {
    const [x, y] = fromPixel(px, py);
    const kept2 = clamp(shown.zoom * factor, 1, 40) / shown.zoom;
    look(shown.zoom * kept2, x + (shown.x - x) / kept2, y + (shown.y - y) / kept2);
  }
  function pan(dx, dy) {
    const [sx, sy] = scale();
    look(shown.zoom, shown.x - dx / sx, shown.y + dy / sy);
  }
  function nearest(x, y, within) {
    const [u, v] = fromPixel(x, y);
    const [sx, sy] = scale();
    let best = -1;
    let least2 = within ** 2;
    for (let i = 0; i < points; i++) {
      const far = ((xy[2 * i] - u) * sx) ** 2 + ((xy[2 * i + 1] - v) * sy) ** 2;
      if (far < least2) {
        least2 = far;
        best = i;
      }
    }
    return best;
  }
  function drawGround() {
    ground.width = it.canvas.width;
    ground.height = it.canvas.height;
    const ctx = ground.getContext("2d", { willReadFrequently: true });
    const size2 = points > 2500 ? 2.4 : 3.2;
    const [sx, sy] = scale();
    ctx.scale(it.ratio, it.ratio);
    const order = engine.labels.map((_, k) => k).sort((a, b) => (a === lit) - (b === lit));
    for (const k of order) {
      const faint = lit >= 0 && k !== lit;
      const r = k === lit ? size2 + 0.6 : size2;
      ctx.fillStyle = css(
        faint ? mix(theme.bg, theme.muted, 0.22) : mix(classColour(engine.header.palette[k], theme), theme.bg, k === lit ? 0 : 0.18)
      );
      ctx.beginPath();
      for (let i = 0; i < points; i++) {
        if (engine.label[i] !== k) continue;
        const x = it.width / 2 + (xy[2 * i] - shown.x) * sx;
        const y = it.height / 2 - (xy[2 * i + 1] - shown.y) * sy;
        ctx.rect(x - r / 2, y - r / 2, r, r);
      }
      ctx.fill();
    }
  }
  function mark(place, fill2, letter, ring) {
    const [x, y] = place;
    const { ctx } = it;
    ctx.beginPath();
    ctx.arc(x, y, ring, 0, 2 * Math.PI);
    ctx.fillStyle = fill2;
    ctx.fill();
    ctx.lineWidth = 2;
    ctx.strokeStyle = css(theme.bg);
    ctx.stroke();
    if (letter) {
      ctx.font = "700 10px system-ui, sans-serif";
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.fillStyle = css(theme.bg);
      ctx.fillText(letter, x, y + 0.5);
    }
  }
  function now() {
    if (it.width < 5 || !theme) return;
    const { ctx } = it;
    const ink = css(theme.ink);
    const [a, b] = store.marks.map((z) => z && toPixel(engine.place(z)));
    ctx.clearRect(0, 0, it.width, it.height);
    if (a && b) {
      ctx.setLineDash([4, 4]);
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = ink;
      ctx.beginPath();
      ctx.moveTo(...a);
      ctx.lineTo(...b);
      ctx.stroke();
      ctx.setLineDash([]);
    }
    if (a) mark(a, ink, "A", 8);
    if (b) mark(b, ink, "B", 8);
    here ??= engine.place(store.z);
    const place = toPixel(here);
    if (seenZ) {
      const [x, y] = toPixel(engine.place(seenZ));
      ctx.strokeStyle = css(theme.accent);
      ctx.lineWidth = 1.5;
      ctx.beginPath();
      ctx.moveTo(...place);
      ctx.lineTo(x, y);
      ctx.stroke();
      ctx.beginPath();
      ctx.moveTo(x, y - 7);
      ctx.lineTo(x + 7, y);
      ctx.lineTo(x, y + 7);
      ctx.lineTo(x - 7, y);
      ctx.closePath();
      ctx.fillStyle = css(theme.bg);
      ctx.fill();
      ctx.stroke();
    }
    mark(place, ink, "", 6.5);
    if (hover) {
      ctx.beginPath();
      ctx.arc(...hover.place, 6, 0, 2 * Math.PI);
      ctx.strokeStyle = ink;
      ctx.lineWidth = 1.5;
      ctx.stroke();
    }
  }
  function poseAt(x, y, within) {
    const i = nearest(x, y, within);
    if (i >= 0)
      return {
        place: toPixel([xy[2 * i], xy[2 * i + 1]]),
        name: engine.labels[engine.label[i]].replaceAll("_", " "),
        z: engine.zOf(i)
      };
    return nearest(x, y, 60) < 0 ? null : { place: [x, y], name: "in between", z: engine.lies(...fromPixel(x, y)) };
  }
  function show(pose) {
    if (!pose && !hover) return;
    hover = pose;
    tip.hidden = !pose;
    if (pose) {
      const [x, y] = pose.place;
      peekText.textContent = pose.name;
      tip.style.left = `${x + 14 + 112 > it.width ? x - 126 : x + 14}px`;
      tip.style.top = `${clamp(y - 70, 2, Math.max(2, it.height - 146))}px`;
      if (peek.fit()) {
        peek.ctx.clearRect(0, 0, peek.width, peek.height);
        const from = eye({ ...VIEW, azimuth: store.view.azimuth }, peek.width, peek.height);
        drawBody(peek.ctx, drawn(store, engine.decode(pose.z), pose.z), from, theme);
      }
    }
    now();
  }
  const light = (k) => {
    if (k !== lit) {
      lit = k;
      drawGround();
      for (const [i, c] of chips.entries()) c.classList.toggle("dim", lit >= 0 && i !== lit);
    }
  };
  const chips = engine.labels.map(
    (label, k) => h(
      "button",
      {
        class: "chip",
        "aria-pressed": "false",
        title: `${label}: ${counts[k]} poses`,
        onpointerenter: () => light(k),
        onpointerleave: () => light(kept),
        onfocus: () => light(k),
        onblur: () => light(kept),
        onclick: () => {
          kept = kept === k ? -1 : k;
          light(kept);
          chips.forEach((c, i) => c.setAttribute("aria-pressed", String(i === kept)));
        }
      },
      h("i"),
      label.replaceAll("_", " ")
    )
  );
  const fly = (x, y, event) => {
    const finger = event.pointerType !== "mouse";
    show(null);
    if (event.shiftKey || event.button > 0) return (_x, _y, dx, dy) => pan(dx, dy);
    let moved = false;
    const move = (px, py) => {
      if (!moved && Math.hypot(px - x, py - y) < 4) return;
      const z = engine.lies(...fromPixel(px, py));
      store.goTo(z);
      moved = true;
    };
    move.done = () => {
      if (moved) return;
      const i = nearest(x, y, finger ? 22 : 14);
      if (finger) show(poseAt(x, y, 22));
      store.goTo(i >= 0 ? engine.zOf(i) : engine.lies(...fromPixel(x, y)));
    };
    return move;
  };
  onDrag(it, fly, (factor, dx, dy, x, y) => {
    zoom(factor, x, y);
    pan(dx, dy);
  });
  onWheel(it, zoom);
  it.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  it.canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons && event.pointerType === "mouse") show(poseAt(...it.place(event), 9));
  });
  it.canvas.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") show(null);
  });
  it.canvas.addEventListener("blur", () => show(null));
  const step = (dx, dy) => () => {
    const [x, y] = toPixel(engine.place(store.z));
    store.goTo(engine.lies(...fromPixel(x + 8 * dx, y - 8 * dy)));
  };
  const put = (k) => () => {
    const marks = [...store.marks];
    marks[k] = store.z;
    store.set({ marks });
  };
  onKeys(it.canvas, {
    ArrowLeft: step(-1, 0),
    ArrowRight: step(1, 0),
    ArrowUp: step(0, 1),
    ArrowDown: step(0, -1),
    a: put(0),
    b: put(1),
    x: () => store.set({ marks: [null, null] }),
    "+": () => zoom(1.5),
    "=": () => zoom(1.5),
    "-": () => zoom(1 / 1.5),
    0: () => look(1),
    Enter: () => {
      const i = nearest(...toPixel(engine.place(store.z)), 1e6);
      if (i >= 0) store.goTo(engine.zOf(i));
    }
  });
  const path = pathRow(store, put);
  return {
    node: h(
      "section",
      { class: "panel mapping", "aria-label": "Map" },
      h("h2", {}, "Map of the embedding"),
      h(
        "div",
        { class: "layers" },
        ground,
        it.canvas,
        h(
          "div",
          { class: "zooms" },
          h("button", { onclick: () => zoom(1.5), "aria-label": "Zoom into the map" }, "+"),
          h("button", { onclick: () => zoom(1 / 1.5), "aria-label": "Zoom out of the map" }, "−")
        ),
        tip
      ),
      h("div", { class: "chips", role: "group", "aria-label": "Activities" }, ...chips),
      path.node
    ),
    frame(changed) {
      if (changed.has("z")) here = null;
      now();
      path.frame();
    },
    resize() {
      if (it.fit() && theme) {
        drawGround();
        now();
      }
    },
    theme(t) {
      theme = t;
      chips.forEach((c, k) => {
        c.firstChild.style.background = css(classColour(engine.header.palette[k], theme));
      });
      if (it.width > 4) {
        drawGround();
        now();
      }
      path.frame();
    },
    seen(z) {
      seenZ = z;
    },
    play: path.toggle,
    close: path.close
  };
}

// panels/sliders.js
function sliderPanel(store) {
  const { engine } = store;
  const rows = engine.names.map((name, k) => {
    const value = h("output", {}, "0.0");
    const input = h("input", {
      type: "range",
      min: -3,
      max: 3,
      step: 0.05,
      id: `s${k}`,
      "aria-label": name,
      oninput: () => {
        const at = engine.coordinates(store.z)[k];
        store.set({ z: engine.along(store.z, k, Number(input.value) - at) });
      }
    });
    const seen2 = h("i", { class: "seen", "aria-hidden": "true" });
    return {
      k,
      name,
      input,
      value,
      seen: seen2,
      node: h(
        "div",
        { class: "row" },
        h("label", { for: `s${k}` }, name),
        value,
        h("div", { class: "track" }, input, seen2)
      )
    };
  });
  const gauss = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
  const amount = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.05,
    id: "noise",
    "aria-label": "amount of noise",
    oninput: () => store.set({ noise: Number(amount.value) })
  });
  const noise = h("output");
  const random = () => store.goTo(engine.zOf(Math.floor(Math.random() * engine.points)));
  const jitter = () => store.set({ z: engine.shaken(store.z, store.noise, gauss) });
  function frame() {
    const at = engine.coordinates(store.z);
    for (const row of rows) {
      const text = (at[row.k] < -0.05 ? "−" : at[row.k] > 0.05 ? "+" : "") + Math.abs(at[row.k]).toFixed(1);
      if (row.said !== text) {
        row.said = row.value.textContent = text;
        row.input.setAttribute("aria-valuetext", `${text} standard deviations`);
      }
      if (Math.abs(Number(row.input.value) - at[row.k]) > 0.026) row.input.value = at[row.k];
      row.input.style.setProperty("--at", `${clamp((at[row.k] + 3) / 6, 0, 1) * 100}%`);
    }
    amount.value = store.noise;
    amount.style.setProperty("--at", `${store.noise * 100}%`);
    write(noise, store.noise.toFixed(2));
    amount.setAttribute("aria-valuetext", noise.textContent);
  }
  return {
    node: h(
      "section",
      { class: "panel sliders", "aria-label": "Sliders" },
      h("h2", {}, "Main directions"),
      h("div", { class: "rows" }, ...rows.map((r) => r.node)),
      h(
        "div",
        { class: "buttons" },
        h("button", { onclick: () => store.goTo(engine.zOf(engine.header.start)) }, "Reset"),
        h("button", { onclick: random }, "Random pose")
      ),
      h(
        "div",
        { class: "noise" },
        h("button", { onclick: jitter }, "Add noise"),
        h("div", { class: "track" }, amount),
        noise
      )
    ),
    frame,
    theme: frame,
    seen(z) {
      const at = z && engine.coordinates(z);
      for (const row of rows) {
        row.seen.hidden = !at;
        if (at) row.seen.style.left = `calc(7px + (100% - 14px) * ${clamp((at[row.k] + 3) / 6, 0, 1)})`;
      }
    }
  };
}

// panels/grips.js
var NUDGE = 0.03;
var NEAR = 1e-3;
var named = (joint) => JOINTS[joint].replaceAll("_", " ");
function createGrips(store, look, say) {
  const { engine } = store;
  const pins = /* @__PURE__ */ new Set();
  let picked = -1;
  let over = -1;
  let frameId = 0;
  const standing = () => figure(drawn(store, store.pose)).points;
  const kept = () => steady(store.pose, engine.header.lengths);
  const from = (body, joint) => [0, 1, 2].map((i) => body[3 * joint + i]);
  function nearest(x, y, reach) {
    const eye2 = look();
    const body = figure(drawn(store, store.pose));
    const away = ([px, py]) => Math.hypot(px - x, py - y);
    const far = (joint) => Math.min(...handles(body, joint).map((place) => away(eye2(...place))));
    const best = PULLABLE.reduce((a, b) => far(b) < far(a) ? b : a);
    return far(best) < reach ? best : -1;
  }
  function take(joint) {
    const up = upOf(store);
    const back = turning([-up[0], up[1], -up[2]]);
    const pull = engine.pull(store.z);
    const body = kept();
    const at = from(body, joint);
    const still = [...pins].filter((pin2) => pin2 !== joint).map((pin2) => ({ joint: pin2, at: from(body, pin2) }));
    store.set({ ghost: store.z });
    return {
      move(dx, dy) {
        const { x, y } = cameraAxes(store.view);
        const size2 = look()(...standing()[joint])[3];
        back(x.map((v, i) => (v * dx + y[i] * dy) / size2)).forEach((v, i) => at[i] += v);
      },
      step: () => store.set({ z: pull.step([{ joint, at }, ...still]), up: store.up ?? engine.up(store.z) }),
      gap: () => Math.hypot(...from(kept(), joint).map((v, i) => v - at[i]))
    };
  }
  function pin(joint) {
    if (!pins.delete(joint)) pins.add(joint);
    say(`${named(joint)} ${pins.has(joint) ? "pinned" : "free"}`);
    store.set({});
  }
  function hold(joint) {
    let held = null;
    let rests = true;
    const follow = () => {
      rests = held.gap() <= NEAR;
      if (!rests) held.step();
      frameId = requestAnimationFrame(follow);
    };
    let gone = 0;
    const move = (_x, _y, dx, dy) => {
      gone += Math.hypot(dx, dy);
      if (!held && gone < 3) return;
      if (!held) {
        held = take(joint);
        say(`pulling the ${named(joint)}`);
      }
      held.move(dx, dy);
      if (!rests) return;
      cancelAnimationFrame(frameId);
      follow();
    };
    move.done = () => {
      cancelAnimationFrame(frameId);
      if (held) say("");
      else pin(joint);
    };
    return move;
  }
  function pick2(way) {
    const place = PULLABLE.indexOf(picked);
    picked = PULLABLE[(place + way + PULLABLE.length + (place < 0 && way < 0 ? 1 : 0)) % PULLABLE.length];
    say(`${named(picked)}: arrow keys pull it, p pins it, Escape lets go`);
    store.set({});
  }
  function nudge(right, down) {
    const size2 = look()(...standing()[picked])[3];
    const held = take(picked);
    held.move(right * NUDGE * size2, down * NUDGE * size2);
    for (let k = 0; k < 4; k++) held.step();
  }
  function drop() {
    picked = -1;
    say("");
    store.set({});
  }
  function draw(ctx, eye2, theme) {
    const points = standing();
    for (const joint of PULLABLE) {
      const pinned = pins.has(joint);
      if (!pinned && joint !== picked && joint !== over) continue;
      const [x, y] = eye2(...points[joint]);
      ctx.beginPath();
      if (pinned) ctx.rect(x - 5, y - 5, 10, 10);
      else ctx.arc(x, y, 9, 0, 2 * Math.PI);
      ctx.lineWidth = 5;
      ctx.strokeStyle = css(theme.bg);
      ctx.stroke();
      ctx.lineWidth = 2;
      ctx.strokeStyle = css(theme.accent);
      ctx.stroke();
      if (pinned) {
        ctx.fillStyle = css(theme.accent);
        ctx.fill();
      }
    }
  }
  return {
    nearest,
    hold,
    draw,
    pick: pick2,
    nudge,
    drop,
    pin: () => picked >= 0 && pin(picked),
    picked: () => picked >= 0,
    hover(joint) {
      if (joint === over) return;
      over = joint;
      store.set({});
    },
    close() {
      cancelAnimationFrame(frameId);
      say("");
    }
  };
}

// panels/usual.js
var WORDS = ["a usual pose", "a rare pose", "an unusual pose"];
function usualGauge(store) {
  const { engine } = store;
  const needle = h("i");
  const bar = h("div", {
    class: "scale",
    role: "meter",
    "aria-label": "how far off the data",
    title: "How unusual the pose is, from 0 to 100. Below 50 lie most poses of other recordings, above it most random mixtures of limbs.",
    "aria-valuemin": 0,
    "aria-valuemax": 100
  });
  const word = h("span", { class: "word" });
  bar.append(needle);
  let begun = false;
  function frame() {
    if (!begun) {
      begun = true;
      requestAnimationFrame(() => setTimeout(frame));
      return;
    }
    const { off, nearest } = engine.off(store.z);
    const label = engine.labels[engine.label[nearest]].replaceAll("_", " ");
    const many = Math.round(100 * off);
    needle.style.left = `${100 * off}%`;
    write(word, `${WORDS[many < 40 ? 0 : many < 50 ? 1 : 2]} (${many} of 100), nearest: ${label}`);
    bar.setAttribute("aria-valuenow", many);
    bar.setAttribute("aria-valuetext", word.textContent);
  }
  return { node: h("div", { class: "usual" }, bar, word), frame };
}

// panels/stage.js
function stagePanel(store) {
  const it = sheet({
    class: "stage",
    tabindex: "0",
    role: "application",
    "aria-label": "The body in 3D. Arrow keys turn it, plus and minus zoom, 0 resets the view; j picks a joint to pull, p pins it."
  });
  const before = h("span", { class: "before" }, "before");
  const key = h(
    "div",
    { class: "key", "aria-hidden": "true" },
    h("span", { class: "left" }, "left"),
    h("span", { class: "right" }, "right"),
    before
  );
  const usual = usualGauge(store);
  const gravity = h(
    "button",
    {
      "aria-pressed": "true",
      title: "Stand or lie as in the data; else with the spine upright, as the embedding sees it",
      onclick: () => store.set({ gravity: !store.gravity })
    },
    "Gravity"
  );
  const raw = h(
    "button",
    {
      "aria-pressed": "false",
      title: "Draw the decoder's body as it is, with limbs of any length",
      onclick: () => store.set({ raw: !store.raw })
    },
    "Raw decoder"
  );
  let theme;
  let grip = null;
  const look = () => eye(store.view, it.width, it.height);
  const told = h("div", { class: "told", role: "status" }, "pull a hand or a foot");
  const grips = createGrips(store, look, (text) => {
    told.textContent = text;
  });
  const reach = (event) => event.pointerType === "mouse" ? 14 : 26;
  const still = backdrop(it, (ctx, ghost) => {
    ctx.fillStyle = css(theme.bg);
    ctx.fillRect(0, 0, it.width, it.height);
    drawFloor(ctx, look(), theme);
    if (ghost) drawGhost(ctx, drawn(store, ghost, store.ghost), look(), outlineOf(theme), theme.ghost);
    before.hidden = !ghost;
  });
  function now() {
    if (it.width < 5 || !theme) return;
    const { ctx } = it;
    const e = look();
    const body = drawn(store, store.pose);
    const ghost = store.ghostPose && jointError(store.ghostPose, store.pose) > 4e-3 ? store.ghostPose : null;
    still(ghost, store.view, store.raw, store.gravity, theme);
    ctx.globalCompositeOperation = "multiply";
    drawShadow(ctx, body, e, theme);
    ctx.globalCompositeOperation = "source-over";
    const turn2 = turning(upOf(store));
    const way = turn2(cameraAxes(store.camera).way);
    const front = cameraAxes(store.view).way.reduce((s, v, i) => s + v * way[i], 0) > 0;
    const film = () => {
      grip = drawCamera(ctx, store.camera, figure(body).hips, e, theme, turn2);
    };
    if (!front) film();
    drawBody(ctx, body, e, theme);
    if (front) film();
    grips.draw(ctx, e, theme);
  }
  const view = (change) => store.set({ view: { ...store.view, ...change } });
  const turn = (dx, dy) => view({ azimuth: wrap(store.view.azimuth - dx), elevation: clamp(store.view.elevation + dy, -20, 85) });
  const zoom = (factor) => view({ zoom: clamp(store.view.zoom * factor, 0.5, 4) });
  const pan = (dx, dy) => view({ x: clamp(store.view.x + dx / it.width, -1, 1), y: clamp(store.view.y + dy / it.height, -1, 1) });
  const aim = (dx, dy) => {
    const front = Math.cos(radians(store.camera.azimuth - store.view.azimuth)) >= 0 ? 1 : -1;
    store.set({
      camera: {
        ...store.camera,
        azimuth: wrap(store.camera.azimuth + front * dx),
        elevation: clamp(store.camera.elevation - dy, -60, 85)
      }
    });
  };
  const held = (x, y) => grip && Math.hypot(grip.x - x, grip.y - y) < 22;
  onDrag(
    it,
    (x, y, event) => {
      if (held(x, y)) return (_x, _y, dx, dy) => aim(dx * 0.5, -dy * 0.35);
      const joint = event.button === 0 && !event.shiftKey ? grips.nearest(x, y, reach(event)) : -1;
      if (joint >= 0) return grips.hold(joint);
      if (event.shiftKey || event.button === 2) return (_x, _y, dx, dy) => pan(dx, dy);
      return (_x, _y, dx, dy) => turn(dx * 0.5, dy * 0.35);
    },
    (factor, dx, dy) => {
      zoom(factor);
      pan(dx, dy);
    }
  );
  it.canvas.addEventListener("pointermove", (event) => {
    if (event.buttons) return;
    const place = it.place(event);
    const joint = event.pointerType === "mouse" ? grips.nearest(...place, reach(event)) : -1;
    grips.hover(joint);
    it.canvas.style.cursor = held(...place) ? "move" : joint >= 0 ? "pointer" : "grab";
  });
  it.canvas.addEventListener("pointerdown", (event) => event.isPrimary || grips.close());
  it.canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  it.canvas.addEventListener("dblclick", (event) => {
    if (grips.nearest(...it.place(event), reach(event)) < 0) view(VIEW);
  });
  const arrow = (right, down, turned2) => () => grips.picked() ? grips.nudge(right, down) : turned2();
  onWheel(it, zoom);
  onKeys(it.canvas, {
    ArrowLeft: arrow(-1, 0, () => turn(8, 0)),
    ArrowRight: arrow(1, 0, () => turn(-8, 0)),
    ArrowUp: arrow(0, -1, () => turn(0, 5)),
    ArrowDown: arrow(0, 1, () => turn(0, -5)),
    j: () => grips.pick(1),
    J: () => grips.pick(-1),
    p: grips.pin,
    Escape: grips.drop,
    "+": () => zoom(1.15),
    "=": () => zoom(1.15),
    "-": () => zoom(1 / 1.15),
    0: () => view(VIEW)
  });
  function frame() {
    usual.frame();
    raw.setAttribute("aria-pressed", String(store.raw));
    gravity.setAttribute("aria-pressed", String(store.gravity));
  }
  const over = h("div", { class: "over" }, usual.node, h("div", { class: "switches" }, gravity, raw));
  return {
    node: h("section", { class: "panel body", "aria-label": "Body" }, it.canvas, over, key, told),
    now,
    frame,
    close: grips.close,
    resize() {
      if (it.fit()) now();
    },
    theme(t) {
      theme = t;
      now();
      frame();
    }
  };
}

// stage_styles.js
var STAGE_STYLE = `
.over {
  position: absolute;
  top: 10px;
  left: 14px;
  right: 12px;
  display: flex;
  justify-content: space-between;
  align-items: flex-start;
  gap: 12px;
  pointer-events: none;
  font-size: 12px;
}
.over button {
  pointer-events: auto;
  padding: 3px 9px;
  font-size: 12px;
}
.over button[aria-pressed="true"] {
  border-color: var(--accent);
  box-shadow: inset 0 0 0 1px var(--accent);
}
.switches {
  flex: none;
  display: flex;
  gap: 6px;
}
.usual {
  display: grid;
  justify-items: start;
  gap: 4px;
  color: var(--ink);
}
/* A body that is behind words does not cut through them. */
.usual .word,
.key span,
.told:not(:empty) {
  padding: 1px 5px;
  margin: -1px -5px;
  border-radius: 5px;
  background: color-mix(in srgb, var(--bg) 82%, transparent);
}
.scale {
  position: relative;
  width: 132px;
  height: 6px;
  margin-top: 5px;
  border-radius: 3px;
  background: linear-gradient(to right, var(--accent) 50%, var(--muted) 50%);
}
.scale::before {
  content: "";
  position: absolute;
  left: 50%;
  top: -2px;
  bottom: -2px;
  width: 1px;
  background: var(--ink);
}
.scale i {
  position: absolute;
  top: -4px;
  width: 6px;
  height: 14px;
  margin-left: -3px;
  border-radius: 3px;
  background: var(--ink);
  border: 1px solid var(--bg);
}
.told {
  position: absolute;
  right: 14px;
  bottom: 12px;
  max-width: 60%;
  text-align: right;
  color: var(--ink);
  font-size: 12px;
  pointer-events: none;
}
.key .before::before {
  border: 1.5px solid color-mix(in srgb, var(--muted) 80%, var(--bg));
}
`;

// bvh.js
var PARENTS = {
  Hips: null,
  Spine: "Hips",
  Chest: "Spine",
  Neck: "Chest",
  Nose: "Neck",
  LeftArm: "Chest",
  LeftForeArm: "LeftArm",
  LeftHand: "LeftForeArm",
  RightArm: "Chest",
  RightForeArm: "RightArm",
  RightHand: "RightForeArm",
  LeftUpLeg: "Hips",
  LeftLeg: "LeftUpLeg",
  LeftFoot: "LeftLeg",
  RightUpLeg: "Hips",
  RightLeg: "RightUpLeg",
  RightFoot: "RightLeg"
};
var NAMES = Object.keys(PARENTS);
var ENDS = {
  Nose: [0, 0, 0.03],
  LeftHand: [0.17, 0, 0],
  RightHand: [-0.17, 0, 0],
  LeftFoot: [0, -0.05, 0.16],
  RightFoot: [0, -0.05, 0.16]
};
var LIMBS2 = [
  ["LeftArm", "LeftForeArm", "LeftHand", "left_shoulder", "left_elbow", "left_wrist", [1, 0, 0]],
  ["RightArm", "RightForeArm", "RightHand", "right_shoulder", "right_elbow", "right_wrist", [-1, 0, 0]],
  ["LeftUpLeg", "LeftLeg", "LeftFoot", "left_hip", "left_knee", "left_ankle", [0, -1, 0]],
  ["RightUpLeg", "RightLeg", "RightFoot", "right_hip", "right_knee", "right_ankle", [0, -1, 0]]
];
var BEND = 0.15;
var NECK = 0.05;
var ANKLE = 0.08;
var add = (a, b, s = 1) => a.map((v, i) => v + s * b[i]);
var dot2 = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
var cross2 = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
var size = (a) => Math.hypot(...a);
var unit2 = (a, otherwise) => size(a) > 1e-6 ? a.map((v) => v / size(a)) : otherwise;
var columns = (...c) => [0, 1, 2].map((i) => c.map((v) => v[i]));
var column = (m, k) => m.map((row) => row[k]);
var times2 = (m, v) => m.map((row) => dot2(row, v));
var product = (a, b) => columns(...[0, 1, 2].map((k) => times2(a, column(b, k))));
var transposed = (m) => columns(...m);
function smallestTurn(a, b) {
  const c = dot2(a, b);
  if (c < -1 + 1e-9) {
    const aside = unit2(cross2(a, Math.abs(a[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]));
    return [0, 1, 2].map((i) => [0, 1, 2].map((k2) => 2 * aside[i] * aside[k2] - (i === k2)));
  }
  const [x, y, z] = cross2(a, b);
  const k = [[0, -z, y], [z, 0, -x], [-y, x, 0]];
  const square = product(k, k);
  return [0, 1, 2].map((i) => [0, 1, 2].map((j) => (i === j) + k[i][j] + square[i][j] / (1 + c)));
}
function upright(across2, up) {
  const x = unit2(across2, [1, 0, 0]);
  const y = unit2(add(up, x, -dot2(up, x)), [0, 1, 0]);
  return columns(x, y, cross2(x, y));
}
var median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
function fitted(pose) {
  const at = (name) => Array.from(pose.subarray(3 * JOINT[name], 3 * JOINT[name] + 3));
  const between2 = (a, b) => add(at(b), at(a), -1);
  const middle2 = (joint) => add(at(`left_${joint}`), at(`right_${joint}`)).map((v) => v / 2);
  const low = middle2("hip");
  const high = middle2("shoulder");
  const trunk = size(add(high, low, -1));
  const hips = upright(between2("right_hip", "left_hip"), unit2(add(high, low, -1), [0, 1, 0]));
  const spine = add(high, add(low, column(hips, 1), BEND * trunk), -1);
  const way = unit2(spine, column(hips, 1));
  const turns = { Hips: hips, Spine: product(smallestTurn(column(hips, 1), way), hips) };
  turns.Chest = upright(between2("right_shoulder", "left_shoulder"), way);
  const neck = add(at("nose"), add(high, column(turns.Chest, 1), NECK * trunk), -1);
  const lengths = {
    trunk,
    Chest: size(spine),
    Nose: size(neck),
    hips: size(between2("right_hip", "left_hip")) / 2,
    shoulders: size(between2("right_shoulder", "left_shoulder")) / 2
  };
  const rest = unit2([0, 0.76, 0.65]);
  const turn = (above, from, bone) => {
    const b = unit2(times2(transposed(above), bone), from);
    return product(above, smallestTurn(from, b));
  };
  turns.Neck = turn(turns.Chest, rest, neck);
  turns.Nose = turns.Neck;
  for (const [upper, lower, end, a, b, c, from] of LIMBS2) {
    const first = between2(a, b);
    const second = between2(b, c);
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
    Hips: [0, 0, 0],
    Spine: [0, BEND * trunk, 0],
    Chest: [0, long("Chest"), 0],
    Neck: [0, NECK * trunk, 0],
    Nose: unit2([0, 0.76, 0.65]).map((v) => v * long("Nose")),
    LeftArm: [long("shoulders"), 0, 0],
    RightArm: [-long("shoulders"), 0, 0],
    LeftUpLeg: [long("hips"), 0, 0],
    RightUpLeg: [-long("hips"), 0, 0]
  };
  for (const [, lower, end, , , , rest] of LIMBS2) {
    offsets[lower] = rest.map((v) => v * long(lower));
    offsets[end] = rest.map((v) => v * long(end));
  }
  return offsets;
}
function rootOf(pose, turns, offsets) {
  const places = { Hips: [0, 0, 0] };
  for (const name of NAMES.slice(1))
    places[name] = add(places[PARENTS[name]], times2(turns[PARENTS[name]], offsets[name]));
  const low = Math.min(...NAMES.filter((name) => !/Spine|Chest|Neck/.test(name)).map((name) => places[name][1]));
  const hip = (i) => (pose[3 * JOINT.left_hip + i] + pose[3 * JOINT.right_hip + i]) / 2;
  return [hip(0), ANKLE - low, hip(2)];
}
var orderOf = (name) => /Leg|Foot/.test(name) ? "XZY" : "ZXY";
function anglesOf(m, order, before) {
  const [i, j, k] = [...order].map((axis) => "XYZ".indexOf(axis));
  const sign = (j - i + 3) % 3 === 1 ? 1 : -1;
  const side = Math.hypot(m[i][i], m[i][j]);
  const locked = side < 1e-7;
  const found = [
    locked ? Math.atan2(sign * m[k][j], m[j][j]) : Math.atan2(-sign * m[j][k], m[k][k]),
    Math.atan2(sign * m[i][k], side),
    locked ? 0 : Math.atan2(-sign * m[i][j], m[i][i])
  ].map((v) => v * 180 / Math.PI);
  if (!before) return found;
  const near = (angles) => angles.map((v, n) => v + 360 * Math.round((before[n] - v) / 360));
  const far = (angles) => angles.reduce((sum, v, n) => sum + Math.abs(v - before[n]), 0);
  const [one, other] = [near(found), near([found[0] + 180, 180 - found[1], found[2] + 180])];
  return far(other) < far(one) ? other : one;
}
var numbers = (values) => values.map((v) => (v + 0).toFixed(6)).join(" ");
function node(name, offsets) {
  const place = name === "Hips" ? " Xposition Yposition Zposition" : "";
  const turn = [...orderOf(name)].map((axis) => ` ${axis}rotation`).join("");
  const inside = [`OFFSET ${numbers(offsets[name])}`, `CHANNELS ${place ? 6 : 3}${place}${turn}`];
  if (ENDS[name]) inside.push("End Site", "{", `	OFFSET ${numbers(ENDS[name])}`, "}");
  for (const child of NAMES) if (PARENTS[child] === name) inside.push(...node(child, offsets));
  return [`${place ? "ROOT" : "JOINT"} ${name}`, "{", ...inside.map((line) => `	${line}`), "}"];
}
function writeBvh(poses, fps) {
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

// history.js
var KEPT = ["z", "ghost", "up", "camera", "marks"];
var LIMIT = 200;
var pick = (state) => Object.fromEntries(KEPT.map((name) => [name, state[name]]));
function createHistory() {
  const past = [];
  const future = [];
  let fresh = true;
  const swap = (from, to, state) => {
    if (!from.length) return null;
    to.push(pick(state));
    fresh = true;
    return from.pop();
  };
  return {
    // The next change begins an act.
    begin() {
      fresh = true;
    },
    // Call it before the state changes, with the names of what changes.
    keep(state, names) {
      if (!fresh || !names.some((name) => KEPT.includes(name))) return;
      fresh = false;
      past.push(pick(state));
      if (past.length > LIMIT) past.shift();
      future.length = 0;
    },
    undo: (state) => swap(past, future, state),
    redo: (state) => swap(future, past, state),
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0
  };
}

// store.js
var same = (a, b) => a && b && a.length === b.length && a.every((v, i) => Math.abs(v - b[i]) < 1e-6);
function createStore(engine, model) {
  const listeners = /* @__PURE__ */ new Set();
  const history2 = createHistory();
  let dirty = /* @__PURE__ */ new Set();
  let frame = 0;
  let telling = false;
  let heard = false;
  const store = {
    engine,
    z: null,
    pose: null,
    ghost: null,
    ghostPose: null,
    view: null,
    camera: null,
    marks: [null, null],
    t: 0,
    noise: 0,
    raw: false,
    gravity: true,
    up: null,
    // set: where up is in the canonical frame; else as in the nearest poses of the map
    listen(f) {
      listeners.add(f);
      return () => listeners.delete(f);
    },
    canUndo: history2.canUndo,
    canRedo: history2.canRedo,
    halt: null,
    // stops what plays
    // An input begins: it stops what plays, and what it changes is one act of the history.
    act() {
      store.halt?.();
      history2.begin();
    },
    // Change some of the state. This calls every panel at once; Python gets the change in the next frame.
    set(change) {
      history2.keep(store, Object.keys(change));
      put(change);
    },
    goTo(z) {
      store.set({ z, ghost: z });
    },
    undo() {
      store.halt?.();
      put(history2.undo(store) ?? {});
    },
    redo() {
      store.halt?.();
      put(history2.redo(store) ?? {});
    },
    close() {
      cancelAnimationFrame(frame);
      frame = 0;
      listeners.clear();
      for (const f of off) f();
    }
  };
  function put(change) {
    if (change.z && !("up" in change)) change = { ...change, up: null };
    for (const [name, value] of Object.entries(change)) {
      store[name] = value;
      dirty.add(name);
    }
    if (change.z) {
      store.pose = engine.decode(store.z);
      dirty.add("pose");
    }
    if ("ghost" in change)
      store.ghostPose = change.ghost === change.z ? store.pose : store.ghost && engine.decode(store.ghost);
    for (const f of listeners) f(new Set(Object.keys(change)));
    if (!frame) frame = requestAnimationFrame(tell);
  }
  function tell() {
    frame = 0;
    telling = true;
    try {
      for (const name of dirty) model.set(name, plain(store[name], name));
      dirty.clear();
      model.save_changes();
    } catch (error) {
      dirty.clear();
    }
    telling = false;
  }
  const array = (v) => v && v.length === engine.latent && v.every(Number.isFinite) ? Float32Array.from(v) : null;
  const read2 = {
    z: array,
    ghost: array,
    marks: (v) => [array(v?.[0]), array(v?.[1])],
    view: (v) => ({ ...VIEW, ...v }),
    camera: (v) => ({ ...v }),
    t: Number,
    noise: Number,
    raw: Boolean,
    gravity: (v) => v ?? true,
    up: (v) => v ?? null
  };
  function hear(name) {
    if (telling) return;
    const value = read2[name](model.get(name));
    if (name === "z" && (!value || same(value, store.z))) return;
    if (JSON.stringify(plain(value, name)) === JSON.stringify(plain(store[name], name))) return;
    if (!heard) {
      heard = true;
      queueMicrotask(() => heard = false);
      store.act();
    }
    history2.keep(store, [name]);
    dirty.delete(name);
    store[name] = value;
    if (name === "z") {
      store.pose = engine.decode(value);
      store.up = read2.up(model.get("up"));
      setTimeout(() => {
        const told = model.get("pose")?.flat();
        if (!told || told.some((v, i) => Math.abs(v - store.pose[i]) > 1e-3)) {
          dirty.add("pose");
          tell();
        }
      }, 50);
    }
    if (name === "ghost") store.ghostPose = value && engine.decode(value);
    for (const f of listeners) f(/* @__PURE__ */ new Set([name]));
  }
  const off = Object.keys(read2).map((name) => {
    const f = () => hear(name);
    model.on(`change:${name}`, f);
    return () => model.off(`change:${name}`, f);
  });
  for (const name of Object.keys(read2)) store[name] = read2[name](model.get(name));
  store.z ??= engine.zOf(engine.header.start);
  store.pose = engine.decode(store.z);
  store.ghostPose = store.ghost && engine.decode(store.ghost);
  return store;
}
function plain(value, name) {
  if (name === "pose")
    return Array.from({ length: JOINTS.length }, (_, j) => Array.from(value.subarray(3 * j, 3 * j + 3)));
  if (name === "marks") return value.map((z) => z && Array.from(z));
  return value instanceof Float32Array ? Array.from(value) : value;
}

// save.js
var FPS = 30;
var SECONDS = 2.2;
function offer(name, blob) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1e4);
}
function poseJson(store) {
  const { weights } = store.engine.header;
  const state = Object.fromEntries(["z", "pose", "camera", "view", "marks"].map((n) => [n, plain(store[n], n)]));
  const { gravity, up, engine } = store;
  return JSON.stringify(
    { weights, unit: "metre", joint_names: JOINTS, ...state, gravity, up: Array.from(up ?? engine.up(store.z)) },
    null,
    1
  );
}
function poseBvh(store) {
  const [a, b] = store.marks;
  const count = a && b ? Math.round(FPS * SECONDS) + 1 : 2;
  const frames = Array.from({ length: count }, (_, k) => {
    const t = k / (count - 1);
    const z = a && b ? a.map((v, i) => v + t * (b[i] - v)) : store.z;
    return drawn(store, store.engine.decode(z), z);
  });
  return writeBvh(frames, FPS);
}
function createSave(store, stage, alone) {
  const said = h("span", { role: "status", class: "said" });
  const line = (text2, act) => h(
    "button",
    {
      onclick: () => {
        menu.open = false;
        act();
      }
    },
    text2
  );
  const file = location.protocol === "file:" ? "; send the page's file with it" : "";
  const copy = async () => {
    const link = `${location.href.split("#")[0]}#${linkOf(store)}`;
    try {
      await navigator.clipboard.writeText(link);
      said.textContent = `Link copied${file}`;
    } catch {
      history.replaceState(null, "", link);
      said.textContent = `The address is the link: copy it${file}`;
    }
    setTimeout(() => said.textContent = "", file ? 8e3 : 4e3);
  };
  const text = (name, kind, words) => offer(name, new Blob([words], { type: kind }));
  const menu = h(
    "details",
    { class: "menu" },
    h("summary", {}, "Share"),
    h(
      "div",
      { class: "lines" },
      alone ? line("Copy a link to this", copy) : null,
      line("Picture (PNG)", () => stage.toBlob((blob) => offer("pose.png", blob))),
      line("Pose as numbers (JSON)", () => text("pose.json", "application/json", poseJson(store))),
      line("Pose or path A to B (BVH)", () => text("pose.bvh", "text/plain", poseBvh(store)))
    )
  );
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  return { menu, said };
}

// search.js
function createSearch(store) {
  const { poses } = store.engine.header;
  let last = "";
  let turn = 0;
  let timer = 0;
  const input = h("input", {
    type: "search",
    list: "named-poses",
    placeholder: "Find a pose",
    "aria-label": "Find a pose by name",
    enterkeyhint: "search",
    autocomplete: "off",
    spellcheck: "false"
  });
  const said = h("span", { class: "said", role: "status" });
  const say = (text) => {
    clearTimeout(timer);
    said.textContent = text;
    timer = setTimeout(() => said.textContent = "", 4e3);
  };
  const find = () => {
    const words = input.value.trim().toLowerCase();
    if (!words) return;
    const found = poses.find(([name2]) => name2 === words) ?? poses.find(([name2]) => name2.includes(words));
    if (!found) {
      say(`no pose is named ${words}`);
      return;
    }
    const [name, places] = found;
    turn = name === last ? (turn + 1) % places.length : 0;
    last = name;
    say(`${name}, ${turn + 1} of ${places.length}`);
    store.act();
    store.goTo(store.engine.zOf(places[turn]));
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") find();
  });
  input.addEventListener("input", (event) => {
    say("");
    const chosen = !event.inputType || event.inputType === "insertReplacementText";
    if (chosen && poses.some(([name]) => name === input.value)) find();
  });
  const list = h("datalist", { id: "named-poses" }, ...poses.map(([name]) => h("option", { value: name })));
  return h("div", { class: "search", role: "search" }, input, list, said);
}

// styles.js
var STYLE = `
:host { display: block; min-width: 320px; }
.app {
  --bg: #ffffff; --panel: #f6f7f9; --ink: #1c2733; --muted: #667282; --line: #dfe3e8; --track: #858e9b;
  --left: ${LEFT}; --right: ${RIGHT}; --trunk: #9aa3af; --ghost: #dbe0e7; --shadow: #e9ecf0; --accent: #087e68;
  color-scheme: light; --bar: 40px; --tall: 100vh; container-type: inline-size; position: relative;
  color: var(--ink); background: var(--bg);
  font: 13px/1.35 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; text-align: left;
}
.app[data-theme=dark] {
  --bg: #14181e; --panel: #1b2129; --ink: #e8edf3; --muted: #98a5b5; --line: #2d3743; --track: #68727f;
  --left: #3f9fdc; --right: #f0893a; --trunk: #8a94a3; --ghost: #2c3540; --shadow: #8b9097; --accent: #3ec5a5;
  color-scheme: dark;
}
/* In a notebook: no taller than most of the window; what does not fit scrolls inside. */
.notebook {
  --tall: min(88vh, 760px);
}
.notebook .grid {
  max-height: calc(var(--tall) - var(--bar));
  overflow-y: auto;
}
.notebook .grid > .body.body {
  top: 0; /* below the padding of what scrolls */
}
.notebook:focus-visible {
  outline-offset: -2px;
}
.app,
.app * {
  box-sizing: border-box;
}
[hidden] {
  display: none !important;
}
.top {
  position: relative;
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 8px 10px 0;
}
h1,
.top h2 {
  flex: 1;
  min-width: 0;
  margin: 0 2px;
  font-size: 14px;
  font-weight: 600;
  color: var(--ink);
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
}
.top button {
  min-width: 34px;
  padding: 4px 8px;
}
.search {
  position: relative;
  flex: 0 1 190px;
  min-width: 90px;
}
input[type="search"] {
  width: 100%;
  font: inherit;
  color: var(--ink);
  background: var(--bg);
  border: 1px solid var(--muted);
  border-radius: 7px;
  padding: 4px 8px;
}
.said:empty {
  display: none;
}
.top .said {
  position: absolute;
  z-index: 4;
  right: 10px;
  top: calc(100% + 4px);
  padding: 3px 8px;
  color: var(--ink);
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 7px;
  white-space: nowrap;
}
.search .said {
  left: 0;
  right: auto;
}
.menu {
  position: relative;
}
.menu summary {
  list-style: none;
  border: 1px solid var(--line);
  border-radius: 7px;
  padding: 4px 10px;
  cursor: pointer;
}
.menu summary::-webkit-details-marker {
  display: none;
}
.menu .lines {
  position: absolute;
  z-index: 5;
  right: 0;
  top: calc(100% + 4px);
  display: grid;
  width: max-content;
  gap: 2px;
  padding: 6px;
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 10px;
  box-shadow: 0 4px 16px rgb(0 0 0 / 0.2);
}
.menu .lines button {
  border: 0;
  text-align: left;
}
.notice {
  position: absolute;
  z-index: 4;
  top: var(--bar);
  left: 10px;
  right: 10px;
  margin: 0;
  background: var(--bg);
  padding: 8px 12px;
  border: 1px solid var(--right);
  border-radius: 8px;
}
.help {
  width: min(460px, calc(100vw - 24px));
  max-height: calc(100vh - 24px);
  padding: 14px 18px 18px;
  color: var(--ink);
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 12px;
}
.help::backdrop {
  background: rgb(0 0 0 / 0.35);
}
.helphead {
  display: flex;
  justify-content: space-between;
  align-items: center;
}
.helphead h2 {
  margin: 0;
  font-size: 15px;
  color: var(--ink);
}
h3 {
  margin: 12px 0 4px;
  font-size: 12px;
  color: var(--muted);
}
dl {
  display: grid;
  grid-template-columns: minmax(0, 1fr) minmax(0, 1.4fr);
  gap: 3px 12px;
  margin: 0;
}
dd {
  margin: 0;
  color: var(--muted);
}
.zooms {
  position: absolute;
  right: 6px;
  bottom: 6px;
  display: flex;
  gap: 4px;
}
.zooms button {
  min-width: 28px;
  padding: 2px 0;
}
.path input.off {
  opacity: 0.45;
}
.path output {
  min-width: 3em;
}
.grid {
  display: grid;
  gap: 10px;
  padding: 10px;
  grid-template-columns: minmax(0, 1fr);
}
.panel {
  background: var(--panel);
  border-radius: 10px;
  padding: 10px 12px;
  min-width: 0;
  display: flex;
  flex-direction: column;
  position: relative;
}
.panel.body {
  background: var(--bg);
  border: 1px solid var(--line);
  padding: 0;
  overflow: hidden;
  min-height: 380px;
}
h2 {
  font-size: 12px;
  font-weight: 600;
  margin: 0 0 8px;
  color: var(--muted);
  letter-spacing: 0.01em;
}
/* A swipe over a canvas sets, and never scrolls; over a slider or the chart it sets across and scrolls up and down. */
canvas {
  display: block;
  touch-action: none;
}
.chart,
.grid .track {
  touch-action: pan-y;
}
.stage {
  flex: 1;
  width: 100%;
  height: 100%;
  min-height: 0;
  position: absolute;
  inset: 0;
  border-radius: 10px;
}
.key {
  position: absolute;
  left: 14px;
  bottom: 12px;
  display: flex;
  gap: 14px;
  color: var(--muted);
  font-size: 12px;
  pointer-events: none;
}
.key span::before {
  content: "";
  display: inline-block;
  width: 9px;
  height: 9px;
  border-radius: 50%;
  margin-right: 6px;
  background: var(--ghost);
}
.key .left::before {
  background: var(--left);
}
.key .right::before {
  background: var(--right);
}
.row {
  display: grid;
  grid-template-columns: 1fr auto;
  column-gap: 8px;
  margin-bottom: 7px;
}
.row .track {
  grid-column: 1 / -1;
}
label {
  overflow-wrap: anywhere;
}
label::first-letter {
  text-transform: uppercase;
}
output {
  font-variant-numeric: tabular-nums;
  color: var(--muted);
  text-align: right;
}
.track {
  position: relative;
  display: flex;
  align-items: center;
  height: 18px;
  min-width: 0;
  flex: 1;
}
input[type="range"] {
  -webkit-appearance: none;
  appearance: none;
  width: 100%;
  height: 18px;
  margin: 0;
  background: transparent;
  cursor: pointer;
  --at: 50%;
}
input[type="range"]::-webkit-slider-runnable-track {
  height: 4px;
  border-radius: 2px;
  background: linear-gradient(to right, var(--accent) var(--at), var(--track) var(--at));
}
input[type="range"]::-moz-range-track {
  height: 4px;
  border-radius: 2px;
  background: linear-gradient(to right, var(--accent) var(--at), var(--track) var(--at));
}
.row input::-webkit-slider-runnable-track {
  background: linear-gradient(
    to right,
    var(--track) min(50%, var(--at)),
    var(--accent) min(50%, var(--at)) max(50%, var(--at)),
    var(--track) max(50%, var(--at))
  );
}
.row input::-moz-range-track {
  background: linear-gradient(
    to right,
    var(--track) min(50%, var(--at)),
    var(--accent) min(50%, var(--at)) max(50%, var(--at)),
    var(--track) max(50%, var(--at))
  );
}
input[type="range"]::-webkit-slider-thumb {
  -webkit-appearance: none;
  width: 14px;
  height: 14px;
  margin-top: -5px;
  border-radius: 50%;
  background: var(--bg);
  border: 2px solid var(--accent);
}
input[type="range"]::-moz-range-thumb {
  width: 10px;
  height: 10px;
  border-radius: 50%;
  background: var(--bg);
  border: 2px solid var(--accent);
}
input[type="range"]:disabled {
  opacity: 0.45;
  cursor: default;
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
  border-radius: 6px;
}
canvas:focus-visible {
  outline-offset: -2px;
  border-radius: 10px;
}
input[type="range"]:focus-visible {
  outline: none;
}
input[type="range"]:focus-visible::-webkit-slider-thumb {
  background: var(--accent);
  box-shadow:
    0 0 0 3px var(--panel),
    0 0 0 5px var(--accent);
}
input[type="range"]:focus-visible::-moz-range-thumb {
  background: var(--accent);
  box-shadow:
    0 0 0 3px var(--panel),
    0 0 0 5px var(--accent);
}
.seen,
.diamond {
  display: inline-block;
  width: 7px;
  height: 7px;
  transform: rotate(45deg);
  border: 1.5px solid var(--accent);
  background: var(--panel);
}
.seen {
  position: absolute;
  bottom: -2px;
  margin-left: -3.5px;
  pointer-events: none;
}
.diamond {
  margin: 0 8px 0 3px;
}
button {
  font: inherit;
  color: var(--ink);
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 7px;
  padding: 4px 10px;
  cursor: pointer;
  white-space: nowrap;
}
button:hover:not(:disabled) {
  border-color: var(--muted);
}
button:disabled {
  opacity: 0.45;
  cursor: default;
}
.rows {
  flex: 1;
  display: flex;
  flex-direction: column;
  justify-content: space-between;
  max-height: 560px;
}
.buttons {
  display: flex;
  gap: 6px;
  padding-top: 12px;
}
.buttons button {
  flex: 1 1 auto;
  padding: 4px 6px;
}
.noise,
.path {
  display: flex;
  align-items: center;
  gap: 8px;
  margin-top: 8px;
}
.noise output {
  width: 2.4em;
}
.path .set {
  border-color: var(--ink);
  box-shadow: inset 0 0 0 1px var(--ink);
}
.play {
  width: 36px;
  padding: 4px 0;
  text-align: center;
}
.layers {
  position: relative;
  flex: 1;
  min-height: 200px;
  border-radius: 8px;
  background: var(--bg);
}
.layers > canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  border-radius: 8px;
}
.map {
  cursor: crosshair;
}
.ground {
  pointer-events: none;
}
.tip {
  position: absolute;
  width: 112px;
  padding: 4px;
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 8px;
  box-shadow: 0 3px 12px rgb(0 0 0 / 0.18);
  pointer-events: none;
  text-align: center;
  font-size: 12px;
}
.tip canvas {
  width: 102px;
  height: 114px;
}
.chips {
  display: flex;
  flex-wrap: wrap;
  gap: 1px 2px;
  margin-top: 8px;
}
.chip {
  border: 0;
  background: none;
  padding: 1px 6px 1px 4px;
  font-size: 11.5px;
  color: var(--ink);
  border-radius: 5px;
  max-width: 160px;
  overflow: hidden;
  text-overflow: ellipsis;
}
.chip i {
  display: inline-block;
  width: 9px;
  height: 9px;
  border-radius: 3px;
  margin-right: 5px;
}
.chip.dim {
  color: var(--muted);
}
.chip.dim i {
  opacity: 0.35;
}
.chip[aria-pressed="true"] {
  background: var(--bg);
  box-shadow: inset 0 0 0 1px var(--muted);
}
.split {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 14px;
  align-items: center;
}
.views {
  display: flex;
  gap: 8px;
}
figure {
  margin: 0;
}
figure canvas {
  width: 116px;
  height: 116px;
  background: var(--bg);
  border-radius: 8px;
}
.picture {
  cursor: grab;
}
figcaption,
.charttitle {
  font-size: 11.5px;
  color: var(--muted);
  margin-top: 3px;
  text-align: center;
  white-space: nowrap;
  font-variant-numeric: tabular-nums;
}
.charttitle {
  text-align: left;
  white-space: normal;
  margin: 8px 0 4px;
}
.charttitle span {
  color: var(--ink);
  font-weight: 600;
}
.missing {
  width: 140px;
  color: var(--muted);
  margin: 0;
}
.knobs {
  flex: 1 1 170px;
}
.knob {
  display: grid;
  grid-template-columns: 58px minmax(40px, 1fr) 42px;
  align-items: center;
  gap: 6px;
  font-size: 12px;
}
.charted {
  display: flex;
  flex-direction: column;
  flex: 1;
}
.chart {
  width: 100%;
  flex: 1 0 92px;
  contain: size; /* a canvas as high as it was drawn before would keep the panel that high */
  cursor: ew-resize;
}
/* One column: the body stays above what scrolls. */
@container (max-width: 619.98px) {
  .grid {
    display: flex;
    flex-direction: column;
    padding-top: 0;
  }
  .grid > .body {
    position: sticky;
    top: var(--bar);
    z-index: 2;
    flex: none;
    height: 42vh;
    height: 42svh;
    min-height: 230px;
    margin: 0 -10px;
    border-width: 0 0 1px;
    border-radius: 0;
  }
  .top {
    position: sticky;
    top: 0;
    z-index: 3;
    margin: 0;
    padding: 6px 10px;
    background: var(--bg);
  }
  .notebook .top {
    position: relative;
  }
  .grid :is(input, button, canvas) {
    scroll-margin-top: calc(var(--bar) + max(42vh, 230px) + 12px);
  }
  .layers {
    flex: none;
    height: 42vh;
    height: 42svh;
  }
  h1,
  .top h2 {
    position: absolute;
    width: 1px;
    height: 1px;
    clip-path: inset(50%);
  }
  .search {
    flex: 1;
  }
  .views {
    justify-content: space-around;
    width: 100%;
  }
}
@container (max-width: 760px) {
  .switches {
    flex-direction: column; /* beside the head, not over it */
  }
}
/* Where a panel is narrow, the way from A to B has a line of its own. */
@container (max-width: 1199.98px) {
  .path {
    flex-wrap: wrap;
  }
  .path :is(.track, output) {
    order: 1;
  }
  .path .track {
    flex: 1 1 60%;
  }
  .path button:not(.play, :last-child) {
    flex: 1;
  }
  .chart {
    flex-basis: 140px;
  }
}
/* What the camera sees stays in view while its curve is touched. */
@container (max-width: 999.98px) {
  .split {
    display: contents;
  }
  .knobs {
    order: 1;
    flex: none;
    margin-top: 6px;
  }
}
/* Two columns; in a low window the body fills the first one and stays, and the rest scrolls in the second. */
@container (min-width: 620px) {
  .grid {
    grid-template-columns: minmax(0, 1.12fr) minmax(0, 1fr);
    grid-auto-rows: minmax(400px, auto);
  }
  .body {
    min-height: 400px;
  }
}
@media (max-height: 940px) {
  @container (min-width: 620px) and (max-width: 999.98px) {
    .grid {
      grid-auto-rows: auto;
    }
    .grid > .body {
      grid-row: 1 / 4;
      position: sticky;
      top: 10px;
      height: calc(var(--tall) - var(--bar) - 20px);
      min-height: 200px;
    }
    .layers {
      flex: none;
      height: min(360px, calc(100vh - 80px));
    }
  }
}
@container (min-width: 1000px) {
  .grid {
    grid-template-columns: minmax(0, 1.2fr) 236px minmax(0, 1.06fr);
    --room: calc(max(var(--tall) - var(--bar), 660px) - 30px);
    --low: max(310px, 0.425 * var(--room));
    grid-template-rows: minmax(max-content, calc(var(--room) - var(--low))) minmax(max-content, var(--low));
    grid-auto-rows: auto;
  }
  .grid > .body {
    position: sticky;
    top: 10px;
    max-height: max(var(--tall) - var(--bar) - 20px, 380px);
  }
  .chart {
    flex-basis: 92px;
  }
  .body,
  .sliders {
    grid-row: 1 / 3;
  }
  .filming {
    grid-column: 3;
    grid-row: 2;
  }
}
@container (min-width: 1000px) and (max-width: 1199.98px) {
  .grid {
    grid-template-columns: minmax(0, 1fr) 216px minmax(0, 1fr);
  }
  .split {
    gap: 8px 10px;
  }
  .knobs {
    flex-basis: 152px; /* beside the pictures */
  }
  figure,
  figure canvas {
    width: 88px;
  }
  figure canvas {
    height: 88px;
  }
  figcaption {
    white-space: normal;
  }
}
@container (min-width: 1900px) {
  figure canvas {
    width: 190px;
    height: 190px;
  }
}
/* For a finger: targets of 44 pixels, a slider's name beside it. */
@media (pointer: coarse) {
  .app {
    --bar: 56px;
  }
  .grid button,
  .top button,
  .help button,
  .menu summary,
  input[type="search"] {
    min-height: 44px;
    min-width: 44px;
  }
  .menu summary {
    display: flex;
    align-items: center;
  }
  input[type="search"] {
    font-size: 16px; /* a smaller one makes a phone zoom in */
  }
  .chips {
    gap: 0 4px;
  }
  .grid .track,
  .grid input[type="range"] {
    height: 44px;
  }
  .row {
    grid-template-columns: minmax(0, 7.5em) minmax(60px, 1fr) 2.4em;
    align-items: center;
    margin: 0;
  }
  .row .track {
    grid-column: 2;
    grid-row: 1;
  }
  .row output {
    grid-column: 3;
  }
  @container (min-width: 1000px) {
    .row {
      grid-template-columns: 1fr auto;
    }
    .row .track {
      grid-column: 1 / -1;
      grid-row: auto;
    }
    .row output {
      grid-column: 2;
    }
  }
  .seen {
    bottom: 8px;
  }
  .grid input[type="range"] {
    pointer-events: none;
  }
  .grid input[type="range"]::-webkit-slider-thumb {
    width: 22px;
    height: 22px;
    margin-top: -9px;
  }
  .grid input[type="range"]::-moz-range-thumb {
    width: 18px;
    height: 18px;
  }
}
/* Where the system chooses the colours, what tells by its colour keeps it. */
@media (forced-colors: active) {
  .key span::before,
  .chip i,
  .scale,
  .scale i,
  .seen,
  .diamond,
  input[type="range"] {
    forced-color-adjust: none;
  }
  .panel,
  .layers,
  figure canvas,
  .scale {
    border: 1px solid;
  }
  .menu summary {
    color: ButtonText;
    border-color: ButtonBorder;
  }
  button:disabled {
    opacity: 1; /* GrayText says it */
  }
  button[aria-pressed="true"],
  .path .set {
    forced-color-adjust: none;
    color: HighlightText;
    background: Highlight;
  }
}
@media (prefers-reduced-motion: no-preference) {
  button {
    transition: border-color 0.12s;
  }
}
`;

// mount.js
function mount(store, el, where = "notebook") {
  const host = h("div", { class: "vvipe-explorer", "data-lm-suppress-shortcuts": "true" });
  const alone = where === "page";
  const root = alone ? h("main", { class: "app page" }) : h("section", { class: "app notebook", "aria-label": "Pose explorer", tabindex: "-1" });
  const shadow = host.attachShadow({ mode: "open" });
  shadow.append(h("style", {}, STYLE + STAGE_STYLE), root);
  const stage = stagePanel(store);
  const sliders = sliderPanel(store);
  const map = mapPanel(store);
  const camera = cameraPanel(store, (z) => {
    sliders.seen(z);
    map.seen(z);
  });
  const panels = [stage, sliders, camera, map];
  const help = createHelp();
  const title = h(alone ? "h1" : "h2", {}, alone ? document.title : "Pose explorer");
  const save = createSave(store, stage.node.querySelector("canvas"), alone);
  const bar = createBar(store, title, createSearch(store), save.said, save.menu, help.button);
  const notice = h("p", { class: "notice", role: "alert", hidden: true });
  const say = (text) => {
    notice.textContent = text;
    notice.hidden = !text;
  };
  panels.push(bar);
  const grid = h("div", { class: "grid" }, ...[stage, sliders, map, camera].map((p) => p.node));
  root.append(bar.node, notice, grid, help.dialog);
  if (!store.engine.embed) sliders.seen(null);
  for (const track of root.querySelectorAll(".track")) slideByPointer(track);
  let frameId = 0;
  let waiting = null;
  const deaf = store.listen((changed) => {
    waiting ??= /* @__PURE__ */ new Set();
    changed.forEach((c) => waiting.add(c));
    if (!frameId) drawAll();
  });
  function drawAll() {
    frameId = requestAnimationFrame(() => {
      frameId = 0;
      if (waiting) drawAll();
    });
    const all = waiting;
    waiting = null;
    for (const p of panels) p.now?.(all);
    host.dispatchEvent(new CustomEvent("drawn"));
    for (const p of panels) p.frame?.(all);
    host.dispatchEvent(new CustomEvent("all-drawn"));
  }
  const leave = alone ? followAddress(store, say) : () => {
  };
  const handsOff = listenToHands(alone ? document : root, store, { play: map.play, help: help.open });
  const paint = () => {
    root.dataset.theme = themeName();
    const t = readTheme(root);
    for (const p of panels) p.theme?.(t);
  };
  const watch = new MutationObserver(paint);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  watch.observe(document.body, {
    attributes: true,
    attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"]
  });
  dark.addEventListener("change", paint);
  const size2 = new ResizeObserver(() => {
    for (const p of panels) p.resize?.();
  });
  el.append(host);
  size2.observe(root);
  paint();
  return () => {
    deaf();
    handsOff();
    leave();
    cancelAnimationFrame(frameId);
    size2.disconnect();
    watch.disconnect();
    dark.removeEventListener("change", paint);
    for (const p of panels) p.close?.();
    host.remove();
  };
}

// explorer.js
var PATIENCE = 6e3;
var NO_ANSWER = "No Python answers here. To move the body, run this cell again in a notebook whose kernel runs, or open a page that vvipe export has written.";
function ask(model) {
  try {
    model.send({ type: "model?" });
  } catch (error) {
  }
}
function hidePicture(el, end) {
  const outputs = el.closest(".jp-OutputArea");
  const image = end && [...outputs?.querySelectorAll("img") ?? []].find((img) => img.src.endsWith(end));
  const output = image?.closest(".jp-OutputArea-child");
  if (output) output.style.display = "none";
  return () => output && (output.style.display = "");
}
function explorer() {
  let store = null;
  let ready = null;
  return {
    initialize({ model }) {
      ready = new Promise((resolve) => {
        const hear = (message, buffers) => {
          if (message?.type !== "model") return;
          model.off("msg:custom", hear);
          store = createStore(createEngine(message.header, buffers[0]), model);
          resolve(store);
        };
        model.on("msg:custom", hear);
        ask(model);
      });
      return () => store?.close();
    },
    async render({ el, signal }) {
      const note = h("p", { role: "status" }, "Waiting for the model from Python…");
      const patience = setTimeout(() => note.textContent = NO_ANSWER, PATIENCE);
      Object.assign(el.style, { flex: "1 1 auto", alignSelf: "stretch", minWidth: "0" });
      el.append(note);
      const s = await ready;
      clearTimeout(patience);
      note.remove();
      if (signal?.aborted) return void 0;
      const show = hidePicture(el, s.engine.header.picture);
      const close = mount(s, el);
      return () => {
        close();
        show();
      };
    }
  };
}
function openFrom(page) {
  const { about, bytes } = readPage(page, "weights");
  const { header, state } = about;
  const model = {
    get: (name) => state[name],
    set: (name, value) => {
      state[name] = value;
    },
    save_changes() {
    },
    on() {
    },
    off() {
    }
  };
  const el = h("div", {});
  page.body.append(el);
  mount(createStore(createEngine(header, bytes), model), el, "page");
}
var explorer_default = explorer;
export {
  createEngine,
  explorer_default as default,
  figure,
  handles,
  normalise,
  openFrom,
  seen,
  steady,
  turned,
  unpack
};
