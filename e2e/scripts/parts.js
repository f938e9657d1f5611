// How bright the parts of the first tile's agents' bar are in a picture of the screen,
// from the left: [free, busy, after-call work, nobody, away], each the middle of its
// fifth, 0 to 1. `PICTURE` is a PNG in base64.
(async function () {
  const bytes = Uint8Array.from(atob(PICTURE), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const scale = bitmap.width / innerWidth;
  const linear = (value) =>
    value <= 10 ? value / 255 / 12.92 : Math.pow((value / 255 + 0.055) / 1.055, 2.4);
  const box = document.querySelector(".tile-agents .bar").getBoundingClientRect();
  return [0, 1, 2, 3, 4].map((part) => {
    const x = (box.left + (box.width * (part + 0.5)) / 5) * scale;
    const y = (box.top + box.height / 2) * scale;
    const [red, green, blue] = context.getImageData(Math.round(x), Math.floor(y), 1, 1).data;
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  });
})()
