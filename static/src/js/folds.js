// Folded facts open where there is room for them: <details data-wide-open>.
if (matchMedia("(width >= 64rem)").matches) {
  for (const fold of document.querySelectorAll("details[data-wide-open]")) fold.open = true;
}
