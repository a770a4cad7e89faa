// The files that were written beside the page, to save: those that are in the page itself work wherever it is opened.

import { h } from "../dom.js";
import { bytesOf } from "../page.js";

const size = (bytes) =>
  bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

export function fileRow(about) {
  if (!about.files.length) return null;
  const links = about.files.map((file) => {
    const link = h("a", { class: "file", href: encodeURIComponent(file.name), download: file.name });
    if (file.data === null) link.title = "a file in the page's folder";
    else link.addEventListener("click", () => fill(link, file), { once: true });
    link.append(file.name, h("span", {}, size(file.bytes)));
    return link;
  });
  return h("section", { "aria-label": "Files" }, h("h2", {}, "Files"), h("div", { class: "row-of" }, ...links));
}

function fill(link, file) {
  link.href = URL.createObjectURL(new Blob([bytesOf(file.data)], { type: "application/octet-stream" }));
}
