// Read what Python wrote into a page.

// Give the page's JSON, and the bytes in its element of this id.
export function readPage(page, id) {
  const text = atob(page.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return { about: JSON.parse(page.getElementById("about").textContent), bytes };
}
