// Around every htmx request: a sign of waiting after 400 ms, the focus never lost, and a word when it fails.
import { show } from "./say.js";

const root = document.documentElement;
const waiting = new Set();
let mark;
let held;

function settle(xhr) {
  waiting.delete(xhr);
  if (waiting.size) return;
  clearTimeout(mark);
  root.classList.remove("busy");
}

document.addEventListener("htmx:beforeSend", ({ detail: { xhr, elt } }) => {
  waiting.add(xhr);
  clearTimeout(mark);
  mark = setTimeout(() => root.classList.add("busy"), 400);
  held = elt.contains(document.activeElement) ? xhr : held;
});
document.addEventListener("htmx:afterRequest", ({ detail: { xhr } }) => settle(xhr));
document.addEventListener("htmx:responseError", () => show("toast-failed"));
document.addEventListener("htmx:sendError", () => show("toast-offline"));

/** Where somebody should land in new content: at what has to be mended, or at the content itself when their place is gone. */
function land(target, lost) {
  const summary = target.querySelector(".ds-error-summary");
  const goal = summary ?? (lost && (target.querySelector("[autofocus]") ?? target));
  if (!goal) return;
  if (goal.tabIndex < 0) goal.tabIndex = -1;
  if (goal === target) goal.dataset.landing = "";
  goal.focus();
}

document.addEventListener("htmx:afterSettle", ({ detail: { xhr, target } }) => {
  const lost = held === xhr && (document.activeElement === document.body || document.activeElement === null);
  if (held === xhr) held = undefined;
  if (target.isConnected) land(target, lost);
});
land(document.getElementById("main"), false);
