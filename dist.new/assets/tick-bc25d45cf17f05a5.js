setInterval(function(){postMessage(0)},1e3);
