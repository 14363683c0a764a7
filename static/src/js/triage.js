// The coordinator's queue: how many are chosen for one act on many, and beginnings of an answer put into its form without asking the server.
const many = document.querySelector("form[data-many]");

function count() {
  const chosen = many.querySelectorAll("[name=items]:checked").length;
  many.querySelector("[data-chosen]").textContent = chosen || "";
  many.toggleAttribute("data-none", !chosen);
}
if (many) {
  many.addEventListener("change", count);
  addEventListener("pageshow", count);
  count();
}

/** Puts the text where nothing is written, or in the place of another beginning that is untouched. */
function begin(field, text, others) {
  if (!field || (field.value.trim() && !others.includes(field.value))) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=start]");
  if (!button) return;
  event.preventDefault();
  const { form } = button;
  const all = [...form.querySelectorAll("button[name=start]")];
  for (const name of ["reason", "change"]) {
    begin(form.elements[name], button.dataset[name], all.map((one) => one.dataset[name]));
  }
  const reason = form.querySelector(`[name=reason_code][value="${button.value}"]`);
  if (reason) reason.checked = true;
  const field = form.elements.reason;
  const place = field.value.search(/\[[^[\]\n]+\]/);
  field.focus();
  if (place >= 0) field.setSelectionRange(place, field.value.indexOf("]", place) + 1);
});
