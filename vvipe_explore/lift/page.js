// Made of js/ by `make js`; change it there. SHA-256 of the sources: 3eb367252b0148fc6efe56ac6fef0f296f4fdaae87fb5b4f8444d0e6b9557aa6

// dom.js
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c != null));
  return node;
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
function onMove(node, hear) {
  let early = false;
  let heard = "";
  const tell = (event) => {
    const place = `${event.pointerId} ${event.clientX} ${event.clientY}`;
    if (place !== heard) hear(event);
    heard = place;
  };
  node.addEventListener("pointermove", tell);
  node.addEventListener("pointerrawupdate", (event) => {
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
function onKeys(node, keys) {
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](event);
  });
}

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

// page.js
function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
function readPage(page, id) {
  const read = (name) => page.getElementById(name).textContent;
  return { about: JSON.parse(read("about")), bytes: bytesOf(read(id)) };
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
  const middle = (a, b) => points[a].map((v, i) => (v + points[b][i]) / 2);
  const neck = middle(JOINT.left_shoulder, JOINT.right_shoulder);
  const hips = middle(JOINT.left_hip, JOINT.right_hip);
  const up = minus(neck, hips);
  const left = minus(points[JOINT.left_shoulder], points[JOINT.right_shoulder]).map(
    (v, i) => v + points[JOINT.left_hip][i] - points[JOINT.right_hip][i]
  );
  const forward = unit(cross(left, up));
  const nose = points[JOINT.nose];
  const face = unit(along(across(minus(nose, neck), unit(up)), forward, HEAD));
  const head = along(nose, face, -HEAD);
  head[1] += 0.015;
  const hands = ARMS.map(([elbow, wrist]) => along(points[wrist], unit(minus(points[wrist], points[elbow])), 0.1));
  const floor = Math.min(...points.map((q) => q[1]));
  const feet = LEGS.map((leg) => foot(...leg.slice(0, 3).map((j) => points[j]), forward, floor));
  const low = Math.min(floor - 0.045, ...feet.flat().map((q) => q[1] - SOLE));
  for (const q of [...points, neck, hips, head, ...hands, ...feet.flat()]) q[1] -= low;
  return { points, neck, hips, head, face, hands, feet };
}
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

// lift/body.js
var AHEAD = { azimuth: 0, elevation: 6, zoom: 1, x: 0, y: 0 };
function bodyPanel(about, t, state, changed) {
  const it = sheet({
    class: "stage",
    tabindex: "0",
    role: "application",
    "aria-label": "The lifted body. Arrow keys turn it, plus and minus zoom, 0 resets the view."
  });
  let view = { ...AHEAD };
  let theme;
  const set = (change) => {
    view = { ...view, ...change };
    changed();
  };
  const turn = (dx, dy) => set({ azimuth: wrap(view.azimuth - dx), elevation: clamp(view.elevation + dy, -20, 85) });
  const zoom = (factor) => set({ zoom: clamp(view.zoom * factor, 0.5, 4) });
  function draw(k) {
    it.ctx.save();
    paint(k);
    it.ctx.restore();
  }
  function paint(k) {
    const { ctx } = it;
    const look = eye(view, it.width, it.height);
    const from = state.canonical ? t.poses : t.standing;
    ctx.fillStyle = css(theme.bg);
    ctx.fillRect(0, 0, it.width, it.height);
    drawFloor(ctx, look, theme);
    if (t.state[k] === 0) return;
    const pose = from.subarray(3 * JOINTS.length * k, 3 * JOINTS.length * (k + 1));
    ctx.globalCompositeOperation = "multiply";
    drawShadow(ctx, pose, look, theme);
    ctx.globalCompositeOperation = "source-over";
    if (t.state[k] === 2) drawGhost(ctx, pose, look, theme.trunk);
    else drawBody(ctx, pose, look, theme);
    const radius = t.radius.subarray(JOINTS.length * k, JOINTS.length * (k + 1));
    drawRegions(ctx, pose, radius, look, (j) => theme[t.state[k] === 2 ? "trunk" : SIDES[j]]);
  }
  onDrag(
    it,
    () => (x, y, dx, dy) => turn(dx * 0.5, dy * 0.4),
    (factor) => zoom(factor)
  );
  it.canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 12e-4));
    },
    { passive: false }
  );
  it.canvas.addEventListener("dblclick", () => set(AHEAD));
  onKeys(it.canvas, {
    ArrowLeft: () => turn(8, 0),
    ArrowRight: () => turn(-8, 0),
    ArrowUp: () => turn(0, 6),
    ArrowDown: () => turn(0, -6),
    "+": () => zoom(1.15),
    "=": () => zoom(1.15),
    "-": () => zoom(1 / 1.15),
    0: () => set(AHEAD)
  });
  return {
    it,
    draw,
    theme: (t2) => {
      theme = t2;
    }
  };
}
function drawRegions(ctx, pose, radius, look, colour) {
  figure(pose).points.forEach((point, j) => {
    if (!radius[j]) return;
    const [x, y, , scale] = look(...point);
    const paint = (alpha) => `rgb(${colour(j).join(" ")} / ${alpha})`;
    const shade2 = ctx.createRadialGradient(x, y, 0, x, y, scale * radius[j]);
    shade2.addColorStop(0, paint(0.2));
    shade2.addColorStop(1, paint(0.06));
    ctx.beginPath();
    ctx.arc(x, y, scale * radius[j], 0, 2 * Math.PI);
    ctx.fillStyle = shade2;
    ctx.fill();
    ctx.lineWidth = 1;
    ctx.strokeStyle = paint(0.3);
    ctx.stroke();
  });
}

