// Texts that are never lost. <form data-net="57-problem"> keeps in the crash net (net.js) what is typed and not yet saved, and offers it
// when the page opens and the server's text is another; a link with data-forget inside lets go of it. With data-autosave the form is also saved to its own address three seconds after
// a change, when a field or the page is left, and before it is sent; data-typed says that what it holds was typed and is not saved.
import * as net from "./net.js";
import { whisper } from "./say.js";

const EVERY = 3000;
const AGAIN = 5000;
const SLOW = 700;
const TOO_SLOW = 15_000;
const MOST_KEPT_ALIVE = 60_000; // bytes that a browser goes on sending when the page is gone
const TEXTS = new Set(["title", "problem", "proposal", "benefit"]);
const NOT_TYPED = new Set(["csrfmiddlewaretoken", "version", "token"]);

const person = document.body.dataset.person;
const same = (text) => text.normalize("NFC").replace(/\r\n?/g, "\n").trim();
const isText = (field) => field.matches("textarea, input[type=text]");
const wait = (time) => new Promise((done) => setTimeout(done, time));

/** What is typed and chosen, files and hidden marks left out: pairs of name and text. */
const fieldsOf = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_TYPED.has(name));
const inOrder = (fields) => JSON.stringify(fields.map(([name, value]) => [name, same(value)]).filter(([, value]) => value).sort());

function fill(form, fields) {
  for (const field of form.elements) {
    if (!field.name || NOT_TYPED.has(field.name)) continue;
    const values = fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = values.includes(field.value);
    else if ((isText(field) || field.matches("select")) && values.length) field.value = values[0];
  }
}

class Draft {
  typed = 0; // how many changes there have been,
  saved = 0; // and how many of them the server has heard of
  says = "";

  constructor(form) {
    this.form = form;
    [this.name, ...this.former] = form.dataset.net.split(" ");
    form.addEventListener("input", ({ target }) => target.type !== "file" && this.changed());
    if ("autosave" in form.dataset) this.watch();
    else form.addEventListener("submit", () => this.mark());
    form.addEventListener("htmx:beforeOnLoad", (event) => this.stay(event));
    form.querySelector("[data-forget]")?.addEventListener("click", () => net.drop(this.name));
    if ("typed" in form.dataset) this.changed();
    else this.offer();
  }

  watch() {
    this.form.addEventListener("focusout", () => this.save());
    this.form.addEventListener("submit", (event) => this.submit(event));
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    addEventListener("online", () => this.save());
    addEventListener("pagehide", () => this.leave());
    addEventListener("beforeunload", (event) => this.says === "out" && !this.rests && event.preventDefault()); // the sign-in page empties the net
    this.plan = () => {
      if (this.rests) return;
      this.timer ??= setTimeout(() => this.save(), this.lost ? AGAIN : EVERY);
    };
  }

  plan() {}

  changed() {
    this.typed += 1;
    if (!this.offered) net.keep(this.name, this.entry);
    this.plan();
  }

  get entry() {
    return { fields: fieldsOf(this.form), path: location.pathname + location.search };
  }

  get isNew() {
    return this.name.startsWith("new-");
  }

  /** Nothing to save, or nowhere to save it. */
  get rests() {
    const { title, problem } = this.form.elements;
    return this.stopped || this.typed === this.saved || (this.isNew && !same(title.value + problem.value));
  }

  // Saving

