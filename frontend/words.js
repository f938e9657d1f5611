// Fetches the words of languages: the page itself has English only. Each file's address
// stands at the page's script (xtask/src/page/shell.rs).

const TIMEOUT_MS = 10000;
const PAUSE_MS = 5000;
const files = document.currentScript.dataset;
/** By code: a file's text, or "" while it is on its way. */
const texts = {};
let tell;

function load(code) {
  texts[code] = "";
  // Not `fetch`, which Chromium 66 cannot give up.
  const request = new XMLHttpRequest();
  request.open("GET", files[code]);
  request.timeout = TIMEOUT_MS;
  request.onloadend = () => {
    // A proxy's page does not end so.
    if (request.status === 200 && request.responseText.endsWith("\n" + code + "\n")) {
      texts[code] = request.responseText;
      const told = tell;
      tell = undefined;
      if (told) told();
    } else {
      setTimeout(load, PAUSE_MS, code);
    }
  };
  request.send();
}

/** A language's words, if they are here; else they are fetched, and `loaded` is called once
 * some are. */
export function words(code, loaded) {
  if (!texts[code]) {
    tell = loaded || tell;
    if (!(code in texts) && files[code]) load(code);
  }
  return texts[code] || undefined;
}

/** Fetches what the page will most likely speak while its wasm is on its way. */
export function fetchWords() {
  const asked = /[?&]lang=(\w+)/.exec(location.search);
  const codes = asked ? [asked[1]] : (navigator.languages || []).map((tag) => tag.slice(0, 2).toLowerCase());
  const code = codes.find((code) => code === "en" || files[code]);
  if (code) words(code);
}
