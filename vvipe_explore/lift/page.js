
// The page of a lifted person: the frame with its keypoints, the body, a player. It follows explorer.js and uses its
// drawing functions. Sections: the frame, the body, the player, style, entry point.

// --- the frame with its keypoints ---------------------------------------------------------------------------

const LINES = [[1, 2, "trunk"], [7, 8, "trunk"], [1, 7, "left"], [2, 8, "right"], ...LIMBS.map(([a, b, , , side]) => [a, b, side])];

// The box around the keypoints of all frames, for a page without pictures: [x, y, width, height] in pixels.
function extent(t, frames) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < frames * 13; i++) {
    if (!t.present[i]) continue;
    x0 = Math.min(x0, t.keypoints[2 * i]); x1 = Math.max(x1, t.keypoints[2 * i]);
    y0 = Math.min(y0, t.keypoints[2 * i + 1]); y1 = Math.max(y1, t.keypoints[2 * i + 1]);
  }
  const edge = 0.06 * Math.max(x1 - x0, y1 - y0, 1);
  return [x0 - edge, y0 - edge, x1 - x0 + 2 * edge, y1 - y0 + 2 * edge];
}

function framePanel(about, t, changed) {
  const it = sheet({ class: "frame", role: "img", "aria-label": "The frame with the keypoints found in it" });
  const numbers = Object.keys(about.pictures).map(Number).sort((a, b) => a - b), images = new Map();
  const box = about.size ? [0, 0, ...about.size] : extent(t, about.frames);
  let theme, last = null;

  function pictureOf(k) {                    // the frame's own, or the last one kept before it
    let number = numbers[0];
    for (const n of numbers) { if (n > k * about.step) break; number = n; }
    if (number === undefined) return null;
    if (!images.has(number)) {
      const image = new Image();
      image.onload = changed;
      image.src = `data:image/jpeg;base64,${about.pictures[number]}`;
      images.set(number, image);
    }
    const image = images.get(number);
    if (image.complete && image.naturalWidth) last = image;
    return last;
  }

  function draw(k) {
    const { ctx } = it, scale = Math.min(it.width / box[2], it.height / box[3]);
    const left = (it.width - scale * box[2]) / 2, top = (it.height - scale * box[3]) / 2;
    const at = (j) => { const i = 2 * (13 * k + j); return [left + scale * (t.keypoints[i] - box[0]), top + scale * (t.keypoints[i + 1] - box[1])]; };
    ctx.clearRect(0, 0, it.width, it.height);
    const image = pictureOf(k);
    if (image) ctx.drawImage(image, left, top, scale * box[2], scale * box[3]);
    const there = (j) => t.present[13 * k + j];
    ctx.lineCap = "round";
    const lines = LINES.filter(([a, b]) => there(a) && there(b)).map(([a, b, side]) => [at(a), at(b), side]);
    if (there(0) && there(1) && there(2)) lines.unshift([at(0), at(1).map((v, i) => (v + at(2)[i]) / 2), "trunk"]);
    for (const [width, rim] of [[5, true], [3, false]]) {
      for (const [a, b, side] of lines) {
        ctx.lineWidth = width; ctx.strokeStyle = rim ? "rgb(255 255 255 / .75)" : css(theme[side]);
        ctx.beginPath(); ctx.moveTo(...a); ctx.lineTo(...b); ctx.stroke();
      }
    }
    for (let j = 0; j < 13; j++) {
      if (!there(j)) continue;
      ctx.beginPath(); ctx.arc(...at(j), 3.5, 0, 2 * Math.PI);
      ctx.fillStyle = "#fff"; ctx.fill();
      ctx.lineWidth = 1.5; ctx.strokeStyle = css(theme[j === 0 ? "trunk" : j % 2 ? "left" : "right"]); ctx.stroke();
    }
  }
  return { it, draw, theme: (t) => { theme = t; }, shape: box[2] / box[3] };
}

// --- the body -----------------------------------------------------------------------------------------------

