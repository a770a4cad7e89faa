// The stage's style: what lies over the body.

export const STAGE_STYLE = `
.over {
  position: absolute;
  top: 10px;
  left: 14px;
  right: 12px;
  display: flex;
  justify-content: space-between;
  align-items: flex-start;
  gap: 12px;
  pointer-events: none;
  font-size: 12px;
}
.over button {
  pointer-events: auto;
  padding: 3px 9px;
  font-size: 12px;
}
.over button[aria-pressed="true"] {
  border-color: var(--accent);
  box-shadow: inset 0 0 0 1px var(--accent);
}
.switches {
  flex: none;
  display: flex;
  gap: 6px;
}
.usual {
  display: grid;
  justify-items: start;
  gap: 4px;
  color: var(--ink);
}
/* A body that is behind words does not cut through them. */
.usual .word,
.key span,
.told:not(:empty) {
  padding: 1px 5px;
  margin: -1px -5px;
  border-radius: 5px;
  background: color-mix(in srgb, var(--bg) 82%, transparent);
}
.scale {
  position: relative;
  width: 132px;
  height: 6px;
  margin-top: 5px;
  border-radius: 3px;
  background: linear-gradient(to right, var(--accent) 50%, var(--muted) 50%);
}
.scale::before {
  content: "";
  position: absolute;
  left: 50%;
  top: -2px;
  bottom: -2px;
  width: 1px;
  background: var(--ink);
}
.scale i {
  position: absolute;
  top: -4px;
  width: 6px;
  height: 14px;
  margin-left: -3px;
  border-radius: 3px;
  background: var(--ink);
  border: 1px solid var(--bg);
}
.told {
  position: absolute;
  right: 14px;
  bottom: 12px;
  max-width: 60%;
  text-align: right;
  color: var(--ink);
  font-size: 12px;
  pointer-events: none;
}
.key .before::before {
  border: 1.5px solid color-mix(in srgb, var(--muted) 80%, var(--bg));
}
`;
