// The frame with its keypoints.

import { JOINT as J, JOINTS, LIMBS, SIDES, TRUNK } from "../constants.js";
import { sheet } from "../dom.js";
import { css } from "../theme.js";

// What is shown of the picture follows the person: t.boxes holds x, y, width and height for each frame, in pixels.
export function framePanel(about, t, changed) {
  const it = sheet({
    class: "frame",
    role: "img",
    "aria-label": "The person in the frame, with the keypoints found",
  });
  const numbers = Object.keys(about.pictures).map(Number);
  const images = new Map();
  let theme;
  let last = null;

  // The frame's own picture and its box, or those of the last one kept before it.
  function pictureOf(k) {
    const number = numbers.findLast((n) => n <= k * about.step) ?? numbers[0];
    if (number === undefined) return null;
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
      const [px, py, w, h] = picture.box.map((v) => scale * v);
      ctx.drawImage(picture.image, left + px, top + py, w, h);
    }
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
    shape: t.boxes[2] / t.boxes[3],
  };
}
