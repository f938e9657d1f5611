// What a page shows, as text: every element with its attributes in order, and every
// word. What two pages of one look have to agree on.
(function () {
  function attributes(element) {
    return Array.from(element.attributes)
      // Written from the same styles in whatever way.
      .filter((attribute) => attribute.value !== "" || attribute.name !== "style")
      .map((attribute) => " " + attribute.name + "=" + JSON.stringify(attribute.value))
      .sort()
      .join("");
  }
  function outline(node, depth, lines) {
    if (node.nodeType === Node.TEXT_NODE) {
      // Seconds go on from one page to the next.
      const words = node.data.replace(/\s+/g, " ").replace(/\d+ s\b/g, "# s").trim();
      if (words) lines.push(depth + words);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.tagName === "TEMPLATE") return;
    lines.push(depth + node.tagName.toLowerCase() + attributes(node));
    // Words that stand side by side are one, however many nodes they are in.
    node.normalize();
    node.childNodes.forEach((child) => outline(child, depth + " ", lines));
  }
  const lines = [];
  document.querySelectorAll(".banner, .header, .board-tiles, .foot").forEach((part) => {
    const copy = part.cloneNode(true);
    // The time goes on from one page to the next.
    copy.querySelectorAll("[role=timer]").forEach((clock) => clock.remove());
    // What the screen itself lacks is no board's matter.
    copy.querySelectorAll(".hints").forEach((hints) => hints.remove());
    // Comments mark places for a framework and show nothing.
    const walker = document.createTreeWalker(copy, NodeFilter.SHOW_COMMENT);
    const comments = [];
    while (walker.nextNode()) comments.push(walker.currentNode);
    comments.forEach((comment) => comment.remove());
    outline(copy, "", lines);
  });
  return lines.join("\n");
})()
