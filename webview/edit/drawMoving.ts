import type { Camera } from '../graph/camera';
import type { Palette } from '../graph/palette';
import type { Scene } from '../graph/scene';

/** Dashed outlines around what would move: the boxes of operators, or of the collapsed groups that hold them. */
export function drawMoving(context: CanvasRenderingContext2D, { boxes, standIn }: Pick<Scene, 'boxes' | 'standIn'>, operators: readonly number[], camera: Camera, palette: Palette): void {
  const grow = 2 / camera.scale;
  context.beginPath();
  for (const box of new Set(operators.map((operator) => standIn[operator] ?? -1))) {
    if (box >= 0) context.roundRect(boxes[4 * box]! - grow, boxes[4 * box + 1]! - grow, boxes[4 * box + 2]! + 2 * grow, boxes[4 * box + 3]! + 2 * grow, 5);
  }
  context.strokeStyle = palette.accent;
  context.lineWidth = 2 / camera.scale;
  context.setLineDash([6 / camera.scale, 4 / camera.scale]);
  context.stroke();
  context.setLineDash([]);
}