// lift/files.js
var size = (bytes) => bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
function fileRow(about) {
  if (!about.files.length) return null;
  const links = about.files.map((file) => {
    const link = h("a", { class: "file", href: encodeURIComponent(file.name), download: file.name });
    if (file.data === null) link.title = "a file in the page's folder";
    else link.addEventListener("click", () => fill2(link, file), { once: true });
    link.append(file.name, h("span", {}, size(file.bytes)));
    return link;
  });
  return h("section", { "aria-label": "Files" }, h("h2", {}, "Files"), h("div", { class: "row-of" }, ...links));
}
function fill2(link, file) {
  link.href = URL.createObjectURL(new Blob([bytesOf(file.data)], { type: "application/octet-stream" }));
}

// lift/frame.js
function framePanel(about, t, changed) {
  const it = sheet({
    class: "frame",
    role: "img",
    "aria-label": "The person in the frame, with the keypoints found"
  });
  const numbers = Object.keys(about.pictures).map(Number);
  const images = /* @__PURE__ */ new Map();
  let theme;
  let last = null;
  function pictureOf(k) {
    const number = numbers.findLast((n) => n <= k * about.step) ?? numbers[0];
    if (number === void 0) return null;
    if (!images.has(number)) {
      const { box, jpeg } = about.pictures[number];
      const image = new Image();
      image.onload = changed;
      image.src = `data:image/jpeg;base64,${jpeg}`;
      images.set(number, { image, box });
    }
    const picture = images.get(number);
    if (picture.image.complete && picture.image.naturalWidth) last = picture;
    return last;
  }
  function draw(k) {
    const { ctx } = it;
    const [x, y, width, height] = t.boxes.subarray(4 * k, 4 * k + 4);
    const scale = Math.min(it.width / width, it.height / height);
    const left = (it.width - scale * width) / 2 - scale * x;
    const top = (it.height - scale * height) / 2 - scale * y;
    const at = (j) => {
      const i = 2 * (JOINTS.length * k + j);
      return [left + scale * t.keypoints[i], top + scale * t.keypoints[i + 1]];
    };
    ctx.clearRect(0, 0, it.width, it.height);
    const picture = pictureOf(k);
    if (picture) {
      const [px, py, w, h2] = picture.box.map((v) => scale * v);
      ctx.drawImage(picture.image, left + px, top + py, w, h2);
    }
    const there = (j) => t.present[JOINTS.length * k + j];
    ctx.lineCap = "round";
    const lines = [...TRUNK, ...LIMBS].filter(([a, b]) => there(a) && there(b)).map(([a, b, side]) => [at(a), at(b), side]);
    if ([JOINT.nose, JOINT.left_shoulder, JOINT.right_shoulder].every(there)) {
      const right = at(JOINT.right_shoulder);
      const neck = at(JOINT.left_shoulder).map((v, i) => (v + right[i]) / 2);
      lines.unshift([at(JOINT.nose), neck, "trunk"]);
    }
    for (const [width2, rim] of [
      [5, true],
      [3, false]
    ]) {
      for (const [a, b, side] of lines) {
        ctx.lineWidth = width2;
        ctx.strokeStyle = rim ? "rgb(255 255 255 / .75)" : css(theme[side]);
        ctx.beginPath();
        ctx.moveTo(...a);
        ctx.lineTo(...b);
        ctx.stroke();
      }
    }
    for (let j = 0; j < JOINTS.length; j++) {
      if (!there(j)) continue;
      ctx.beginPath();
      ctx.arc(...at(j), 3.5, 0, 2 * Math.PI);
      ctx.fillStyle = "#fff";
      ctx.fill();
      ctx.lineWidth = 1.5;
      ctx.strokeStyle = css(theme[SIDES[j]]);
      ctx.stroke();
    }
  }
  return {
    it,
    draw,
    theme: (t2) => {
      theme = t2;
    },
    shape: t.boxes[2] / t.boxes[3]
  };
}

