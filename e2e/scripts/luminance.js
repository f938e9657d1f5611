// How bright each level's tiles are in a picture of the screen: { ok, warning,
// critical, closed }, each the median over the tile's pixels, 0 to 1. `PICTURE` is a
// PNG in base64.
(async function () {
  const bytes = Uint8Array.from(atob(PICTURE), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const scale = bitmap.width / innerWidth;
  const linear = Array.from({ length: 256 }, (_, value) =>
    value <= 10 ? value / 255 / 12.92 : Math.pow((value / 255 + 0.055) / 1.055, 2.4));
  function median(tile) {
    const box = tile.getBoundingClientRect();
    const data = context.getImageData(
      Math.ceil(box.left * scale), Math.ceil(box.top * scale),
      Math.floor(box.width * scale), Math.floor(box.height * scale),
    ).data;
    const list = [];
    for (let at = 0; at < data.length; at += 4) {
      list.push(0.2126 * linear[data[at]] + 0.7152 * linear[data[at + 1]] + 0.0722 * linear[data[at + 2]]);
    }
    list.sort((a, b) => a - b);
    return list[list.length >> 1];
  }
  const levels = {};
  ["ok", "warning", "critical"].forEach((level) => {
    const tile = document.querySelector('[data-state="fresh"][data-level="' + level + '"]');
    levels[level] = tile ? median(tile) : null;
  });
  return levels;
})()
