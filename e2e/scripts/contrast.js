// Every text and icon on the screen with its contrast against whatever may lie behind
// it: [{ what, text, kind, contrast }], the worst of each kind of place. `kind` is
// "number", "text" or "icon". A gradient counts with each of its colours.
(function () {
  "use strict";

  function parse(color) {
    const parts = color.match(/[\d.]+/g).map(Number);
    return { r: parts[0], g: parts[1], b: parts[2], a: parts.length > 3 ? parts[3] : 1 };
  }
  function over(front, back) {
    const mix = (name) => front[name] * front.a + back[name] * (1 - front.a);
    return { r: mix("r"), g: mix("g"), b: mix("b"), a: 1 };
  }
  function luminance(color) {
    const linear = (value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b);
  }
  function contrast(a, b) {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
  }

  // The colours that may lie behind an element.
  function grounds(element) {
    if (!element) return [{ r: 255, g: 255, b: 255, a: 1 }];
    const style = getComputedStyle(element);
    const own = parse(style.backgroundColor);
    let layers = [own];
    if (style.backgroundImage !== "none") {
      layers = style.backgroundImage.match(/rgba?\([^)]*\)/g).map(parse).map((stop) => over(stop, own));
    }
    if (layers.every((layer) => layer.a === 1)) return layers;
    const behind = grounds(element.parentElement);
    return layers.flatMap((layer) => behind.map((back) => over(layer, back)));
  }
  function opacity(element) {
    return element ? Number(getComputedStyle(element).opacity) * opacity(element.parentElement) : 1;
  }
  function isShown(element) {
    const box = element.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(element).visibility === "visible";
  }
  function worst(color, element) {
    const see = parse(color);
    see.a *= opacity(element);
    return Math.min(...grounds(element).map((ground) => contrast(over(see, ground), ground)));
  }
  function place(element) {
    const tile = element.closest("[data-queue]");
    const own = element.getAttribute("class") || element.tagName.toLowerCase();
    return tile ? tile.dataset.state + "/" + tile.dataset.level + " " + own : own;
  }
  function kindOf(element) {
    const number = element.closest("[data-metric], [data-age], [data-total]");
    // A stale number steps back on purpose: it need not be read from afar.
    const isOld = element.closest("[data-state=stale]") && !element.closest("[data-age]");
    return number && !isOld ? "number" : "text";
  }

  const found = new Map();
  function note(element, kind, text, value) {
    const what = place(element);
    const key = what + kind;
    if (!found.has(key) || found.get(key).contrast > value) {
      found.set(key, { what, kind, text: text.slice(0, 40), contrast: Math.round(value * 100) / 100 });
    }
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !isShown(element) || element.closest("script, style, noscript, template")) continue;
    note(element, kindOf(element), text, worst(getComputedStyle(element).color, element));
  }
  document.querySelectorAll("svg").forEach((icon) => {
    // An icon without an outline shows nothing.
    const path = icon.querySelector("path, polyline, line");
    if (!path || !isShown(icon) || !path.getBoundingClientRect().width) return;
    const stroke = getComputedStyle(path).stroke;
    if (/^rgb/.test(stroke)) note(icon, "icon", "", worst(stroke, icon));
  });
  return Array.from(found.values());
})()
