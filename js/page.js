// Read what Python wrote into a page.

// Give the bytes of base64.
export function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

// Give the page's JSON, and the bytes in its element of this id.
export function readPage(page, id) {
  const read = (name) => page.getElementById(name).textContent;
  return { about: JSON.parse(read("about")), bytes: bytesOf(read(id)) };
}
