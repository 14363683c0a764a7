// Facts that stand open beside the text are folded where they stand beneath it: <details open data-wide-open>.
if (!matchMedia("(width >= 64rem)").matches) {
  for (const fold of document.querySelectorAll("details[data-wide-open]")) fold.open = false;
}

// On paper there is nothing to press: everything folded is opened, and folded again afterwards.
const opened = [];
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll("main details:not([open])")) {
    fold.open = true;
    opened.push(fold);
  }
});
addEventListener("afterprint", () => {
  for (const fold of opened.splice(0)) fold.open = false;
});
