// The crash net: what is typed and not yet confirmed as saved, kept in this browser until it is. A key names the person and the text
// ("kiruna:draft:12:57-problem"); what belongs to somebody else is never read, and everything goes at sign-out.
const OURS = "kiruna:draft:";
const MINE = `${OURS}${document.body.dataset.person}:`;
const DAYS = 14; // as long as a sign-in lasts

/** What the work on the browser's store gives, and nothing where the store is closed, full or broken. */
function attempt(work) {
  try {
    return work(window.localStorage);
  } catch {
    return undefined;
  }
}

const keys = () => attempt((store) => Object.keys(store).filter((key) => key.startsWith(OURS))) ?? [];
const remove = (key) => attempt((store) => store.removeItem(key));

export const keep = (name, entry) => attempt((store) => store.setItem(MINE + name, JSON.stringify({ ...entry, at: Date.now() })));
export const read = (name) => attempt((store) => JSON.parse(store.getItem(MINE + name))) ?? undefined;
export const drop = (name) => remove(MINE + name);
export const names = () => keys().filter((key) => key.startsWith(MINE)).map((key) => key.slice(MINE.length));

export function clear() {
  keys().forEach(remove);
  attempt(() => window.sessionStorage.clear()); // where htmx notes which page was open
}

// Whoever is not signed in, and whoever signs in after somebody else, finds nothing.
if ("signedOut" in document.body.dataset) clear();
if (document.body.dataset.person) {
  for (const key of keys()) if (!key.startsWith(MINE)) remove(key);
  for (const name of names()) {
    const { at, sent, path } = read(name) ?? {};
    const came = document.referrer && new URL(document.referrer);
    // Sent by its own page, which then led here: it is saved.
    const arrived = sent && came && came.pathname + came.search === path && location.pathname + location.search !== path;
    if (arrived || !(Date.now() - at < DAYS * 86_400_000)) drop(name);
  }
}
