/** Size of what is seen, CSS pixels. */
interface Size {
  readonly width: number;
  readonly height: number;
}

export interface CanvasOwner {
  /** the canvas has another size, and is about to be drawn */
  readonly resized: (size: Size) => void;
  /** @param now the time of the frame, as `performance.now` has it */
  readonly draw: (now: number) => void;
}

/** Whether the browser tells how many pixels of the screen an element covers; Safari does not. */
const tellsPixels = 'devicePixelContentBoxSize' in ResizeObserverEntry.prototype;

/** @param told pixels of the screen, which a browser that plays another screen tells of its own */
function pixelsOf(length: number, told: number | undefined): number {
  const about = length * devicePixelRatio;
  return Math.max(1, told !== undefined && Math.abs(told - about) <= 1 ? told : Math.round(about));
}

/**
 * Keeps a canvas as large as its element, and draws it when asked to, once per frame. A pixel of the canvas is one of the screen, also where a pixel of
 * the page is one and a quarter: what is drawn is not blurred by being scaled.
 *
 * @returns asks for a frame
 */
export function canvasFrames(element: HTMLElement, canvas: HTMLCanvasElement, { resized, draw }: CanvasOwner): () => void {
  let requested = false;
  const drawNow = (now: number): void => {
    requested = false;
    draw(now);
  };
  new ResizeObserver(([entry]) => {
    const { width, height } = element.getBoundingClientRect();
    const pixels = tellsPixels ? entry?.devicePixelContentBoxSize[0] : undefined;
    canvas.width = pixelsOf(width, pixels?.inlineSize);
    canvas.height = pixelsOf(height, pixels?.blockSize);
    resized({ width, height });
    // Resizing clears a canvas; drawing at once rather than in the next frame avoids a flash.
    drawNow(performance.now());
  }).observe(canvas, { box: tellsPixels ? 'device-pixel-content-box' : 'content-box' });
  return () => {
    if (requested) return;
    requested = true;
    requestAnimationFrame(drawNow);
  };
}
