// The bell's panel reads the latest notices each time it opens.
const bell = document.getElementById("bell");
bell?.addEventListener("toggle", (event) => {
  if (event.newState === "open") window.htmx?.trigger("#bell-list", "open");
});
