// How much each level's tiles stand out on a grey picture of the screen at a fifth of its
// size: { critical, warning, ok, closed }, each the mean difference in lightness between the
// pixels of such tiles and the page's ground, 0 to 1. `PICTURE` is a PNG in base64.
(async function () {
  const bytes = Uint8Array.from(atob(PICTURE), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width / 5;
  canvas.height = bitmap.height / 5;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const scale = canvas.width / innerWidth;
  const grey = (red, green, blue) => (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  const of = (left, top, width, height) => {
    const data = context.getImageData(left, top, width, height).data;
    const list = [];
    for (let at = 0; at < data.length; at += 4) list.push(grey(data[at], data[at + 1], data[at + 2]));
    return list;
  };
  const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
  // The board's own margin, left of the tiles.
  const ground = mean(of(0, Math.floor(canvas.height / 2), 1, 1));
  const levels = {};
  [].forEach.call(document.querySelectorAll(".tile:not([hidden])"), (tile) => {
    const box = tile.getBoundingClientRect();
    const pixels = of(
      Math.ceil(box.left * scale), Math.ceil(box.top * scale),
      Math.floor(box.width * scale), Math.floor(box.height * scale),
    );
    const kind = tile.dataset.state === "closed" ? "closed" : tile.dataset.level;
    (levels[kind] = levels[kind] || []).push(mean(pixels.map((value) => Math.abs(value - ground))));
  });
  Object.keys(levels).forEach((kind) => { levels[kind] = mean(levels[kind]); });
  return levels;
})()
