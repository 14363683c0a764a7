// Files of a form (contributions/_file_fields.html). Where there is an address to send them to they go up at once, one after the other, each
// with its progress, a way to stop it and a way to try again. Where there is none yet (a draft that is not saved) they travel with the form:
// then this keeps the list of what has been chosen. The address is read each time, so that a draft saved meanwhile is enough.
import { whisper } from "./say.js";

for (const room of document.querySelectorAll(".attach")) {
  const { form } = room;
  const attached = room.querySelector("[data-attached]");
  const going = room.querySelector("[data-going]");
  const frame = room.querySelector("[data-row]");
  const inputs = [...room.querySelectorAll("input[type=file]")];
  const kept = new Map(inputs.map((input) => [input, []]));
  const queue = [];
  let current;
  let pressed;

  const number = () => attached.querySelectorAll("[data-file]").length + going.children.length;
  const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`);

  function rowOf(file) {
    const row = frame.content.firstElementChild.cloneNode(true);
    row.querySelector("[data-name]").textContent = file.name;
    for (const name of row.querySelectorAll(".sr[data-name]")) name.textContent = ` ${file.name}`;
    row.querySelector("[data-state]").textContent = size(file.size);
    going.append(row);
    return row;
  }

  function complain(row, said) {
    const state = row.querySelector("[data-state]");
    state.textContent = said;
    state.className = "ds-validation-message small";
    whisper(said);
  }

  function landed(list) {
    attached.innerHTML = list; // made by our own template, every name escaped
  }

  // A file travels with the form: its input holds all that has been chosen, also in several goes.
  function carry(input) {
    const load = new DataTransfer();
    for (const file of kept.get(input)) load.items.add(file);
    input.files = load.files;
  }

  function choose(input) {
    const address = room.dataset.uploads;
    const chosen = [...input.files];
    if (address) input.value = "";
    for (const file of chosen) {
      const large = file.size > Number(room.dataset.mostBytes);
      const full = number() >= Number(room.dataset.most);
      const row = rowOf(file);
      const stop = row.querySelector("[data-stop]");
      if (large || full) {
        complain(row, large ? room.dataset.sayLarge : room.dataset.sayFull);
        row.dataset.refused = "";
        stop.addEventListener("click", () => leave(row));
      } else if (address) {
        const job = { file, row };
        queue.push(job);
        stop.addEventListener("click", () => cancel(job));
        row.querySelector("[data-again]").addEventListener("click", () => again(job));
      } else {
        kept.get(input).push(file);
        stop.addEventListener("click", () => {
          kept.set(input, kept.get(input).filter((other) => other !== file));
          carry(input);
          leave(row);
        });
      }
    }
    if (!address) carry(input);
    next();
  }

  function leave(row) {
    const held = row.contains(document.activeElement);
    row.remove();
    if (held) inputs.at(-1).focus();
  }

  function next() {
    if (current) return;
    current = queue.shift();
    if (current) return send(current);
    if (!pressed || going.querySelector("[data-failed]")) return;
    const button = pressed;
    pressed = undefined;
    form.requestSubmit(button.isConnected ? button : undefined);
  }

  function send(job) {
    const { file, row } = job;
    const bar = row.querySelector("progress");
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    data.append("files", file);
    job.xhr = new XMLHttpRequest();
    job.xhr.open("POST", room.dataset.uploads);
    job.xhr.setRequestHeader("HX-Request", "true");
    job.xhr.upload.addEventListener("progress", (event) => event.lengthComputable && (bar.value = (100 * event.loaded) / event.total));
    job.xhr.addEventListener("loadend", () => ended(job));
    bar.hidden = false;
    bar.setAttribute("aria-label", file.name);
    row.querySelector("[data-again]").hidden = true;
    job.xhr.send(data);
  }

  function ended({ xhr, file, row, stopped }) {
    current = undefined;
    if (!stopped && xhr.status === 200) {
      leave(row);
      landed(xhr.responseText);
      whisper(`${file.name}: ${room.dataset.sayDone}`);
    } else if (!stopped) {
      const judged = xhr.status === 422;
      row.querySelector("progress").hidden = true;
      row.querySelector("[data-again]").hidden = judged;
      row.dataset[judged ? "refused" : "failed"] = "";
      complain(row, judged ? xhr.responseText.replace(`${file.name}: `, "") : room.dataset.sayFailed);
      pressed = undefined; // whoever pressed "send" sees it before the page leaves
    }
    next();
  }

  function cancel(job) {
    job.stopped = true;
    const place = queue.indexOf(job);
    if (place >= 0) queue.splice(place, 1);
    leave(job.row);
    if (job === current) job.xhr.abort();
    else next();
  }

  function again(job) {
    delete job.row.dataset.failed;
    const state = job.row.querySelector("[data-state]");
    state.textContent = size(job.file.size);
    state.className = "small soft num";
    queue.push(job);
    next();
  }

  async function remove(button) {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(button.dataset.remove, { method: "POST", body: data, headers: { "HX-Request": "true" } }).catch(() => undefined);
    if (answer?.status !== 200) return whisper(room.dataset.sayFailed);
    landed(await answer.text());
    whisper(room.dataset.sayGone);
    inputs.at(-1).focus();
  }

  for (const input of inputs) input.addEventListener("change", () => choose(input));
  attached.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    remove(button);
  });
  // Whoever presses a button while a file is on its way waits for it: leaving the page would cut it off.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || !(current || queue.length)) return;
    event.preventDefault();
    event.stopPropagation();
    pressed = event.submitter ?? form;
  }, true);
}
