// Everyone who was found: who is followed, and the command that follows another one.

import { h } from "../dom.js";

export function peopleStrip(about) {
  if (!about.people.length) return null;
  const field = h("textarea", {
    class: "command",
    rows: 1,
    readonly: true,
    "aria-label": "command that follows this person",
  });
  const copy = h("button", { onclick: () => toClipboard(field, copy) }, "Copy");
  const line = h("div", { class: "row-of", hidden: true }, field, copy);
  const cards = about.people.map((person) => {
    const frames = `${person.frames} frame${person.frames === 1 ? "" : "s"}`;
    const words = [`track ${person.track}`, frames, person.followed ? "followed here" : null];
    return h(
      "button",
      { class: `card${person.followed ? " followed" : ""}`, "aria-pressed": "false", onclick: () => choose(person) },
      h("img", { src: `data:image/jpeg;base64,${person.picture}`, alt: "" }),
      h("div", {}, ...words.map((word) => word && h("div", {}, word))),
    );
  });

  function choose(person) {
    field.value = `${about.command} --person ${person.track}`;
    copy.textContent = "Copy";
    line.hidden = false;
    cards.forEach((card, i) => card.setAttribute("aria-pressed", String(about.people[i] === person)));
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`; // all of the command, on a phone too
    field.focus({ preventScroll: true });
    field.select();
    line.scrollIntoView({ block: "nearest" });
  }

  return h(
    "section",
    { "aria-label": "People" },
    h("h2", {}, "People found: choose one for the command that follows them"),
    h("div", { class: "cards" }, ...cards),
    line,
  );
}

// Copy a field's text; browsers that refuse it leave the text selected.
async function toClipboard(field, button) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    if (!document.execCommand("copy")) return;
  }
  button.textContent = "Copied";
}
