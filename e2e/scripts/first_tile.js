// Notes in `firstTileMs` when the first tile with a number was drawn, in milliseconds
// from the start of the navigation.
(function () {
  window.firstTileMs = 0;
  const selector = '[data-queue] [data-metric="waiting"]';
  const look = function () {
    const number = document.querySelector(selector);
    if (!number || !number.textContent.trim()) return;
    observer.disconnect();
    // The next frame shows it; a task after its callbacks, it is drawn.
    requestAnimationFrame(function () {
      const channel = new MessageChannel();
      channel.port1.onmessage = function () { window.firstTileMs = performance.now(); };
      channel.port2.postMessage(0);
    });
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { subtree: true, childList: true });
})();