const STATES = ["not seen", "", "filled in from the frames around it"];
const AHEAD = { azimuth: 0, elevation: 6, zoom: 1, x: 0, y: 0 };

function bodyPanel(about, t, state, changed) {
  const it = sheet({ class: "stage", tabindex: "0", role: "application",
    "aria-label": "The lifted body. Arrow keys turn it, plus and minus zoom, 0 resets the view." });
  let view = { ...AHEAD }, theme;
  const set = (change) => { view = { ...view, ...change }; changed(); };
  const turn = (dx, dy) => set({ azimuth: wrap(view.azimuth - dx), elevation: clamp(view.elevation + dy, -20, 85) });
  const zoom = (factor) => set({ zoom: clamp(view.zoom * factor, 0.5, 4) });

  function draw(k) {
    it.ctx.save();                           // the limbs set line ends that the floor's lines must not have
    paint(k);
    it.ctx.restore();
  }
  function paint(k) {
    const { ctx } = it, look = eye(view, it.width, it.height), from = state.canonical ? t.poses : t.standing;
    ctx.fillStyle = css(theme.bg); ctx.fillRect(0, 0, it.width, it.height);
    drawFloor(ctx, look, theme);
    if (t.state[k] === 0) return;
    const pose = from.subarray(39 * k, 39 * k + 39);
    ctx.globalCompositeOperation = "multiply";
    drawShadow(ctx, pose, look, theme);
    ctx.globalCompositeOperation = "source-over";
    if (t.state[k] === 2) drawGhost(ctx, pose, look, theme.trunk);
    else drawBody(ctx, pose, look, theme);
  }

  onDrag(it, () => (x, y, dx, dy) => turn(dx * 0.5, dy * 0.4), (factor) => zoom(factor));
  it.canvas.addEventListener("wheel", (event) => { event.preventDefault(); zoom(Math.exp(-event.deltaY * 0.0012)); }, { passive: false });
  it.canvas.addEventListener("dblclick", () => set(AHEAD));
  onKeys(it.canvas, {
    ArrowLeft: () => turn(8, 0), ArrowRight: () => turn(-8, 0), ArrowUp: () => turn(0, 6), ArrowDown: () => turn(0, -6),
    "+": () => zoom(1.15), "=": () => zoom(1.15), "-": () => zoom(1 / 1.15), 0: () => set(AHEAD),
  });
  return { it, draw, theme: (t) => { theme = t; } };
}

// --- the player: play, a slider over the frames, which way the body faces --------------------------------------

function playerBar(about, t, state, changed) {
  const rate = about.fps / about.step, number = (k) => k * about.step;
  const play = h("button", { class: "play", "aria-label": "Play", "aria-keyshortcuts": "Space" }, "\u25b6");
  const slider = h("input", { type: "range", min: 0, max: about.frames - 1, step: 1, value: 0, "aria-label": "frame" });
  const told = h("output", {}), ways = ["as the camera sees it", "turned to you"].map((name, k) =>
    h("button", { "aria-pressed": String(k === 0), onclick: () => {
      state.canonical = k === 1;
      ways.forEach((w, i) => w.setAttribute("aria-pressed", String(i === k)));
      changed();
    } }, name));
  let playing = 0, begun = 0, first = 0;

  function show() {
    const k = state.frame, word = STATES[t.state[k]];
    slider.value = k;
    slider.style.setProperty("--at", `${100 * k / Math.max(1, about.frames - 1)}%`);
    told.textContent = `frame ${number(k)} \u00b7 ${(number(k) / about.fps).toFixed(2)} s${word ? ` \u00b7 ${word}` : ""}`;
    slider.setAttribute("aria-valuetext", told.textContent);
  }
  function go(k) { state.frame = clamp(Math.round(k), 0, about.frames - 1); changed(); }
  function stop() {
    cancelAnimationFrame(playing); playing = 0;
    play.textContent = "\u25b6"; play.setAttribute("aria-label", "Play");
  }
  function tick(now) {
    begun ||= now;
    const k = first + Math.floor((now - begun) / 1000 * rate);
    if (k !== state.frame) go(k % about.frames);
    if (k >= about.frames) { first = state.frame; begun = now; }
    playing = requestAnimationFrame(tick);
  }
  function toggle() {
    if (playing) { stop(); return; }
    first = state.frame === about.frames - 1 ? 0 : state.frame; begun = 0;
    play.textContent = "\u275a\u275a"; play.setAttribute("aria-label", "Pause");
    playing = requestAnimationFrame(tick);
  }
  play.addEventListener("click", toggle);
  slider.addEventListener("input", () => { stop(); go(Number(slider.value)); });
  const node = h("div", { class: "bar" }, play, h("div", { class: "track" }, slider), told,
    h("div", { class: "ways", role: "group", "aria-label": "which way the body faces" }, ...ways));
  return { node, show, toggle, step: (by) => { stop(); go(state.frame + by); } };
}

