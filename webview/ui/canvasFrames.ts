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

/**
 * Keeps a canvas as large as its element, and draws it when asked to, once per frame.
 *
 * @returns asks for a frame
 */
export function canvasFrames(element: HTMLElement, canvas: HTMLCanvasElement, { resized, draw }: CanvasOwner): () => void {
  let requested = false;
  const drawNow = (now: number): void => {
    requested = false;
    draw(now);
  };
  new ResizeObserver(() => {
    const { width, height } = element.getBoundingClientRect();
    canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
    resized({ width, height });
    // Resizing clears a canvas; drawing at once rather than in the next frame avoids a flash.
    drawNow(performance.now());
  }).observe(element);
  return () => {
    if (requested) return;
    requested = true;
    requestAnimationFrame(drawNow);
  };
}
