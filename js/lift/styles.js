// The lift page's style, beside the explorer's.

export const LIFT_STYLE = `
.lift {
  max-width: 1500px;
  margin: 0 auto;
  padding: 8px max(12px, env(safe-area-inset-left));
  display: flex;
  flex-direction: column;
  gap: 12px;
  min-height: 100dvh;
}
.lift h1 {
  flex: none; /* the explorer's headings grow, and hide on a narrow page */
  position: static;
  width: auto;
  height: auto;
  clip-path: none;
  font-size: 15px;
  font-weight: 600;
  margin: 0;
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
}
/* Frame, body and player fill the window; on a low or narrow one the rest lies below them. */
.first {
  display: flex;
  flex-direction: column;
  gap: 8px;
  height: calc(100dvh - 16px);
  min-height: 280px;
}
.two {
  display: grid;
  gap: 8px;
  grid-template-columns: minmax(0, 1fr);
  grid-template-rows: minmax(0, 1fr) minmax(0, 1.1fr);
  flex: 1;
  min-height: 0;
}
.two .panel {
  min-height: 0;
  overflow: hidden;
  padding: 0;
  grid-row: auto;
}
.frame {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
}
.stage {
  cursor: grab;
}
.key .region::before {
  background: color-mix(in srgb, var(--muted) 15%, transparent);
  border: 1px solid var(--muted);
}
.marks {
  position: absolute;
  inset: calc(50% + 6px) 7px auto;
  height: 3px;
  pointer-events: none;
}
/* Two lines on a narrow page, one on a wide one, whether there is doubt or not: so nothing moves while it plays. */
.doubt {
  display: -webkit-box;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
  height: 2.7em;
  margin: 0;
  overflow: hidden;
  color: var(--right);
}
.bar {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 12px;
  align-items: center;
}
.bar .track {
  flex: 1 1 200px;
}
.bar output {
  min-width: 11em;
  text-align: left;
}
.ways {
  display: flex;
}
.ways button:first-child {
  border-radius: 7px 0 0 7px;
}
.ways button:last-child {
  border-radius: 0 7px 7px 0;
  margin-left: -1px;
}
.ways [aria-pressed="true"] {
  border-color: var(--ink);
  box-shadow: inset 0 0 0 1px var(--ink);
  z-index: 1;
}
.row-of,
.cards {
  display: flex;
  gap: 8px;
  align-items: stretch;
}
.row-of {
  flex-wrap: wrap;
}
.cards {
  overflow-x: auto;
  padding: 2px 2px 8px;
}
.cards + .row-of {
  flex-wrap: nowrap;
}
.card {
  flex: none;
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 5px 10px 5px 5px;
  font-size: 12px;
  text-align: left;
}
.card img {
  width: 56px;
  height: 72px;
  object-fit: contain;
  border-radius: 5px;
}
.card.followed {
  border-color: var(--accent);
}
.card.followed div > :last-child {
  color: var(--accent);
  font-weight: 600;
}
.card[aria-pressed="true"] {
  box-shadow: inset 0 0 0 1px var(--ink);
}
.command {
  flex: 1;
  min-width: 0;
  resize: none;
  padding: 6px 8px;
  font: 12px/1.4 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  color: var(--ink);
  background: var(--panel);
  border: 1px solid var(--line);
  border-radius: 7px;
}
.file {
  padding: 5px 10px;
  color: var(--ink);
  text-decoration: none;
  border: 1px solid var(--line);
  border-radius: 7px;
}
.file:hover {
  border-color: var(--muted);
}
.file span {
  margin-left: 8px;
  color: var(--muted);
}
.lift .frame {
  touch-action: auto;
}
@media (pointer: coarse) {
  .lift button,
  .file {
    min-height: 44px;
    display: inline-flex;
    align-items: center;
    justify-content: center;
  }
  .bar .track,
  .bar input[type="range"] {
    height: 44px;
  }
  .play {
    width: 44px;
  }
}
@container (min-width: 620px) {
  .two {
    grid-template-columns: minmax(0, var(--share)) minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
  }
  .doubt {
    -webkit-line-clamp: 1;
    height: 1.35em;
  }
  .bar {
    flex-wrap: nowrap;
  }
}
@media (min-width: 620px) and (min-height: 600px) {
  .first {
    flex: 1;
    height: auto;
    min-height: 460px;
  }
}
`;
