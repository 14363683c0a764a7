// How many characters are left in a field with data-count="120": said beneath the field when little is left, and read aloud when the
// writer pauses.
import { whisper } from "./say.js";

const frame = document.getElementById("count-frame");
let pause;

function lineOf(field) {
  const id = `${field.id}-count`;
  const there = document.getElementById(id);
  if (there) return there;
  const line = frame.content.firstElementChild.cloneNode(true);
  line.id = id;
  field.after(line);
  field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  return line;
}

function count(field) {
  if (!field.id) return;
  const limit = Number(field.dataset.count);
  const left = limit - [...field.value.trim()].length; // as the server counts
  const near = left < limit / 5;
  if (!near && !document.getElementById(`${field.id}-count`)) return;
  const line = lineOf(field);
  line.hidden = !near;
  line.classList.toggle("late", left < 0);
  line.lastElementChild.textContent = left;
  clearTimeout(pause);
  if (near && document.activeElement === field) pause = setTimeout(whisper, 1000, line.textContent.trim());
}

document.addEventListener("input", (event) => event.target.matches("[data-count]") && count(event.target));
const countAll = () => document.querySelectorAll("[data-count]").forEach(count);
countAll();
document.addEventListener("htmx:load", countAll);
