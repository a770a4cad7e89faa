// The frame with its keypoints.

import { JOINT as J, JOINTS, LIMBS, SIDES, TRUNK } from "../constants.js";
import { sheet } from "../dom.js";
import { css } from "../theme.js";

// The box around the keypoints of all frames, for a page without pictures: [x, y, width, height] in pixels.
function extent(t, frames) {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < frames * JOINTS.length; i++) {
    if (!t.present[i]) continue;
    x0 = Math.min(x0, t.keypoints[2 * i]);
    x1 = Math.max(x1, t.keypoints[2 * i]);
    y0 = Math.min(y0, t.keypoints[2 * i + 1]);
    y1 = Math.max(y1, t.keypoints[2 * i + 1]);
  }
  const edge = 0.06 * Math.max(x1 - x0, y1 - y0, 1);
  return [x0 - edge, y0 - edge, x1 - x0 + 2 * edge, y1 - y0 + 2 * edge];
}

export function framePanel(about, t, changed) {
  const it = sheet({ class: "frame", role: "img", "aria-label": "The frame with the keypoints found in it" });
  const numbers = Object.keys(about.pictures)
      .map(Number)
      .sort((a, b) => a - b),
    images = new Map();
  const box = about.size ? [0, 0, ...about.size] : extent(t, about.frames);
  let theme;
  let last = null;

  function pictureOf(k) {
    // the frame's own, or the last one kept before it
    let number = numbers[0];
    for (const n of numbers) {
      if (n > k * about.step) break;
      number = n;
    }
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
    const { ctx } = it;
    const scale = Math.min(it.width / box[2], it.height / box[3]);
    const left = (it.width - scale * box[2]) / 2;
    const top = (it.height - scale * box[3]) / 2;
    const at = (j) => {
      const i = 2 * (JOINTS.length * k + j);
      return [left + scale * (t.keypoints[i] - box[0]), top + scale * (t.keypoints[i + 1] - box[1])];
    };
    ctx.clearRect(0, 0, it.width, it.height);
    const image = pictureOf(k);
    if (image) ctx.drawImage(image, left, top, scale * box[2], scale * box[3]);
    const there = (j) => t.present[JOINTS.length * k + j];
    ctx.lineCap = "round";
    const lines = [...TRUNK, ...LIMBS]
      .filter(([a, b]) => there(a) && there(b))
      .map(([a, b, side]) => [at(a), at(b), side]);
    if ([J.nose, J.left_shoulder, J.right_shoulder].every(there)) {
      const right = at(J.right_shoulder);
      const neck = at(J.left_shoulder).map((v, i) => (v + right[i]) / 2);
      lines.unshift([at(J.nose), neck, "trunk"]);
    }
    for (const [width, rim] of [
      [5, true],
      [3, false],
    ]) {
      for (const [a, b, side] of lines) {
        ctx.lineWidth = width;
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
    theme: (t) => {
      theme = t;
    },
    shape: box[2] / box[3],
  };
}
