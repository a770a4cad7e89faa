// Save what is seen: a link, a picture, the pose as numbers, the pose or the marked path as motion.

import { writeBvh } from "./bvh.js";
import { JOINTS } from "./constants.js";
import { h } from "./dom.js";
import { drawn } from "./drawn.js";
import { linkOf } from "./link.js";
import { plain } from "./store.js";

const FPS = 30;
const SECONDS = 2.2; // from A to B

function offer(name, blob) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function poseJson(store) {
  const { weights } = store.engine.header;
  const state = Object.fromEntries(["z", "pose", "camera", "view", "marks"].map((n) => [n, plain(store[n], n)]));
  const { gravity, up, engine } = store; // up: a direction in the frame of pose
  return JSON.stringify(
    { weights, unit: "metre", joint_names: JOINTS, ...state, gravity, up: Array.from(up ?? engine.up(store.z)) },
    null,
    1,
  );
}

// The marked path where there is one, else two frames of the pose: readers take the first of a file for a rest pose.
export function poseBvh(store) {
  const [a, b] = store.marks;
  const count = a && b ? Math.round(FPS * SECONDS) + 1 : 2;
  const frames = Array.from({ length: count }, (_, k) => {
    const t = k / (count - 1);
    const z = a && b ? a.map((v, i) => v + t * (b[i] - v)) : store.z;
    return drawn(store, store.engine.decode(z), z);
  });
  return writeBvh(frames, FPS);
}

export function createSave(store, stage, alone) {
  const said = h("span", { role: "status", class: "said" });
  const line = (text, act) =>
    h(
      "button",
      {
        onclick: () => {
          menu.open = false;
          act();
        },
      },
      text,
    );
  // on another computer the address of a file leads nowhere
  const file = location.protocol === "file:" ? "; send the page's file with it" : "";
  const copy = async () => {
    const link = `${location.href.split("#")[0]}#${linkOf(store)}`;
    try {
      await navigator.clipboard.writeText(link);
      said.textContent = `Link copied${file}`;
    } catch {
      history.replaceState(null, "", link); // a browser that lets no page copy
      said.textContent = `The address is the link: copy it${file}`;
    }
    setTimeout(() => (said.textContent = ""), file ? 8000 : 4000);
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
      line("Pose or path A to B (BVH)", () => text("pose.bvh", "text/plain", poseBvh(store))),
    ),
  );
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  return { menu, said };
}
