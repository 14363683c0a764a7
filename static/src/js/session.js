// At sign-out nothing typed stays in the browser, and the back button asks the server again instead of showing what somebody read.
import { clear } from "./net.js";

document.addEventListener("submit", ({ target }) => new URL(target.action, location.href).pathname === "/accounts/logout/" && clear(), true);
addEventListener("pageshow", (event) => event.persisted && document.body.dataset.person && location.reload());
