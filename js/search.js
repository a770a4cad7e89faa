// Search for a named pose: type a part of its name; Enter goes to it, and again to the next one of that name.

import { h } from "./dom.js";

export function createSearch(store) {
  const { poses } = store.engine.header; // [name, its embeddings' places on the map, the most telling first]
  let last = "";
  let turn = 0;
  let timer = 0;
  const input = h("input", {
    type: "search",
    list: "named-poses",
    placeholder: "Find a pose",
    "aria-label": "Find a pose by name",
    enterkeyhint: "search",
    autocomplete: "off",
    spellcheck: "false",
  });
  const said = h("span", { class: "said", role: "status" });
  const say = (text) => {
    clearTimeout(timer);
    said.textContent = text;
    timer = setTimeout(() => (said.textContent = ""), 4000); // it lies over what is below
  };
  const find = () => {
    const words = input.value.trim().toLowerCase();
    if (!words) return;
    const found = poses.find(([name]) => name === words) ?? poses.find(([name]) => name.includes(words));
    if (!found) {
      say(`no pose is named ${words}`);
      return;
    }
    const [name, places] = found;
    turn = name === last ? (turn + 1) % places.length : 0;
    last = name;
    say(`${name}, ${turn + 1} of ${places.length}`);
    store.act();
    store.goTo(store.engine.zOf(places[turn]));
  };
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") find();
  });
  input.addEventListener("input", (event) => {
    say("");
    const chosen = !event.inputType || event.inputType === "insertReplacementText"; // from the list, not typed
    if (chosen && poses.some(([name]) => name === input.value)) find();
  });
  const list = h("datalist", { id: "named-poses" }, ...poses.map(([name]) => h("option", { value: name })));
  return h("div", { class: "search", role: "search" }, input, list, said);
}
