import type { PinView } from '../../src/shared/planView';
import type { Camera } from '../graph/camera';
import type { Palette } from '../graph/palette';
import type { Scene } from '../graph/scene';

const RADIUS = 8;
/** Pixels below which a mark is a mere dot, and the least that a dot has. */
const LEGIBLE = 5;
const DOT = 3;

/**
 * A pin on the corner of each pinned operator's box, in the colours of text, so that it is told by its shape: round with a needle for a device, square with its number for a
 * stage; with a broken outline where this plan does not keep it.
 */
export function drawPinMarks(context: CanvasRenderingContext2D, { view, boxes, boxOf }: Pick<Scene, 'view' | 'boxes' | 'boxOf'>, camera: Camera, palette: Palette): void {
  const pins = view.plan?.pins ?? [];
  if (pins.length === 0) return;
  const legible = RADIUS * camera.scale >= LEGIBLE;
  const radius = legible ? RADIUS : DOT / camera.scale;
  for (const pin of pins) {
    const box = boxOf[pin.operator] ?? -1;
    if (box < 0) continue;
    const x = boxes[4 * box]! + boxes[4 * box + 2]!;
    const y = boxes[4 * box + 1]!;
    const hollow = legible || !pin.kept;
    context.lineWidth = Math.max(1, 1 / camera.scale);
    context.setLineDash(pin.kept ? [] : legible ? [3, 2] : []);
    outline(context, pin, x, y, radius);
    context.fillStyle = hollow ? palette.chip : palette.text;
    context.fill();
    context.strokeStyle = hollow ? palette.text : palette.background;
    context.stroke();
    context.setLineDash([]);
    if (!legible) continue;
    if ('stage' in pin.to) number(context, pin.to.stage, x, y, palette);
    else needle(context, x, y, palette.text);
  }
}

function outline(context: CanvasRenderingContext2D, { to }: PinView, x: number, y: number, radius: number): void {
  context.beginPath();
  if ('stage' in to) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  else context.arc(x, y, radius, 0, 2 * Math.PI);
}

function number(context: CanvasRenderingContext2D, stage: number, x: number, y: number, { text, font }: Palette): void {
  context.font = `600 ${stage < 100 ? 10 : 8}px ${font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillStyle = text;
  context.fillText(String(stage), x, y + 0.5);
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
