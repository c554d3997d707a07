/** The picture of a diagram as PNG, in twice its size so that it stays sharp on a screen with small pixels. */

const SCALE = 2;
const WHITE = "#fff";
/** Larger canvases stay empty in some browsers, without an error. */
const MOST_PIXELS = 8192;

function load(svg: string): Promise<HTMLImageElement> {
  const image = new Image();
  return new Promise((resolve, reject) => {
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("The browser cannot draw the diagram: export it as SVG."));
    image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  });
}

function draw(image: HTMLImageElement): HTMLCanvasElement {
  const scale = Math.min(SCALE, MOST_PIXELS / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.width * scale);
  canvas.height = Math.round(image.height * scale);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("The browser cannot draw the diagram: export it as SVG.");
  context.fillStyle = WHITE;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Raises Error when the browser cannot draw it. */
export async function toPng(svg: string): Promise<Blob> {
  const image = await load(svg);
  try {
    const canvas = draw(image);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("The diagram is too large for PNG: export it as SVG."))),
        "image/png",
      ),
    );
  } finally {
    URL.revokeObjectURL(image.src);
  }
}
