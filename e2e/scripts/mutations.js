// Notes every change to the document from now until `endOfMutations()`, which answers
// what was touched. The header's clock is left out: time goes by.
(function () {
  const touched = [];
  const note = (records) => {
    for (const record of records) {
      const element = record.target.nodeType === Node.ELEMENT_NODE ? record.target : record.target.parentElement;
      if (!element || element.closest("[role=timer]")) continue;
      const name = element.getAttribute("class") || element.tagName.toLowerCase();
      touched.push(name + " " + (record.attributeName || record.type));
    }
  };
  const observer = new MutationObserver(note);
  observer.observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributes: true,
  });
  window.endOfMutations = function () {
    note(observer.takeRecords());
    observer.disconnect();
    return touched;
  };
})();