// --- style ----------------------------------------------------------------------------------------------------

const LIFT_STYLE = `
.lift { max-width: 1500px; margin: 0 auto; padding: 12px; display: flex; flex-direction: column; gap: 10px; min-height: 100vh; }
.lift h1 { font-size: 15px; font-weight: 600; margin: 0; overflow-wrap: anywhere; }
.two { display: grid; gap: 10px; grid-template-columns: minmax(0, 1fr); flex: 1; }
.two .panel { min-height: 300px; overflow: hidden; padding: 0; grid-row: auto; }
.frame { position: absolute; inset: 0; width: 100%; height: 100%; }
.stage { cursor: grab; }
.bar { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; }
.bar .track { flex: 1 1 200px; }
.bar output { min-width: 11em; text-align: left; }
.ways { display: flex; }
.ways button:first-child { border-radius: 7px 0 0 7px; }
.ways button:last-child { border-radius: 0 7px 7px 0; margin-left: -1px; }
.ways [aria-pressed=true] { border-color: var(--ink); box-shadow: inset 0 0 0 1px var(--ink); z-index: 1; }
@container (min-width: 620px) { .two { grid-template-columns: minmax(0, var(--share)) minmax(0, 1fr); } .two .panel { min-height: 460px; } }
`;

// --- entry point ----------------------------------------------------------------------------------------------

function openLift(page) {
  const about = JSON.parse(page.getElementById("about").textContent);
  const text = atob(page.getElementById("numbers").textContent), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  const t = unpack(about.tensors, bytes), state = { frame: 0, canonical: false };
  let waiting = 0;
  const changed = () => { waiting ||= requestAnimationFrame(draw); };
  const frame = framePanel(about, t, changed), body = bodyPanel(about, t, state, changed);
  const bar = playerBar(about, t, state, changed);
  const key = h("div", { class: "key", "aria-hidden": "true" }, h("span", { class: "left" }, "left"), h("span", { class: "right" }, "right"));
  const root = h("div", { class: "app lift" }, h("h1", {}, about.title),
    h("div", { class: "two", style: `--share: ${clamp(frame.shape * 1.2, 0.7, 1.6).toFixed(2)}fr` },
      h("div", { class: "panel" }, frame.it.canvas), h("div", { class: "panel body" }, body.it.canvas, key)), bar.node);
  function draw() {
    waiting = 0;
    bar.show();
    if (frame.it.width > 4) { frame.draw(state.frame); body.draw(state.frame); }
  }
  const fit = () => { frame.it.fit(); body.it.fit(); changed(); };
  const paint = () => { root.dataset.theme = themeName(); const theme = readTheme(root); frame.theme(theme); body.theme(theme); fit(); };
  root.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    bar.toggle();
  });
  onKeys(page, { ",": () => bar.step(-1), ".": () => bar.step(1) });
  page.head.append(h("style", {}, STYLE + LIFT_STYLE));
  page.body.append(root);
  new ResizeObserver(fit).observe(root);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  paint();
}
