// The lift page's style, beside the explorer's.

export const LIFT_STYLE = `
.lift {
  max-width: 1500px;
  margin: 0 auto;
  padding: 12px;
  display: flex;
  flex-direction: column;
  gap: 10px;
  min-height: 100vh;
}
.lift h1 {
  font-size: 15px;
  font-weight: 600;
  margin: 0;
  overflow-wrap: anywhere;
}
.two {
  display: grid;
  gap: 10px;
  grid-template-columns: minmax(0, 1fr);
  flex: 1;
}
.two .panel {
  min-height: 300px;
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
@container (min-width: 620px) {
  .two {
    grid-template-columns: minmax(0, var(--share)) minmax(0, 1fr);
  }
  .two .panel {
    min-height: 460px;
  }
}
`;
