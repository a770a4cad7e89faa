// The map of the embedding.

import { drawBody, eye } from "../body.js";
import { VIEW } from "../constants.js";
import { h, onDrag, onKeys, onWheel, sheet } from "../dom.js";
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
      "a and b set the marks A and B, x clears them; plus and minus zoom, 0 shows all of it.",
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
  let hover = null; // the pose at the pointer: its place on the map, in pixels, and its name
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
  let shown = whole; // what is in the middle of the map, and how large
  const scale = () => {
    // pixels a unit; an axis with more room is stretched a little
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

  function look(zoom, x, y) {
    shown =
      zoom <= 1
        ? whole
        : { zoom: Math.min(zoom, 40), x: clamp(x, bounds[0], bounds[1]), y: clamp(y, bounds[2], bounds[3]) };
    show(null);
    drawGround();
    now();
  }
  // Zoom so that what is at a place stays there.
  function zoom(factor, px = it.width / 2, py = it.height / 2) {
    const [x, y] = fromPixel(px, py);
    const kept = clamp(shown.zoom * factor, 1, 40) / shown.zoom;
    look(shown.zoom * kept, x + (shown.x - x) / kept, y + (shown.y - y) / kept);
  }
  function pan(dx, dy) {
    const [sx, sy] = scale();
    look(shown.zoom, shown.x - dx / sx, shown.y + dy / sy);
  }

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
        const x = it.width / 2 + (xy[2 * i] - shown.x) * sx;
        const y = it.height / 2 - (xy[2 * i + 1] - shown.y) * sy;
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
      ctx.font = "700 10px system-ui, sans-serif"; // the browser lays the page out for it, so only where it must be
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
    if (hover) {
      ctx.beginPath();
      ctx.arc(...hover.place, 6, 0, 2 * Math.PI);
      ctx.strokeStyle = ink;
      ctx.lineWidth = 1.5;
      ctx.stroke();
    }
  }

  // The pose at a place of the map: the point that is there, or what lies between the points around it.
  function poseAt(x, y, within) {
    const i = nearest(x, y, within);
    if (i >= 0)
      return {
        place: toPixel([xy[2 * i], xy[2 * i + 1]]),
        name: engine.labels[engine.label[i]].replaceAll("_", " "),
        z: engine.zOf(i),
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
      if (finger) show(poseAt(x, y, 22)); // a finger can't hover: a tap names the pose
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
    },
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
          h("button", { onclick: () => zoom(1 / 1.5), "aria-label": "Zoom out of the map" }, "\u2212"),
        ),
        tip,
      ),
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
    play: path.toggle,
    close: path.close,
  };
}
