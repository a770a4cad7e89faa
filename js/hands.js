// What hands do anywhere in the explorer: each input stops what plays and begins an act of the history; some keys work
// wherever the focus is.

const QUIET = new Set(["Shift", "Control", "Alt", "Meta", "Tab"]); // keys that say nothing by themselves

// where: the page's document, or the explorer's root in a notebook.
export function listenToHands(where, store, { play, help }) {
  const on = (event, what) => event.composedPath().some((node) => node.matches?.(what));
  const begin = (event) => {
    if (!on(event, ".play")) store.act();
  };
  const keyBegins = (event) => {
    if (!event.repeat && !event.ctrlKey && !event.metaKey && event.key !== " " && !QUIET.has(event.key)) begin(event);
  };
  const key = (event) => {
    if (on(event, "input[type=search], dialog")) return;
    const turns = event.ctrlKey || event.metaKey;
    const name = event.key.toLowerCase();
    let act = null;
    if (turns && name === "z") act = event.shiftKey ? store.redo : store.undo;
    else if (turns && name === "y") act = store.redo;
    else if (!turns && name === " " && !on(event, "button, summary")) act = play;
    else if (!turns && name === "?") act = help;
    if (!act) return;
    event.preventDefault();
    act();
  };
  const heard = [
    ["pointerdown", begin],
    ["wheel", begin, { passive: true }],
    ["change", begin],
    ["click", (event) => event.detail === 0 && begin(event)], // of a key or a screen reader
    ["keydown", keyBegins],
  ];
  for (const [name, f, more] of heard) where.addEventListener(name, f, { capture: true, ...more });
  where.addEventListener("keydown", key);
  return () => {
    for (const [name, f] of heard) where.removeEventListener(name, f, { capture: true });
    where.removeEventListener("keydown", key);
  };
}
