// Starts the release page. Bundled with wasm-bindgen's JavaScript into one classic
// script (no module, no top-level await), so that TV browsers of 2020 can run it.
import init from "./queuewall-frontend.js";
import { stop } from "./restart.js";

// `currentScript` is there only while the script itself runs.
const wasm = document.currentScript.dataset.wasm;
// Of the document (start.js); not there where a browser refused it.
const start = window.queuewallStart || { explain: function () {} };

if (!start.isFramed) {
  init({ module_or_path: wasm }).catch(function (error) {
    // After mounting, the page has spoken for itself (frontend/src/startup.rs).
    stop(error, start.explain);
  });
}
