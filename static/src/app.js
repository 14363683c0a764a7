// What the pages do beyond plain HTML. Everything works without it; this makes it quicker.
import "./js/folds.js";
import "./js/panel.js";
import "./js/dialogs.js";
import "./js/toasts.js";
import "./js/forms.js";
import "./js/counts.js";
import "./js/keys.js";
import "./js/mentions.js";
import "./js/swaps.js";
import "./js/uploads.js";
import "./js/session.js";
import "./js/drafts.js";
import "./js/headings.js";
import "./js/keyboard.js";
import "./js/triage.js";
import "./js/share.js";
