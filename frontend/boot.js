// Starts the release page. Bundled with wasm-bindgen's JavaScript into one classic
// script (no module, no top-level await), so that TV browsers of 2020 can run it.
import init from "./queuewall-frontend.js";
import { stop } from "./restart.js";

// `currentScript` is there only while the script itself runs.
const wasm = document.currentScript.dataset.wasm;
// Of the document (start.js). Not there where a policy refused it, which Queuewall's own
// does not.
const start = window.queuewallStart || { explain: refused };

function refused(cause) {
  const place = document.getElementById("startup-why");
  if (!place) return;
  const message = place.parentNode;
  message.className = "failed";
  place.textContent = place.dataset.refused + " (" + cause + ")";
  message.removeChild(document.getElementById("startup-or"));
}

if (!start.isHeldBack) {
  init({ module_or_path: wasm }).catch(function (error) {
    // After mounting, the page has spoken for itself (frontend/src/startup.rs).
    stop(error, start.explain);
  });
}