// lift/people.js
function peopleStrip(about) {
  if (!about.people.length) return null;
  const field = h("textarea", {
    class: "command",
    rows: 1,
    readonly: true,
    "aria-label": "command that follows this person"
  });
  const copy = h("button", { onclick: () => toClipboard(field, copy) }, "Copy");
  const line = h("div", { class: "row-of", hidden: true }, field, copy);
  const cards = about.people.map((person) => {
    const frames = `${person.frames} frame${person.frames === 1 ? "" : "s"}`;
    const words = [`track ${person.track}`, frames, person.followed ? "followed here" : null];
    return h(
      "button",
      { class: `card${person.followed ? " followed" : ""}`, "aria-pressed": "false", onclick: () => choose(person) },
      h("img", { src: `data:image/jpeg;base64,${person.picture}`, alt: "" }),
      h("div", {}, ...words.map((word) => word && h("div", {}, word)))
    );
  });
  function choose(person) {
    field.value = `${about.command} --person ${person.track}`;
    copy.textContent = "Copy";
    line.hidden = false;
    cards.forEach((card, i) => card.setAttribute("aria-pressed", String(about.people[i] === person)));
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
    field.focus({ preventScroll: true });
    field.select();
    line.scrollIntoView({ block: "nearest" });
  }
  return h(
    "section",
    { "aria-label": "People" },
    h("h2", {}, "People found: choose one for the command that follows them"),
    h("div", { class: "cards" }, ...cards),
    line
  );
}
async function toClipboard(field, button) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand("copy")) return;
  }
  button.textContent = "Copied";
}

