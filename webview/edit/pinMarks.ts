import type { Camera } from '../graph/camera';
import type { Palette } from '../graph/palette';
import type { Scene } from '../graph/scene';

const RADIUS = 8;
/** Pixels below which a mark is a mere dot, and the least that a dot has. */
const LEGIBLE = 5;
const DOT = 3;

/** A pin on the corner of each pinned operator's box: a round head on a needle, in the colours of text, so that it is told by its shape. */
export function drawPinMarks(context: CanvasRenderingContext2D, { view, boxes, boxOf }: Pick<Scene, 'view' | 'boxes' | 'boxOf'>, camera: Camera, palette: Palette): void {
  const pins = view.plan?.pins ?? [];
  if (pins.length === 0) return;
  const legible = RADIUS * camera.scale >= LEGIBLE;
  const radius = legible ? RADIUS : DOT / camera.scale;
  context.lineWidth = Math.max(1, 1 / camera.scale);
  for (const { operator } of pins) {
    const box = boxOf[operator] ?? -1;
    if (box < 0) continue;
    const x = boxes[4 * box]! + boxes[4 * box + 2]!;
    const y = boxes[4 * box + 1]!;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = legible ? palette.chip : palette.text;
    context.fill();
    context.strokeStyle = legible ? palette.text : palette.background;
    context.stroke();
    if (legible) needle(context, x, y, palette.text);
  }
}

function needle(context: CanvasRenderingContext2D, x: number, y: number, color: string): void {
  context.fillStyle = context.strokeStyle = color;
  context.beginPath();
  context.arc(x, y - 1.6, 2.7, 0, 2 * Math.PI);
  context.fill();
  context.lineWidth = 1.3;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x, y + 5);
  context.stroke();
}
