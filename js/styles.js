// The explorer's style: colours and layout.

import { LEFT, RIGHT } from "./constants.js";

export const STYLE = `
:host { display: block; min-width: 320px; }
.app {
  --bg: #ffffff; --panel: #f6f7f9; --ink: #1c2733; --muted: #667282; --line: #dfe3e8; --track: #858e9b;
  --left: ${LEFT}; --right: ${RIGHT}; --trunk: #9aa3af; --ghost: #dbe0e7; --shadow: #e9ecf0; --accent: #087e68;
  color-scheme: light; --bar: 40px; --tall: 100vh; container-type: inline-size; position: relative;
  color: var(--ink); background: var(--bg);
  font: 13px/1.35 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; text-align: left;
}
.app[data-theme=dark] {
  --bg: #14181e; --panel: #1b2129; --ink: #e8edf3; --muted: #98a5b5; --line: #2d3743; --track: #68727f;
  --left: #3f9fdc; --right: #f0893a; --trunk: #8a94a3; --ghost: #2c3540; --shadow: #8b9097; --accent: #3ec5a5;
  color-scheme: dark;
}
/* In a notebook: no taller than most of the window; what does not fit scrolls inside. */
.notebook {
  --tall: min(88vh, 760px);
}
.notebook .grid {
  max-height: calc(var(--tall) - var(--bar));
  overflow-y: auto;
}
.notebook .grid > .body.body {
  top: 0; /* below the padding of what scrolls */
}
.notebook:focus-visible {
  outline-offset: -2px;
}
.app,
.app * {
  box-sizing: border-box;
}
[hidden] {
  display: none !important;
}
.top {
  position: relative;
  display: flex;
  align-items: center;
  gap: 6px;
  padding: 8px 10px 0;
}
h1,
.top h2 {
  flex: 1;
  min-width: 0;
  margin: 0 2px;
  font-size: 14px;
  font-weight: 600;
  color: var(--ink);
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
}
.top button {
  min-width: 34px;
  padding: 4px 8px;
}
.search {
  position: relative;
  flex: 0 1 190px;
  min-width: 90px;
}
input[type="search"] {
  width: 100%;
  font: inherit;
  color: var(--ink);
  background: var(--bg);
  border: 1px solid var(--muted);
  border-radius: 7px;
  padding: 4px 8px;
}
.said:empty {
  display: none;
}
.top .said {
  position: absolute;
  z-index: 4;
  right: 10px;
  top: calc(100% + 4px);
  padding: 3px 8px;
  color: var(--ink);
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 7px;
  white-space: nowrap;
}
.search .said {
  left: 0;
  right: auto;
}
.menu {
  position: relative;
}
.menu summary {
  list-style: none;
  border: 1px solid var(--line);
  border-radius: 7px;
  padding: 4px 10px;
  cursor: pointer;
}
.menu summary::-webkit-details-marker {
  display: none;
}
.menu .lines {
  position: absolute;
  z-index: 5;
  right: 0;
  top: calc(100% + 4px);
  display: grid;
  width: max-content;
  gap: 2px;
  padding: 6px;
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 10px;
  box-shadow: 0 4px 16px rgb(0 0 0 / 0.2);
}
.menu .lines button {
  border: 0;
  text-align: left;
}
.notice {
  position: absolute;
  z-index: 4;
  top: var(--bar);
  left: 10px;
  right: 10px;
  margin: 0;
  background: var(--bg);
  padding: 8px 12px;
  border: 1px solid var(--right);
  border-radius: 8px;
}
.help {
  width: min(460px, calc(100vw - 24px));
  max-height: calc(100vh - 24px);
  padding: 14px 18px 18px;
  color: var(--ink);
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 12px;
}
.help::backdrop {
  background: rgb(0 0 0 / 0.35);
}
.helphead {
  display: flex;
  justify-content: space-between;
  align-items: center;
}
.helphead h2 {
  margin: 0;
  font-size: 15px;
  color: var(--ink);
}
h3 {
  margin: 12px 0 4px;
  font-size: 12px;
  color: var(--muted);
}
dl {
  display: grid;
  grid-template-columns: minmax(0, 1fr) minmax(0, 1.4fr);
  gap: 3px 12px;
  margin: 0;
}
dd {
  margin: 0;
  color: var(--muted);
}
.zooms {
  position: absolute;
  right: 6px;
  bottom: 6px;
  display: flex;
  gap: 4px;
}
.zooms button {
  min-width: 28px;
  padding: 2px 0;
}
.path input.off {
  opacity: 0.45;
}
.path output {
  min-width: 3em;
}
.grid {
  display: grid;
  gap: 10px;
  padding: 10px;
  grid-template-columns: minmax(0, 1fr);
}
.panel {
  background: var(--panel);
  border-radius: 10px;
  padding: 10px 12px;
  min-width: 0;
  display: flex;
  flex-direction: column;
  position: relative;
}
.panel.body {
  background: var(--bg);
  border: 1px solid var(--line);
  padding: 0;
  overflow: hidden;
  min-height: 380px;
}
h2 {
  font-size: 12px;
  font-weight: 600;
  margin: 0 0 8px;
  color: var(--muted);
  letter-spacing: 0.01em;
}
/* A swipe over a canvas sets, and never scrolls; over a slider or the chart it sets across and scrolls up and down. */
canvas {
  display: block;
  touch-action: none;
}
.chart,
.grid .track {
  touch-action: pan-y;
}
.stage {
  flex: 1;
  width: 100%;
  height: 100%;
  min-height: 0;
  position: absolute;
  inset: 0;
  border-radius: 10px;
}
.key {
  position: absolute;
  left: 14px;
  bottom: 12px;
  display: flex;
  gap: 14px;
  color: var(--muted);
  font-size: 12px;
  pointer-events: none;
}
.key span::before {
  content: "";
  display: inline-block;
  width: 9px;
  height: 9px;
  border-radius: 50%;
  margin-right: 6px;
  background: var(--ghost);
}
.key .left::before {
  background: var(--left);
}
.key .right::before {
  background: var(--right);
}
.row {
  display: grid;
  grid-template-columns: 1fr auto;
  column-gap: 8px;
  margin-bottom: 7px;
}
.row .track {
  grid-column: 1 / -1;
}
label {
  overflow-wrap: anywhere;
}
label::first-letter {
  text-transform: uppercase;
}
output {
  font-variant-numeric: tabular-nums;
  color: var(--muted);
  text-align: right;
}
.track {
  position: relative;
  display: flex;
  align-items: center;
  height: 18px;
  min-width: 0;
  flex: 1;
}
input[type="range"] {
  -webkit-appearance: none;
  appearance: none;
  width: 100%;
  height: 18px;
  margin: 0;
  background: transparent;
  cursor: pointer;
  --at: 50%;
}
input[type="range"]::-webkit-slider-runnable-track {
  height: 4px;
  border-radius: 2px;
  background: linear-gradient(to right, var(--accent) var(--at), var(--track) var(--at));
}
input[type="range"]::-moz-range-track {
  height: 4px;
  border-radius: 2px;
  background: linear-gradient(to right, var(--accent) var(--at), var(--track) var(--at));
}
.row input::-webkit-slider-runnable-track {
  background: linear-gradient(
    to right,
    var(--track) min(50%, var(--at)),
    var(--accent) min(50%, var(--at)) max(50%, var(--at)),
    var(--track) max(50%, var(--at))
  );
}
.row input::-moz-range-track {
  background: linear-gradient(
    to right,
    var(--track) min(50%, var(--at)),
    var(--accent) min(50%, var(--at)) max(50%, var(--at)),
    var(--track) max(50%, var(--at))
  );
}
input[type="range"]::-webkit-slider-thumb {
  -webkit-appearance: none;
  width: 14px;
  height: 14px;
  margin-top: -5px;
  border-radius: 50%;
  background: var(--bg);
  border: 2px solid var(--accent);
}
input[type="range"]::-moz-range-thumb {
  width: 10px;
  height: 10px;
  border-radius: 50%;
  background: var(--bg);
  border: 2px solid var(--accent);
}
input[type="range"]:disabled {
  opacity: 0.45;
  cursor: default;
}
:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
  border-radius: 6px;
}
canvas:focus-visible {
  outline-offset: -2px;
  border-radius: 10px;
}
input[type="range"]:focus-visible {
  outline: none;
}
input[type="range"]:focus-visible::-webkit-slider-thumb {
  background: var(--accent);
  box-shadow:
    0 0 0 3px var(--panel),
    0 0 0 5px var(--accent);
}
input[type="range"]:focus-visible::-moz-range-thumb {
  background: var(--accent);
  box-shadow:
    0 0 0 3px var(--panel),
    0 0 0 5px var(--accent);
}
.seen,
.diamond {
  display: inline-block;
  width: 7px;
  height: 7px;
  transform: rotate(45deg);
  border: 1.5px solid var(--accent);
  background: var(--panel);
}
.seen {
  position: absolute;
  bottom: -2px;
  margin-left: -3.5px;
  pointer-events: none;
}
.diamond {
  margin: 0 8px 0 3px;
}
button {
  font: inherit;
  color: var(--ink);
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 7px;
  padding: 4px 10px;
  cursor: pointer;
  white-space: nowrap;
}
button:hover:not(:disabled) {
  border-color: var(--muted);
}
button:disabled {
  opacity: 0.45;
  cursor: default;
}
.rows {
  flex: 1;
  display: flex;
  flex-direction: column;
  justify-content: space-between;
  max-height: 560px;
}
.buttons {
  display: flex;
  gap: 6px;
  padding-top: 12px;
}
.buttons button {
  flex: 1 1 auto;
  padding: 4px 6px;
}
.noise,
.path {
  display: flex;
  align-items: center;
  gap: 8px;
  margin-top: 8px;
}
.noise output {
  width: 2.4em;
}
.path .set {
  border-color: var(--ink);
  box-shadow: inset 0 0 0 1px var(--ink);
}
.play {
  width: 36px;
  padding: 4px 0;
  text-align: center;
}
.layers {
  position: relative;
  flex: 1;
  min-height: 200px;
  border-radius: 8px;
  background: var(--bg);
}
.layers > canvas {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
  border-radius: 8px;
}
.map {
  cursor: crosshair;
}
.ground {
  pointer-events: none;
}
.tip {
  position: absolute;
  width: 112px;
  padding: 4px;
  background: var(--bg);
  border: 1px solid var(--line);
  border-radius: 8px;
  box-shadow: 0 3px 12px rgb(0 0 0 / 0.18);
  pointer-events: none;
  text-align: center;
  font-size: 12px;
}
.tip canvas {
  width: 102px;
  height: 114px;
}
.chips {
  display: flex;
  flex-wrap: wrap;
  gap: 1px 2px;
  margin-top: 8px;
}
.chip {
  border: 0;
  background: none;
  padding: 1px 6px 1px 4px;
  font-size: 11.5px;
  color: var(--ink);
  border-radius: 5px;
  max-width: 160px;
  overflow: hidden;
  text-overflow: ellipsis;
}
.chip i {
  display: inline-block;
  width: 9px;
  height: 9px;
  border-radius: 3px;
  margin-right: 5px;
}
.chip.dim {
  color: var(--muted);
}
.chip.dim i {
  opacity: 0.35;
}
.chip[aria-pressed="true"] {
  background: var(--bg);
  box-shadow: inset 0 0 0 1px var(--muted);
}
.split {
  display: flex;
  flex-wrap: wrap;
  gap: 8px 14px;
  align-items: center;
}
.views {
  display: flex;
  gap: 8px;
}
figure {
  margin: 0;
}
figure canvas {
  width: 116px;
  height: 116px;
  background: var(--bg);
  border-radius: 8px;
}
.picture {
  cursor: grab;
}
figcaption,
.charttitle {
  font-size: 11.5px;
  color: var(--muted);
  margin-top: 3px;
  text-align: center;
  white-space: nowrap;
  font-variant-numeric: tabular-nums;
}
.charttitle {
  text-align: left;
  white-space: normal;
  margin: 8px 0 4px;
}
.charttitle span {
  color: var(--ink);
  font-weight: 600;
}
.missing {
  width: 140px;
  color: var(--muted);
  margin: 0;
}
.knobs {
  flex: 1 1 170px;
}
.knob {
  display: grid;
  grid-template-columns: 58px minmax(40px, 1fr) 42px;
  align-items: center;
  gap: 6px;
  font-size: 12px;
}
.charted {
  display: flex;
  flex-direction: column;
  flex: 1;
}
.chart {
  width: 100%;
  flex: 1 0 92px;
  contain: size; /* a canvas as high as it was drawn before would keep the panel that high */
  cursor: ew-resize;
}
/* One column: the body stays above what scrolls. */
@container (max-width: 619.98px) {
  .grid {
    display: flex;
    flex-direction: column;
    padding-top: 0;
  }
  .grid > .body {
    position: sticky;
    top: var(--bar);
    z-index: 2;
    flex: none;
    height: 42vh;
    height: 42svh;
    min-height: 230px;
    margin: 0 -10px;
    border-width: 0 0 1px;
    border-radius: 0;
  }
  .top {
    position: sticky;
    top: 0;
    z-index: 3;
    margin: 0;
    padding: 6px 10px;
    background: var(--bg);
  }
  .notebook .top {
    position: relative;
  }
  .grid :is(input, button, canvas) {
    scroll-margin-top: calc(var(--bar) + max(42vh, 230px) + 12px);
  }
  .layers {
    flex: none;
    height: 42vh;
    height: 42svh;
  }
  h1,
  .top h2 {
    position: absolute;
    width: 1px;
    height: 1px;
    clip-path: inset(50%);
  }
  .search {
    flex: 1;
  }
  .views {
    justify-content: space-around;
    width: 100%;
  }
}
@container (max-width: 760px) {
  .switches {
    flex-direction: column; /* beside the head, not over it */
  }
}
/* Where a panel is narrow, the way from A to B has a line of its own. */
@container (max-width: 1199.98px) {
  .path {
    flex-wrap: wrap;
  }
  .path :is(.track, output) {
    order: 1;
  }
  .path .track {
    flex: 1 1 60%;
  }
  .path button:not(.play, :last-child) {
    flex: 1;
  }
  .chart {
    flex-basis: 140px;
  }
}
/* What the camera sees stays in view while its curve is touched. */
@container (max-width: 999.98px) {
  .split {
    display: contents;
  }
  .knobs {
    order: 1;
    flex: none;
    margin-top: 6px;
  }
}
/* Two columns; in a low window the body fills the first one and stays, and the rest scrolls in the second. */
@container (min-width: 620px) {
  .grid {
    grid-template-columns: minmax(0, 1.12fr) minmax(0, 1fr);
    grid-auto-rows: minmax(400px, auto);
  }
  .body {
    min-height: 400px;
  }
}
@media (max-height: 940px) {
  @container (min-width: 620px) and (max-width: 999.98px) {
    .grid {
      grid-auto-rows: auto;
    }
    .grid > .body {
      grid-row: 1 / 4;
      position: sticky;
      top: 10px;
      height: calc(var(--tall) - var(--bar) - 20px);
      min-height: 200px;
    }
    .layers {
      flex: none;
      height: min(360px, calc(100vh - 80px));
    }
  }
}
@container (min-width: 1000px) {
  .grid {
    grid-template-columns: minmax(0, 1.2fr) 236px minmax(0, 1.06fr);
    --room: calc(max(var(--tall) - var(--bar), 660px) - 30px);
    --low: max(310px, 0.425 * var(--room));
    grid-template-rows: minmax(max-content, calc(var(--room) - var(--low))) minmax(max-content, var(--low));
    grid-auto-rows: auto;
  }
  .grid > .body {
    position: sticky;
    top: 10px;
    max-height: max(var(--tall) - var(--bar) - 20px, 380px);
  }
  .chart {
    flex-basis: 92px;
  }
  .body,
  .sliders {
    grid-row: 1 / 3;
  }
  .filming {
    grid-column: 3;
    grid-row: 2;
  }
}
@container (min-width: 1000px) and (max-width: 1199.98px) {
  .grid {
    grid-template-columns: minmax(0, 1fr) 216px minmax(0, 1fr);
  }
  .split {
    gap: 8px 10px;
  }
  .knobs {
    flex-basis: 152px; /* beside the pictures */
  }
  figure,
  figure canvas {
    width: 88px;
  }
  figure canvas {
    height: 88px;
  }
  figcaption {
    white-space: normal;
  }
}
@container (min-width: 1900px) {
  figure canvas {
    width: 190px;
    height: 190px;
  }
}
/* For a finger: targets of 44 pixels, a slider's name beside it. */
@media (pointer: coarse) {
  .app {
    --bar: 56px;
  }
  .grid button,
  .top button,
  .help button,
  .menu summary,
  input[type="search"] {
    min-height: 44px;
    min-width: 44px;
  }
  .menu summary {
    display: flex;
    align-items: center;
  }
  input[type="search"] {
    font-size: 16px; /* a smaller one makes a phone zoom in */
  }
  .chips {
    gap: 0 4px;
  }
  .grid .track,
  .grid input[type="range"] {
    height: 44px;
  }
  .row {
    grid-template-columns: minmax(0, 7.5em) minmax(60px, 1fr) 2.4em;
    align-items: center;
    margin: 0;
  }
  .row .track {
    grid-column: 2;
    grid-row: 1;
  }
  .row output {
    grid-column: 3;
  }
  @container (min-width: 1000px) {
    .row {
      grid-template-columns: 1fr auto;
    }
    .row .track {
      grid-column: 1 / -1;
      grid-row: auto;
    }
    .row output {
      grid-column: 2;
    }
  }
  .seen {
    bottom: 8px;
  }
  .grid input[type="range"] {
    pointer-events: none;
  }
  .grid input[type="range"]::-webkit-slider-thumb {
    width: 22px;
    height: 22px;
    margin-top: -9px;
  }
  .grid input[type="range"]::-moz-range-thumb {
    width: 18px;
    height: 18px;
  }
}
/* Where the system chooses the colours, what tells by its colour keeps it. */
@media (forced-colors: active) {
  .key span::before,
  .chip i,
  .scale,
  .scale i,
  .seen,
  .diamond,
  input[type="range"] {
    forced-color-adjust: none;
  }
  .panel,
  .layers,
  figure canvas,
  .scale {
    border: 1px solid;
  }
  .menu summary {
    color: ButtonText;
    border-color: ButtonBorder;
  }
  button:disabled {
    opacity: 1; /* GrayText says it */
  }
  button[aria-pressed="true"],
  .path .set {
    forced-color-adjust: none;
    color: HighlightText;
    background: Highlight;
  }
}
@media (prefers-reduced-motion: no-preference) {
  button {
    transition: border-color 0.12s;
  }
}
`;
