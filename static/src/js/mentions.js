// Naming a colleague: in <textarea data-people="address"> an @ and two letters of a name ask the address for people who may read, and offer
// them in a listbox beneath. The focus stays in the text; arrows move, Enter or Tab choose, Escape leaves. Without script, and when nothing
// is chosen, "@Förnamn Efternamn" written in full means the same. An <input data-people> takes one name, without the @.
import { whisper } from "./say.js";

const BEGUN = /(?:^|[^\p{L}\p{N}_@.])@(\p{L}[\p{L}'’-]*(?: \p{L}[\p{L}'’-]*){0,2})$/u;
let field; // where somebody writes
let list; // what is offered there now
let from = 0; // where the @ stands
let wait;
let asked;

function close() {
  clearTimeout(wait);
  asked?.abort();
  list?.remove();
  list = undefined;
  for (const name of ["aria-controls", "aria-activedescendant"]) field?.removeAttribute(name);
}

const isName = () => field.matches("input");
const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => list.querySelector("[aria-selected=true]");

function point(option) {
  chosen()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function open(html) {
  close();
  const holder = document.createElement("div");
  holder.innerHTML = html;
  list = holder.firstElementChild ?? undefined;
  if (!list) return;
  field.after(list);
  field.setAttribute("aria-controls", list.id);
  list.scrollIntoView({ block: "nearest" });
  point(options()[0]);
  whisper(list.dataset.say);
}

function take(option) {
  if (isName()) field.value = option.dataset.written.slice(1);
  else field.setRangeText(`${option.dataset.written} `, from, field.selectionEnd, "end");
  close();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

async function ask(text) {
  const address = new URL(field.dataset.people, location.href);
  address.searchParams.set("q", text);
  if (field.form?.elements.internal?.checked) address.searchParams.set("internal", "1");
  asked = new AbortController();
  const { signal } = asked;
  try {
    const answer = await fetch(address, { signal, headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      const html = await answer.text();
      if (!signal.aborted) open(html);
    }
  } catch {
    // aborted, or no connection: the name can still be written in full
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.matches(":is(textarea, input)[data-people]")) return;
  if (field !== event.target) close();
  field = event.target;
  field.setAttribute("aria-autocomplete", "list");
  const text = field.value.slice(0, field.selectionEnd);
  const begun = field.selectionStart === field.selectionEnd && BEGUN.exec(isName() ? `@${text}` : text);
  if (!begun || begun[1].length < 2) return close();
  from = isName() ? 0 : field.selectionEnd - begun[1].length - 1;
  clearTimeout(wait);
  asked?.abort();
  wait = setTimeout(ask, 150, begun[1]);
});

const MOVES = { ArrowDown: 1, ArrowUp: -1 };
document.addEventListener("keydown", (event) => {
  if (!list || event.target !== field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key in MOVES) {
    const all = options();
    point(all[(all.indexOf(chosen()) + MOVES[event.key] + all.length) % all.length]);
  } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) take(chosen());
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

// A press must not take the focus from the text, so that nothing closes before the choice is made.
document.addEventListener("pointerdown", (event) => list?.contains(event.target) && event.preventDefault());
document.addEventListener("mousedown", (event) => list?.contains(event.target) && event.preventDefault());
document.addEventListener("click", (event) => {
  const option = list?.contains(event.target) && event.target.closest("[role=option]");
  if (option) take(option);
});
document.addEventListener("focusout", (event) => event.target === field && close());
