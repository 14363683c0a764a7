// A form is sent once however often its button is pressed. Ctrl+Enter (or Cmd+Enter) in a text sends its form,
// by its first button that is not marked data-aside.
const buttonsOf = (form) => [...form.elements].filter((element) => element.type === "submit");

function hold(form) {
  form.dataset.sending = "";
  for (const button of buttonsOf(form)) button.setAttribute("aria-disabled", "true");
}

function release(form) {
  delete form.dataset.sending;
  for (const button of buttonsOf(form)) button.removeAttribute("aria-disabled");
}

addEventListener("submit", (event) => {
  if ("sending" in event.target.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  setTimeout(hold, 0, form); // after the browser has read which button was pressed
  setTimeout(release, 10_000, form); // an answer that is a file leaves the page standing
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(release));

document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => elt.matches("form[hx-post]") && hold(elt));
document.addEventListener("htmx:afterRequest", ({ detail: { elt } }) => elt.matches("form[hx-post]") && release(elt));

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || !event.target.matches("textarea")) return;
  const form = event.target.form;
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(buttonsOf(form).find((button) => !button.disabled && !("aside" in button.dataset)));
});
