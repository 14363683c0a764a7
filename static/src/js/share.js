// A button with data-copy="id" copies what that field holds, and says so; one with data-print prints the page.
import { whisper } from "./say.js";

document.addEventListener("click", async ({ target }) => {
  if (target.closest("[data-print]")) print();
  const button = target.closest("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(field.value);
  } catch { // no clipboard without a safe connection: the old way
    field.select();
    document.execCommand("copy");
  }
  whisper(button.dataset.copied);
  button.lastChild.textContent = button.dataset.copied;
});