  /** Saves what is not saved, one request at a time. After an answer that never came the same text goes again first: that it may have
      arrived does no harm, and its version is known then. */
  save() {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.flight || this.rests) return this.flight;
    const letter = this.lost ?? { at: this.typed, body: this.body() };
    this.flying = letter.at;
    const slow = setTimeout(() => this.say("saving"), SLOW);
    this.flight = this.send(letter).finally(() => {
      clearTimeout(slow);
      this.flight = undefined;
      this.plan();
    });
    return this.flight;
  }

  body() {
    const body = new FormData();
    const { version, token } = this.form.elements;
    for (const mark of [version, token]) if (mark) body.append(mark.name, mark.value);
    for (const [name, value] of fieldsOf(this.form)) body.append(name, value);
    body.append("autosave", "1");
    body.append("writer", person);
    return body;
  }

  post(body) {
    const field = this.form.elements.csrfmiddlewaretoken;
    field.value = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? field.value; // a new sign-in in another tab makes a new one
    const size = [...body].reduce((sum, [name, value]) => sum + name.length + new Blob([value]).size + 100, 0);
    return fetch(this.form.getAttribute("action"), {
      method: "POST",
      body,
      headers: { "X-CSRFToken": field.value },
      redirect: "manual",
      keepalive: size < MOST_KEPT_ALIVE,
      signal: AbortSignal.timeout(TOO_SLOW),
    });
  }

  async send(letter) {
    let answer, said;
    try {
      answer = await this.post(letter.body);
      said = answer.status === 409 ? await answer.text() : [200, 422].includes(answer.status) ? await answer.json() : undefined;
    } catch {
      this.lost = letter;
      return this.say("offline");
    }
    this.lost = undefined;
    if (answer.status === 409) return this.conflict(said);
    if (said) return this.heard(letter.at, said);
    if (answer.type === "opaqueredirect") return this.say("out");
    this.stopped = answer.status < 500 && answer.status !== 429;
    return this.say(this.stopped ? "stopped" : "failed");
  }

  heard(at, said) {
    this.saved = at;
    this.warned = false;
    if (said.version) this.adopt(said);
    this.beside(said.errors ?? {});
    if (said.errors) return this.say("refused");
    if (this.typed === at && !this.offered) net.drop(this.name);
    return this.say("saved", said.saved_at);
  }

  /** From here on the form belongs to the draft, and so does the page's address. */
  adopt({ version, url, id }) {
    const { form } = this;
    if (this.isNew) {
      net.drop(this.name);
      this.name = `${id}-problem`;
      if (!this.offered) net.keep(this.name, this.entry);
      form.setAttribute("action", url);
      history.replaceState(history.state, "", url);
    }
    if (!form.elements.version) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "version" }));
    form.elements.version.value = version;
  }

  leave() {
    if (this.rests || this.passing || (this.flight && (this.isNew || this.flying === this.typed))) return;
    this.post(this.body()).catch(() => {});
  }

  /** What is typed is saved before the form is sent, so that neither overtakes the other. */
  async submit(event) {
    if (this.passing || event.defaultPrevented) return this.mark();
    if (!this.flight && this.rests) return this.pass();
    event.preventDefault();
    if (this.waiting) return undefined;
    this.waiting = true;
    await Promise.race([Promise.resolve(this.flight).then(() => this.save()), wait(TOO_SLOW)]);
    this.waiting = false;
    if (!this.form.isConnected || this.says === "out") return undefined;
    if (this.lost && (!navigator.onLine || !this.warned)) {
      this.warned = true;
      return whisper(this.words());
    }
    this.pass();
    return this.form.requestSubmit(event.submitter);
  }

  pass() {
    this.passing = true;
    this.mark();
    setTimeout(() => (this.passing = false), 10_000); // when the page is still here after all
  }

  /** The entry is on its way with the form. */
  mark() {
    const entry = net.read(this.name);
    if (entry) net.keep(this.name, { ...entry, sent: true });
  }

  // Saying

  line(state) {
    return this.form.querySelector(`[data-says=${state}]`);
  }

  words() {
    return this.line(this.says)?.textContent.trim() ?? "";
  }

  /** The line beside the button. Read aloud only when it has become another. */
  say(state, time) {
    for (const line of this.form.querySelectorAll("[data-says]")) line.hidden = line.dataset.says !== state;
    if (time) this.line(state).querySelector("[data-text]").textContent = this.line(state).querySelector("[data-text]").dataset.text.replace("{time}", time);
    if (state === "saving" || state === this.says) return;
    this.says = state;
    whisper(this.words());
  }

  /** What could not be saved is said where a page sent the ordinary way says it. */
  beside(errors) {
    for (const old of this.form.querySelectorAll("[data-beside]")) {
      const field = this.form.querySelector(`[aria-describedby~="${old.id}"]`);
      field?.setAttribute("aria-describedby", field.getAttribute("aria-describedby").replace(old.id, "").trim());
      field?.removeAttribute("aria-invalid");
      old.remove();
    }
    for (const [name, message] of Object.entries(errors)) {
      const field = document.getElementById(`id_${name}`);
      if (!field || document.getElementById(`id_${name}_error`)) continue;
      const text = Object.assign(document.createElement("p"), { className: "ds-validation-message", id: `id_${name}_error`, textContent: message });
      text.dataset.beside = "";
      (document.getElementById(`id_${name}-count`) ?? field).after(text);
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${text.id}`.trim());
    }
  }

  /** Both texts take the form's place, with what has been typed up to now. The crash net keeps it until one is chosen. */
  conflict(html) {
    this.stopped = true;
    const part = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    const fields = fieldsOf(this.form);
    this.form.replaceWith(part);
    const form = part.querySelector("form");
    for (const field of form.elements) {
      const typed = fields.find(([name]) => name === field.name);
      if (typed && TEXTS.has(field.name)) field.value = typed[1];
    }
    new Draft(form);
    part.querySelector("[tabindex]").focus();
  }

  // Giving back

  offer() {
    const found = [this.name, ...this.former, ...(this.isNew ? net.names().filter((name) => name.startsWith("new-")) : [])];
    const name = found.find((one) => net.read(one));
    if (!name) return;
    const entry = net.read(name);
    if (inOrder(entry.fields) === inOrder(fieldsOf(this.form))) return void net.drop(name);
    const banner = document.getElementById("unsaved").content.firstElementChild.cloneNode(true);
    this.list(banner.querySelector("dl"), entry.fields);
    this.offered = name;
    this.form.before(banner);
    banner.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-unsaved]");
      if (button) this.answer(banner, button.dataset.unsaved === "restore", entry);
    });
  }

  /** What asks in the background (the similar ones) does not take somebody who is signed out away from an unsaved text. */
  stay(event) {
    if (!event.detail.xhr.getResponseHeader("HX-Redirect")?.startsWith("/accounts/login/")) return;
    event.preventDefault();
    this.say("out");
  }

  /** What the entry has that the form has not. */
  list(place, fields) {
    for (const [name, value] of fields) {
      const field = this.form.elements[name];
      if (!(field instanceof HTMLElement) || !isText(field) || !same(value) || same(field.value) === same(value)) continue;
      place.append(Object.assign(document.createElement("dt"), { textContent: field.labels[0]?.textContent ?? "" }));
      place.append(Object.assign(document.createElement("dd"), { textContent: value }));
    }
    place.hidden = !place.children.length;
  }

  answer(banner, isWanted, entry) {
    const name = this.offered;
    this.offered = undefined;
    banner.remove();
    document.getElementById("main").focus({ preventScroll: true });
    net.drop(name);
    if (!isWanted) return;
    fill(this.form, entry.fields);
    if (this.isNew && name !== this.name) {
      this.form.elements.token.value = name.slice("new-".length); // the draft may be there already
      this.name = name;
    }
    for (const field of this.form.elements) if (isText(field)) field.dispatchEvent(new Event("input", { bubbles: true }));
    this.save();
  }
}

for (const form of document.querySelectorAll("form[data-net]")) new Draft(form);