// lift/player.js
var STATES = ["not seen", "", "filled in from the frames around it"];
function playerBar(about, t, state, changed) {
  const rate = about.fps / about.step;
  const number = (k) => k * about.step;
  const play = h("button", { class: "play", "aria-label": "Play", "aria-keyshortcuts": "Space" }, "▶");
  const slider = h("input", {
    type: "range",
    min: 0,
    max: about.frames - 1,
    step: 1,
    value: 0,
    "aria-label": "frame"
  });
  const told = h("output", {}), ways = ["as the camera sees it", "turned to you"].map(
    (name, k) => h(
      "button",
      {
        "aria-pressed": String(k === 0),
        onclick: () => {
          state.canonical = k === 1;
          ways.forEach((w, i) => w.setAttribute("aria-pressed", String(i === k)));
          changed();
        }
      },
      name
    )
  );
  let playing = 0;
  let begun = 0;
  let first = 0;
  function show() {
    const k = state.frame;
    const word = STATES[t.state[k]];
    slider.value = k;
    slider.style.setProperty("--at", `${100 * k / Math.max(1, about.frames - 1)}%`);
    const seconds = `${(number(k) / about.fps).toFixed(2)} s`;
    told.textContent = [`frame ${number(k)}`, seconds, word].filter(Boolean).join(" · ");
    slider.setAttribute("aria-valuetext", told.textContent);
  }
  function go(k) {
    state.frame = clamp(Math.round(k), 0, about.frames - 1);
    changed();
  }
  function stop() {
    cancelAnimationFrame(playing);
    playing = 0;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
  }
  function tick(now) {
    begun ||= now;
    const k = first + Math.floor((now - begun) / 1e3 * rate);
    if (k !== state.frame) go(k % about.frames);
    if (k >= about.frames) {
      first = state.frame;
      begun = now;
    }
    playing = requestAnimationFrame(tick);
  }
  function toggle() {
    if (playing) {
      stop();
      return;
    }
    first = state.frame === about.frames - 1 ? 0 : state.frame;
    begun = 0;
    play.textContent = "❚❚";
    play.setAttribute("aria-label", "Pause");
    playing = requestAnimationFrame(tick);
  }
  play.addEventListener("click", toggle);
  slider.addEventListener("input", () => {
    stop();
    go(Number(slider.value));
  });
  const node = h(
    "div",
    { class: "bar" },
    play,
    h("div", { class: "track" }, slider, h("div", { class: "marks", style: `background: ${marks(about)}` })),
    told,
    h("div", { class: "ways", role: "group", "aria-label": "which way the body faces" }, ...ways)
  );
  return {
    node,
    show,
    toggle,
    step: (by) => {
      stop();
      go(state.frame + by);
    }
  };
}
function marks(about) {
  const last = Math.max(1, about.frames - 1);
  const place = (k) => `${(100 * clamp(k, 0, last) / last).toFixed(2)}%`;
  const stops = [];
  for (let k = 0; k < about.frames; k++) {
    if (!about.doubt[k]) continue;
    const first = k;
    while (about.doubt[k + 1]) k++;
    const [from, to] = [place(first - 0.5), place(k + 0.5)];
    stops.push(`transparent ${from}`, `var(--right) ${from} ${to}`, `transparent ${to}`);
  }
  return stops.length ? `linear-gradient(to right, ${stops.join(", ")})` : "none";
}

// lift/styles.js
var LIFT_STYLE = `
.lift {
  max-width: 1500px;
  margin: 0 auto;
  padding: 8px max(12px, env(safe-area-inset-left));
  display: flex;
  flex-direction: column;
  gap: 12px;
  min-height: 100dvh;
}
.lift h1 {
  flex: none; /* the explorer's headings grow, and hide on a narrow page */
  position: static;
  width: auto;
  height: auto;
  clip-path: none;
  font-size: 15px;
  font-weight: 600;
  margin: 0;
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
}
/* Frame, body and player fill the window; on a low or narrow one the rest lies below them. */
.first {
  display: flex;
  flex-direction: column;
  gap: 8px;
  height: calc(100dvh - 16px);
  min-height: 280px;
}
.two {
  display: grid;
  gap: 8px;
  grid-template-columns: minmax(0, 1fr);
  grid-template-rows: minmax(0, 1fr) minmax(0, 1.1fr);
  flex: 1;
  min-height: 0;
}
.two .panel {
  min-height: 0;
  overflow: hidden;
  padding: 0;
  grid-row: auto;
}
.frame {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
}
.stage {
  cursor: grab;
}
.key .region::before {
  background: color-mix(in srgb, var(--muted) 15%, transparent);
  border: 1px solid var(--muted);
}
.marks {
  position: absolute;
  inset: calc(50% + 6px) 7px auto;
  height: 3px;
  pointer-events: none;
}
/* Two lines on a narrow page, one on a wide one, whether there is doubt or not: so nothing moves while it plays. */
.doubt {
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  height: 2.7em;
  margin: 0;
  overflow: hidden;
  color: var(--right);
}
.bar {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 12px;
  align-items: center;
}
.bar .track {
  flex: 1 1 200px;
}
.bar output {
  min-width: 11em;
  text-align: left;
}
.ways {
  display: flex;
}
.ways button:first-child {
  border-radius: 7px 0 0 7px;
}
.ways button:last-child {
  border-radius: 0 7px 7px 0;
  margin-left: -1px;
}
.ways [aria-pressed="true"] {
  border-color: var(--ink);
  box-shadow: inset 0 0 0 1px var(--ink);
  z-index: 1;
}
.row-of,
.cards {
  display: flex;
  gap: 8px;
  align-items: stretch;
}
.row-of {
  flex-wrap: wrap;
}
.cards {
  overflow-x: auto;
  padding: 2px 2px 8px;
}
.cards + .row-of {
  flex-wrap: nowrap;
}
.card {
  flex: none;
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 5px 10px 5px 5px;
  font-size: 12px;
  text-align: left;
}
.card img {
  width: 56px;
  height: 72px;
  object-fit: contain;
  border-radius: 5px;
}
.card.followed {
  border-color: var(--accent);
}
.card.followed div > :last-child {
  color: var(--accent);
  font-weight: 600;
}
.card[aria-pressed="true"] {
  box-shadow: inset 0 0 0 1px var(--ink);
}
.command {
  flex: 1;
  min-width: 0;
  resize: none;
  padding: 6px 8px;
  font: 12px/1.4 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  color: var(--ink);
  background: var(--panel);
  border: 1px solid var(--line);
  border-radius: 7px;
}
.file {
  padding: 5px 10px;
  color: var(--ink);
  text-decoration: none;
  border: 1px solid var(--line);
  border-radius: 7px;
}
.file:hover {
  border-color: var(--muted);
}
.file span {
  margin-left: 8px;
  color: var(--muted);
}
.lift .frame {
  touch-action: auto;
}
@media (pointer: coarse) {
  .lift button,
  .file {
    min-height: 44px;
    display: inline-flex;
    align-items: center;
    justify-content: center;
  }
  .bar .track,
  .bar input[type="range"] {
    height: 44px;
  }
  .play {
    width: 44px;
  }
}
@container (min-width: 620px) {
  .two {
    grid-template-columns: minmax(0, var(--share)) minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
  }
  .doubt {
    -webkit-line-clamp: 1;
    height: 1.35em;
  }
  .bar {
    flex-wrap: nowrap;
  }
}
@media (min-width: 620px) and (min-height: 600px) {
  .first {
    flex: 1;
    height: auto;
    min-height: 460px;
  }
}
`;

