// <a href="/contributions/5/steps/decline/" data-dialog> opens the form at that address in a dialog. The server answers the form alone
// when htmx asks, 422 with its errors, and HX-Redirect when it is done. Without script the link leads to the same form on a page of its own.
// Inside, [data-close] (the page's "Cancel" link, say) closes; so does Esc, and the focus goes back to the link.
const frame = document.getElementById("dialog-frame");

function name(dialog) {
  const heading = dialog.querySelector("h1, h2");
  if (!heading) return;
  heading.id ||= "dialog-heading";
  dialog.setAttribute("aria-labelledby", heading.id);
}

function open(link) {
  const dialog = frame.content.firstElementChild.cloneNode(true);
  const body = dialog.firstElementChild;
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (link.isConnected) link.focus();
  });
  // Before htmx reads what came: forms post from here to here.
  body.addEventListener("htmx:afterSwap", () => {
    for (const form of body.querySelectorAll("form[method=post]:not([hx-post])")) {
      form.setAttribute("hx-post", form.getAttribute("action") || link.href);
      form.setAttribute("hx-target", "closest dialog > div");
      form.setAttribute("hx-disinherit", "*");
      if (form.enctype === "multipart/form-data") form.setAttribute("hx-encoding", form.enctype);
    }
    name(dialog);
    if (!dialog.open) dialog.showModal();
  });
  body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const came = new URL(xhr.responseURL || link.href, location.href).pathname;
    if (came === new URL(requestConfig.path, location.href).pathname) return;
    event.detail.shouldSwap = false; // answered by a redirect: that page is where to go
    location.assign(xhr.responseURL);
  });
  return window.htmx.ajax("GET", link.href, { target: body, swap: "innerHTML", source: link }).catch(() => location.assign(link.href));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && window.htmx && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    open(link);
  }
  const close = event.target.closest("dialog [data-close]");
  if (close) {
    event.preventDefault();
    close.closest("dialog").close();
  }
});
