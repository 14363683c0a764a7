// A toast leaves after its seconds, unless somebody is reading or reaching for it. What went wrong stays until it is dismissed.
// A toast with an undo leaves on the second: what it offers is over then.
import { region } from "./say.js";

const seen = new WeakSet();

function leave(toast) {
  if (toast.contains(document.activeElement)) document.getElementById("main").focus({ preventScroll: true });
  toast.remove();
}

function time(toast) {
  if (seen.has(toast)) return;
  seen.add(toast);
  if (toast.dataset.level === "error") return;
  const undo = toast.querySelector("form");
  let ends = performance.now() + 1000 * Number(toast.dataset.seconds || 10);
  const tick = setInterval(() => {
    if (!toast.isConnected) return clearInterval(tick);
    const held = !undo && toast.matches(":hover, :focus-within");
    if (held) ends = Math.max(ends, performance.now() + 3000);
    if (performance.now() < ends) return;
    clearInterval(tick);
    leave(toast);
  }, 250);
}

const timeAll = () => document.querySelectorAll(".toast").forEach(time);
timeAll();
new MutationObserver(timeAll).observe(region, { childList: true });
document.addEventListener("htmx:load", timeAll);
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) leave(button.closest(".toast"));
});
