// Elements, canvases, and what hands do on them.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c != null));
  return node;
}

// A canvas that knows its size in CSS pixels; drawing is in CSS pixels too.
export function sheet(attributes) {
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

// Draw what seldom changes once: gives a function that lays it over the sheet. It is drawn anew where the sheet's size
// or one of the keys has changed.
export function backdrop(it, draw) {
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

// Write a text; the browser lays the page out only where it has changed.
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Hear a pointer's moves. A browser tells of them with the next frame; where it tells of them at once too, the first
// one of a frame is heard at once, so that what it changes is drawn before that frame.
export function onMove(node, hear) {
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
    requestAnimationFrame(() => (early = false));
    tell(event);
  });
}

// Follow a pointer from press to release: start(x, y, event) may give a function move(x, y, dx, dy, event).
export function onDrag(it, start, pinch = null) {
  const pointers = new Map();
  let move = null;
  let box = null; // where the canvas is: to ask for it at each move would make the browser lay out the page
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

// Follow one pointer across: a mouse sets at once, a finger when it moves more across than up or down, or lets go
// where it went down. Up and down the page scrolls, and then nothing is set. set(x) takes a place in CSS pixels.
export function onSlide(node, set, done = null) {
  let from = null; // where the pointer went down
  let sliding = false;
  const place = (event) => event.clientX - node.getBoundingClientRect().left;
  node.addEventListener("pointerdown", (event) => {
    if (event.target !== node) return; // a slider under a mouse sets itself
    from = [event.clientX, event.clientY];
    sliding = event.pointerType === "mouse";
    if (sliding) set(place(event));
    node.setPointerCapture?.(event.pointerId);
  });
  onMove(node, (event) => {
    if (!from) return;
    const [dx, dy] = [Math.abs(event.clientX - from[0]), Math.abs(event.clientY - from[1])];
    sliding ||= dx > Math.max(6, dy);
    if (sliding) set(place(event));
  });
  node.addEventListener("pointerup", (event) => {
    if (!from) return;
    if (!sliding && Math.hypot(event.clientX - from[0], event.clientY - from[1]) < 10) set(place(event));
    from = null;
    done?.();
  });
  node.addEventListener("pointercancel", () => {
    from = null;
    if (sliding) done?.();
  });
}

// A finger on a browser's own slider sets it as it goes down, also where it is about to scroll. So where the pointer
// is a finger, the style takes pointers from the slider, and its track sets it instead. What a mouse does with it is
// heard at once, see onMove.
export function slideByPointer(track) {
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
    (x) => set(x, 22), // the thumbs' widths in pixels, as in styles.js
    () => tell("change"),
  );
  let left = null; // where the slider begins, while a mouse holds it
  input.addEventListener("pointerdown", (event) => {
    left = event.button === 0 ? input.getBoundingClientRect().left : null;
  });
  for (const name of ["pointerup", "pointercancel"]) input.addEventListener(name, () => (left = null));
  onMove(input, (event) => left !== null && set(event.clientX - left, 14));
}

// Zoom with the wheel where the pointer has moved over the canvas, not where a page that scrolls has brought it there.
export function onWheel(it, zoom) {
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
      zoom(Math.exp(-event.deltaY * 0.0012), ...it.place(event));
    },
    { passive: false },
  );
}

export function onKeys(node, keys) {
  node.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key](event);
  });
}