// lift/page.js
function openLift(page) {
  const { about, bytes } = readPage(page, "numbers");
  const t = unpack(about.tensors, bytes);
  const state = { frame: 0, canonical: false };
  let waiting = 0;
  const changed = () => {
    waiting ||= requestAnimationFrame(draw);
  };
  const frame = framePanel(about, t, changed);
  const body = bodyPanel(about, t, state, changed);
  const bar = playerBar(about, t, state, changed);
  const key = h(
    "div",
    { class: "key", "aria-hidden": "true" },
    h("span", { class: "left" }, "left"),
    h("span", { class: "right" }, "right"),
    t.radius.some(Boolean) ? h("span", { class: "region" }, about.region) : null
  );
  const doubt = Object.keys(about.doubt).length ? h("p", { class: "doubt", role: "status" }) : null;
  const share = `--share: ${clamp(frame.shape * 1.2, 0.7, 1.6).toFixed(2)}fr`;
  const two = h(
    "div",
    { class: "two", style: share },
    h("div", { class: "panel" }, frame.it.canvas),
    h("div", { class: "panel body" }, body.it.canvas, key)
  );
  const first = h("div", { class: "first" }, h("h1", { title: about.title }, about.title), two, doubt, bar.node);
  const root = h("main", { class: "app lift" }, first, peopleStrip(about), fileRow(about));
  function draw() {
    waiting = 0;
    bar.show();
    if (doubt) say(doubt, about.doubt[state.frame]);
    if (frame.it.width > 4) {
      frame.draw(state.frame);
      body.draw(state.frame);
    }
  }
  const fit = () => {
    frame.it.fit();
    body.it.fit();
    changed();
  };
  const paint = () => {
    root.dataset.theme = themeName();
    const theme = readTheme(root);
    frame.theme(theme);
    body.theme(theme);
    fit();
  };
  onKeys(page, { ",": () => bar.step(-1), ".": () => bar.step(1) });
  page.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, a, [readonly]")) return;
    event.preventDefault();
    bar.toggle();
  });
  page.head.append(h("style", {}, STYLE + LIFT_STYLE));
  page.body.append(root);
  new ResizeObserver(fit).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  paint();
}
function say(line, reasons = "") {
  const text = reasons && `Do not rely on this frame: ${reasons}.`;
  if (line.textContent !== text) line.textContent = line.title = text;
}
export {
  openLift
};
