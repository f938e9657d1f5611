// Notes what moved by itself: in `layoutShifts` one { value, moved } a frame, `moved`
// naming the worst of it.
(function () {
  window.layoutShifts = [];
  const name = function (source) {
    const node = source.node;
    const element = node && (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
    return element ? element.getAttribute("class") || element.tagName.toLowerCase() : "?";
  };
  new PerformanceObserver(function (list) {
    list.getEntries().forEach(function (entry) {
      window.layoutShifts.push({ value: entry.value, moved: entry.sources.map(name) });
    });
  }).observe({ type: "layout-shift", buffered: true });
})();
