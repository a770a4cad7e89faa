// What is seen, as the end of the page's address, so that a link shows it again: body, camera, view and marks, and
// which weights they are of.

import { bytesOf } from "./page.js";

const ANGLES = {
  camera: ["azimuth", "elevation", "roll", "distance"],
  view: ["azimuth", "elevation", "zoom", "x", "y"],
};
const MARKS = ["a", "b"];
const SWITCHES = ["raw", "gravity"];

// An embedding as base64 of its float32, in letters that an address may have.
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

export function linkOf(store) {
  const words = new URLSearchParams({ weights: store.engine.header.weights, z: written(store.z) });
  for (const [name, parts] of Object.entries(ANGLES))
    words.set(name, parts.map((part) => Number(store[name][part].toFixed(3))).join("_"));
  if (store.ghost && store.ghost !== store.z) words.set("ghost", written(store.ghost));
  MARKS.forEach((letter, k) => store.marks[k] && words.set(letter, written(store.marks[k])));
  if (store.up) words.set("up", store.up.map((v) => v.toFixed(4)).join("_"));
  for (const name of SWITCHES) words.set(name, Number(store[name]));
  return words.toString();
}

// What a link says, as a change of the state, or why it can't be shown; null for an address without a pose.
export function readLink(text, engine) {
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
  for (const [name, parts] of Object.entries(ANGLES)) {
    const values = (words.get(name) ?? "").split("_").map(Number);
    if (values.length === parts.length && values.every(Number.isFinite))
      change[name] = Object.fromEntries(parts.map((part, k) => [part, values[k]]));
  }
  const up = (words.get("up") ?? "").split("_").map(Number);
  if (up.length === 3 && up.every(Number.isFinite)) change.up = up;
  for (const name of SWITCHES) if (words.has(name)) change[name] = words.get(name) === "1";
  return change;
}

const REST = 300; // ms without a change, after which the address is written; browsers limit how often one may

// Keep a page's address and the store alike. say(text) shows why a link can't be shown.
export function followAddress(store, say) {
  let timer = 0;
  const show = () => {
    const found = readLink(location.hash.slice(1), store.engine);
    say(found?.wrong ?? "");
    if (found?.change) {
      store.act();
      store.set(found.change);
    }
  };
  const write = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      say("");
      history.replaceState(null, "", `#${linkOf(store)}`);
    }, REST);
  };
  show();
  window.addEventListener("hashchange", show);
  const deaf = store.listen(write);
  return () => {
    clearTimeout(timer);
    window.removeEventListener("hashchange", show);
    deaf();
  };
}
