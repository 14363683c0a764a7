// Where the keyboard lies over the page instead of making it shorter (iOS), what sticks to the bottom is told how high it is.
const seen = window.visualViewport;
const measure = () => {
  const covered = seen.scale > 1 ? 0 : Math.max(0, Math.round(innerHeight - seen.height - seen.offsetTop));
  document.documentElement.style.setProperty("--keyboard", `${covered}px`);
};
seen?.addEventListener("resize", measure);
seen?.addEventListener("scroll", measure);
