// The body, turned by hand.

import { drawBody, drawFloor, drawGhost, drawShadow, eye, figure } from "../body.js";
import { JOINTS, SIDES } from "../constants.js";
import { onDrag, onKeys, sheet } from "../dom.js";
import { clamp, wrap } from "../math.js";
import { css } from "../theme.js";

const AHEAD = { azimuth: 0, elevation: 6, zoom: 1, x: 0, y: 0 };

export function bodyPanel(about, t, state, changed) {
  const it = sheet({
    class: "stage",
    tabindex: "0",
    role: "application",
    "aria-label": "The lifted body. Arrow keys turn it, plus and minus zoom, 0 resets the view.",
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
    it.ctx.save(); // the limbs set line ends that the floor's lines must not have
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
    (factor) => zoom(factor),
  );
  it.canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY * 0.0012));
    },
    { passive: false },
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
    0: () => set(AHEAD),
  });
  return {
    it,
    draw,
    theme: (t) => {
      theme = t;
    },
  };
}

// A soft disc about each joint, as large as its 90 % region; 0 where the region is not known.
function drawRegions(ctx, pose, radius, look, colour) {
  figure(pose).points.forEach((point, j) => {
    if (!radius[j]) return;
    const [x, y, , scale] = look(...point);
    const paint = (alpha) => `rgb(${colour(j).join(" ")} / ${alpha})`;
    const shade = ctx.createRadialGradient(x, y, 0, x, y, scale * radius[j]);
    shade.addColorStop(0, paint(0.2));
    shade.addColorStop(1, paint(0.06));
    ctx.beginPath();
    ctx.arc(x, y, scale * radius[j], 0, 2 * Math.PI);
    ctx.fillStyle = shade;
    ctx.fill();
    ctx.lineWidth = 1;
    ctx.strokeStyle = paint(0.3);
    ctx.stroke();
  });
}
