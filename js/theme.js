// Colours: those of the page's theme, mixed and written as CSS.

const COLOURS = ["bg", "panel", "ink", "muted", "line", "left", "right", "trunk", "ghost", "shadow", "accent"];

export const hex = (colour) => [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
export const mix = (a, b, share) => a.map((v, i) => v + (b[i] - v) * share);
export const css = (rgb) => `rgb(${rgb.map((v) => Math.round(v)).join(",")})`;

export function readTheme(root) {
  const style = getComputedStyle(root);
  const theme = {};
  for (const name of COLOURS) theme[name] = hex(style.getPropertyValue(`--${name}`).trim());
  theme.dark = root.dataset.theme === "dark";
  theme.tones = {};
  return theme;
}

// The colour of a class of points: lighter on a dark background, grey for a class without a colour.
export function classColour(colour, theme) {
  return colour ? mix(hex(colour), [255, 255, 255], theme.dark ? 0.25 : 0) : mix(theme.muted, theme.bg, 0.3);
}

export function themeName() {
  const { body } = document;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter) return jupyter === "true" ? "light" : "dark";
  if (body.classList.contains("vscode-dark") || document.documentElement.getAttribute("theme") === "dark")
    return "dark";
  if (body.classList.contains("vscode-light")) return "light";
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
