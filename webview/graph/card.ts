import type { Size } from './camera';
import type { Palette } from './palette';
import { drawChip } from './shapes';

/** Where a card goes: its left edge at `right`, or its right edge at `left` where there is no room; as high as `y` if it can. CSS pixels. */
export interface CardPlace {
  readonly left: number;
  readonly right: number;
  readonly y: number;
}

/** A small card over the picture that says what something is: the first line stands out. */
export function drawCard(context: CanvasRenderingContext2D, viewport: Size, palette: Palette, { left, right, y }: CardPlace, lines: readonly string[]): void {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const fontOf = (line: number): string => `${line === 0 ? '600 ' : ''}12px ${palette.font}`;
  const width = 18 + Math.max(...lines.map((line, n) => ((context.font = fontOf(n)), context.measureText(line).width)));
  const height = 10 + 18 * lines.length;
  const x = right + width > viewport.width - 4 ? Math.max(4, left - width) : right;
  const box = { x, y: Math.max(4, Math.min(viewport.height - height - 4, y)), width, height };
  drawChip(context, box, palette.chip, palette.chipOutline);
  lines.forEach((line, n) => {
    context.font = fontOf(n);
    context.fillStyle = n === 0 ? palette.text : palette.quietText;
    context.fillText(line, box.x + 9, box.y + 14 + 18 * n);
  });
}
