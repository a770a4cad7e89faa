// Undo and redo: what the body, the camera and the marks were before each act.

const KEPT = ["z", "ghost", "up", "camera", "marks"];
const LIMIT = 200;

const pick = (state) => Object.fromEntries(KEPT.map((name) => [name, state[name]]));

// An act is what one press, one key or one message of Python does: however often it changes the state, one undo takes
// it back.
export function createHistory() {
  const past = [];
  const future = [];
  let fresh = true;
  const swap = (from, to, state) => {
    if (!from.length) return null;
    to.push(pick(state));
    fresh = true;
    return from.pop();
  };
  return {
    // The next change begins an act.
    begin() {
      fresh = true;
    },
    // Call it before the state changes, with the names of what changes.
    keep(state, names) {
      if (!fresh || !names.some((name) => KEPT.includes(name))) return;
      fresh = false;
      past.push(pick(state));
      if (past.length > LIMIT) past.shift();
      future.length = 0;
    },
    undo: (state) => swap(past, future, state),
    redo: (state) => swap(future, past, state),
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
  };
}
