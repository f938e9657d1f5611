// The page's one timer. Browsers wake a hidden page's own timers once a minute; a
// worker's they leave alone.
setInterval(function () {
  postMessage(0);
}, 1000);
