import type { Picture } from '../../src/shared/picture';
import { svgContext } from './svgContext';

/** Draws on a context: of so many CSS pixels, of which each is so many pixels of the canvas. */
export type DrawOn = (context: CanvasRenderingContext2D, pixelRatio: number) => void;

/** Pixels for each CSS pixel of a bitmap, as long as it does not become too large for a canvas. */
const PNG_RATIO = 2;
const LARGEST_SIDE = 12_000;

/** Draws once as SVG and once as PNG. */
export function makePicture(width: number, height: number, draw: DrawOn): Picture {
  const vector = svgContext(width, height);
  draw(vector.context, 1);
  const ratio = Math.min(PNG_RATIO, LARGEST_SIDE / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  draw(canvas.getContext('2d', { alpha: false })!, ratio);
  return { svg: vector.document(), png: canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '') };
}
