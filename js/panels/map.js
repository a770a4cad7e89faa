// The map of the embedding.

import { drawBody, eye } from "../body.js";
import { VIEW } from "../constants.js";
import { h, onDrag, onKeys, sheet } from "../dom.js";
import { drawn } from "../drawn.js";
import { clamp } from "../math.js";
import { classColour, css, mix } from "../theme.js";
import { pathRow } from "./path.js";

export function mapPanel(store) {
  const { engine } = store;
  const { xy, points } = engine;
  const it = sheet({
    class: "map",
    tabindex: "0",
    role: "application",
    "aria-label":
      "Map of the embedding. Arrow keys move the body over it; Enter goes to the nearest point; " +
      "a and b set the marks A and B.",
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
  let hover = -1;
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
  const middle = [(bounds[0] + bounds[1]) / 2, (bounds[2] + bounds[3]) / 2];
  const scale = () => {
    // pixels a unit; an axis with more room is stretched a little
    const sx = (it.width - 36) / (bounds[1] - bounds[0] || 1);
    const sy = (it.height - 28) / (bounds[3] - bounds[2] || 1);
    return [Math.min(sx, 1.6 * sy), Math.min(sy, 1.6 * sx)];
  };
  const toPixel = ([x, y]) => {
    const [sx, sy] = scale();
    return [it.width / 2 + (x - middle[0]) * sx, it.height / 2 - (y - middle[1]) * sy];
  };
  const fromPixel = (x, y) => {
    const [sx, sy] = scale();
    return [middle[0] + (x - it.width / 2) / sx, middle[1] - (y - it.height / 2) / sy];
  };

  function nearest(x, y, within) {
    const [u, v] = fromPixel(x, y);
    const [sx, sy] = scale();
    let best = -1;
    let least = within ** 2;
    for (let i = 0; i < points; i++) {
      const far = ((xy[2 * i] - u) * sx) ** 2 + ((xy[2 * i + 1] - v) * sy) ** 2;
      if (far < least) {
        least = far;
        best = i;
      }
    }
    return best;
  }

  function drawGround() {
    // there are thousands of points: draw them once
    ground.width = it.canvas.width;
    ground.height = it.canvas.height;
    const ctx = ground.getContext("2d", { willReadFrequently: true });
    const size = points > 2500 ? 2.4 : 3.2;
    const [sx, sy] = scale();
    ctx.scale(it.ratio, it.ratio);
    const order = engine.labels.map((_, k) => k).sort((a, b) => (a === lit) - (b === lit));
    for (const k of order) {
      const faint = lit >= 0 && k !== lit;
      const r = k === lit ? size + 0.6 : size;
      ctx.fillStyle = css(
        faint
          ? mix(theme.bg, theme.muted, 0.22)
          : mix(classColour(engine.header.palette[k], theme), theme.bg, k === lit ? 0 : 0.18),
      );
      ctx.beginPath();
      for (let i = 0; i < points; i++) {
        if (engine.label[i] !== k) continue;
        const x = it.width / 2 + (xy[2 * i] - middle[0]) * sx;
        const y = it.height / 2 - (xy[2 * i + 1] - middle[1]) * sy;
        ctx.rect(x - r / 2, y - r / 2, r, r);
      }
      ctx.fill();
    }
  }

  function mark(place, fill, letter, ring) {
    const [x, y] = place;
    const { ctx } = it;
    ctx.beginPath();
    ctx.arc(x, y, ring, 0, 2 * Math.PI);
    ctx.fillStyle = fill;
    ctx.fill();
    ctx.lineWidth = 2;
    ctx.strokeStyle = css(theme.bg);
    ctx.stroke();
    if (letter) {
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
    ctx.font = "700 10px system-ui, sans-serif";
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
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
      // a diamond: the embedding of what the camera sees
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
    if (hover >= 0) {
      ctx.beginPath();
      ctx.arc(...toPixel([xy[2 * hover], xy[2 * hover + 1]]), 6, 0, 2 * Math.PI);
      ctx.strokeStyle = ink;
      ctx.lineWidth = 1.5;
      ctx.stroke();
    }
  }

  function show(i) {
    if (i === hover) return;
    hover = i;
    tip.hidden = i < 0;
    if (i >= 0) {
      const [x, y] = toPixel([xy[2 * i], xy[2 * i + 1]]);
      peekText.textContent = engine.labels[engine.label[i]].replaceAll("_", " ");
      tip.style.left = `${x + 14 + 112 > it.width ? x - 126 : x + 14}px`;
      tip.style.top = `${clamp(y - 70, 2, Math.max(2, it.height - 146))}px`;
      if (peek.fit()) {
        peek.ctx.clearRect(0, 0, peek.width, peek.height);
        drawBody(
          peek.ctx,
          drawn(store, engine.decode(engine.zOf(i))),
          eye({ ...VIEW, azimuth: store.view.azimuth }, peek.width, peek.height),
          theme,
        );
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
  const chips = engine.labels.map((label, k) =>
    h(
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
        },
      },
      h("i"),
      label.replaceAll("_", " "),
    ),
  );

  onDrag(it, (x, y) => {
    show(-1);
    let moved = false;
    const move = (px, py) => {
      if (!moved && Math.hypot(px - x, py - y) < 4) return;
      const z = engine.lies(...fromPixel(px, py));
      store.set({ z, ghost: z }, !moved);
      moved = true;
    };
    move.done = () => {
      if (moved) return;
      const i = nearest(x, y, 14);
      store.goTo(i >= 0 ? engine.zOf(i) : engine.lies(...fromPixel(x, y)));
    };
    return move;
  });
  it.canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) show(nearest(...it.place(event), 9));
  });
  it.canvas.addEventListener("pointerleave", () => show(-1));
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
    Enter: () => {
      const i = nearest(...toPixel(engine.place(store.z)), 1e6);
      if (i >= 0) store.goTo(engine.zOf(i));
    },
  });

  const path = pathRow(store, put);
  return {
    node: h(
      "section",
      { class: "panel mapping", "aria-label": "Map" },
      h("h2", {}, "Map of the embedding"),
      h("div", { class: "layers" }, ground, it.canvas, tip),
      h("div", { class: "chips", role: "group", "aria-label": "Activities" }, ...chips),
      path.node,
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
    close: path.close,
  };
}
