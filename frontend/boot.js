// Starts the release page. Bundled with wasm-bindgen's JavaScript into one classic
// script (no module, no top-level await), so that TV browsers of 2020 can run it.
import init from "./page.js";
import { stop } from "./restart.js";
import { fetchWords } from "./words.js";

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

// A phone on a wall's address is for a desk: once, and not where a wall is asked for.
const PHONE_PX = 500;
const KEY = "queuewall-desk";
function goesToDesk() {
  const isPhone = navigator.maxTouchPoints > 0 && Math.min(screen.width, screen.height) < PHONE_PX;
  const { pathname, search, hash } = location;
  const desk = pathname.replace(/\/board\/(?=[^/]+$)/, "/desk/");
  if (!isPhone || desk === pathname || /[?&]view=/.test(search)) return false;
  try {
    if (sessionStorage.getItem(KEY)) return false;
    sessionStorage.setItem(KEY, "1");
  } catch (error) {
    // Blocked: it is taken there every time.
  }
  // The name of a screen is the TV's.
  const kept = search.replace(/([?&])screen=[^&]*&?/, "$1").replace(/[?&]$/, "");
  location.replace(desk + kept + hash);
  return true;
}

// Without its style sheet the page hides nothing that it should, and most that it should not.
// Chromium 66 may run this before it tells start.js that the sheet did not come.
function isStyled() {
  return getComputedStyle(document.documentElement).getPropertyValue("--ground") !== "";
}

function begin() {
  if (start.isHeldBack || goesToDesk()) return;
  fetchWords();
  init({ module_or_path: wasm }).catch(function (error) {
    // After mounting, the page has spoken for itself (frontend/src/startup.rs).
    stop(error, start.explain);
  });
}

if (isStyled()) begin();
else document.querySelector("link[rel=stylesheet]").addEventListener("load", begin);
