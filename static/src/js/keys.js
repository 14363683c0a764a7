// Single keys: aria-keyshortcuts="T" on a link, button or field says which key reaches it, and is what makes it so.
// Off where the reader has switched them off, while writing, and outside an open dialog.
const off = document.body.dataset.singleKeys === "off";

document.addEventListener("keydown", (event) => {
  if (off || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  const room = document.querySelector("dialog[open]") ?? document;
  const goal = [...room.querySelectorAll("[aria-keyshortcuts]")].findLast(
    (element) => element.getAttribute("aria-keyshortcuts").toLowerCase() === event.key.toLowerCase() && (element.checkVisibility() || "keyAnywhere" in element.dataset),
  );
  if (!goal) return;
  event.preventDefault();
  if ("keyFocus" in goal.dataset || goal.matches("input:not([type=checkbox]), textarea, select")) goal.focus();
  else goal.click();
});
