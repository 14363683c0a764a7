// Speaks through the page's one polite live region.
export const region = document.getElementById("say");

/** Reads a text aloud without showing it. A later text replaces the one before. */
export function whisper(text) {
  let line = region.querySelector(".sr");
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "sr" });
    region.prepend(line);
  }
  line.textContent = text;
}

/** Shows a copy of the toast kept in the template with this id. */
export function show(id) {
  const template = document.getElementById(id);
  if (!template) return;
  for (const other of region.querySelectorAll(`[data-from=${id}]`)) other.remove();
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.from = id;
  region.append(toast);
}
