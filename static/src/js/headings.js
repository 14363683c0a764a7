// Suggests a heading from the first sentence of what was seen, when the writer leaves that field and has written none. As long as it is
// left as it is it follows the text; it is an ordinary text in an ordinary field, and sending asks for it as ever.
import { whisper } from "./say.js";

const LONGEST = 80;
const SHORTEST = 5;

function headingOf(text) {
  const line = text.trim().replace(/^[#>*\-\s]+/, "").split("\n")[0];
  const sentence = line.match(/^.*?[.?](?=\s|$)/)?.[0] ?? line;
  const words = (sentence.length > SHORTEST ? sentence : line).replace(/[.\s]+$/, "");
  if (words.length <= LONGEST) return words;
  return `${words.slice(0, LONGEST).replace(/\s+\S*$/, "")} …`;
}

for (const hint of document.querySelectorAll("[data-suggests]")) {
  const { title, problem } = hint.closest("form").elements;
  let suggested = "";
  problem.addEventListener("blur", () => {
    const heading = headingOf(problem.value);
    if ((title.value.trim() && title.value !== suggested) || heading.length < SHORTEST || heading === title.value) return;
    title.value = suggested = heading;
    if (hint.hidden) whisper(hint.textContent);
    hint.hidden = false;
    title.dispatchEvent(new Event("input", { bubbles: true }));
  });
  title.addEventListener("input", () => (hint.hidden = !suggested || title.value !== suggested));
}
