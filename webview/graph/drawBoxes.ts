import { UNKNOWN } from '../overlay/bins';
import type { Paint } from '../overlay/paint';
import type { Camera } from './camera';
import type { Frame, Seen } from './draw';
import { levelOf, type Detail } from './levelOfDetail';
import { mergedBoxes } from './mergedBoxes';
import type { Palette } from './palette';
import type { Scene } from './scene';

/** What fills a box of this step: of a metric, or of a stage elsewhere. */
const colourOf = (step: number, kind: Paint['kind'], palette: Palette): string => (step === UNKNOWN ? palette.unknown : kind === 'stages' ? palette.stages(step).heat.at(-1)! : palette.ramp[step]!);

/** What fills a box that has another colour than its stage's. */
export const fillOf = ({ step, kind }: Pick<Paint, 'step' | 'kind'>, box: number, palette: Palette): string => colourOf(step[box]!, kind, palette);

/** What is written on it. */
export const inkOf = (paint: Frame['paint'], box: number, palette: Palette): string => (paint === null || paint.kind === 'stages' || paint.step[box] === UNKNOWN ? palette.text : palette.onRamp[paint.step[box]!]!);

/** How much of a box is left that was not found. */
const RECEDED = 0.3;
/** How far the colour of what is found reaches beyond merged boxes, screen pixels. */
const HALO = 2;

/** The boxes of operators, each for itself or merged where they are too small for that. */
export function drawBoxes(frame: Frame, seen: Seen, detail: Detail): void {
  const level = levelOf(frame.camera.scale);
  if (level >= 0) return drawMergedBoxes(frame, seen, level);
  const { context, scene, camera, palette, paint, emphasis } = frame;
  const { boxes } = scene;
  let key = -1;
  const radius = detail.roundCorners ? 4 : 0;
  const flush = (): void => {
    if (key < 0 || !detail.outlines) return;
    context.fill();
    context.stroke();
  };
  context.lineWidth = 1 / camera.scale;
  for (const i of paint?.order ?? scene.order) {
    const x = boxes[4 * i]!;
    const y = boxes[4 * i + 1]!;
    const w = boxes[4 * i + 2]!;
    const h = boxes[4 * i + 3]!;
    if (x > seen.right || x + w < seen.left || y > seen.bottom || y + h < seen.top) continue;
    const stage = scene.stage[i]!;
    const found = emphasis.matches?.has(scene.layout.operators[i]!) ?? true;
    const next = ((stage + 1) * 256 + (paint?.step[i] ?? scene.heat[i]!)) * 2 + (found ? 1 : 0);
    if (next !== key) {
      flush();
      key = next;
      const colors = palette.stages(stage);
      context.globalAlpha = found ? 1 : RECEDED;
      context.fillStyle = paint ? fillOf(paint, i, palette) : (detail.outlines ? colors.heat : colors.farHeat)[scene.heat[i]!]!;
      context.strokeStyle = colors.outline;
      context.beginPath();
    }
    // Many rectangles one by one are filled faster than as one path.
    if (!detail.outlines) context.fillRect(x, y, w, h);
    else if (radius > 0) context.roundRect(x, y, w, h, radius);
    else context.rect(x, y, w, h);
  }
  flush();
  context.globalAlpha = 1;
}

function drawMergedBoxes({ context, scene, camera, palette, paint, emphasis: { matches } }: Frame, seen: Seen, level: number): void {
  const { rectangles, stage, step, found, density } = mergedBoxes(scene, { step: paint?.step ?? scene.heat, matches }, level);
  const count = stage.length;
  const isSeen = (i: number): boolean => {
    const [x, y, w, h] = [rectangles[4 * i]!, rectangles[4 * i + 1]!, rectangles[4 * i + 2]!, rectangles[4 * i + 3]!];
    return x <= seen.right && x + w >= seen.left && y <= seen.bottom && y + h >= seen.top;
  };
  const grow = matches === null ? 0 : HALO / camera.scale;
  if (grow > 0) {
    context.fillStyle = palette.match;
    for (let i = 0; i < count; i++) {
      if (found[i] === 1 && isSeen(i)) context.fillRect(rectangles[4 * i]! - grow, rectangles[4 * i + 1]! - grow, rectangles[4 * i + 2]! + 2 * grow, rectangles[4 * i + 3]! + 2 * grow);
    }
  }
  let key = -1;
  for (let i = 0; i < count; i++) {
    if (!isSeen(i)) continue;
    const next = ((stage[i]! + 1) * 256 + step[i]!) * 32 + density[i]! * 2 + found[i]!;
    if (next !== key) {
      key = next;
      context.globalAlpha = (density[i]! / 8) * (found[i] === 1 ? 1 : RECEDED);
      context.fillStyle = paint ? colourOf(step[i]!, paint.kind, palette) : palette.stages(stage[i]!).farHeat[step[i]!]!;
    }
    context.fillRect(rectangles[4 * i]!, rectangles[4 * i + 1]!, rectangles[4 * i + 2]!, rectangles[4 * i + 3]!);
  }
  context.globalAlpha = 1;
}

/** What is found, pointed at and selected. */
export function drawMarks({ context, scene, camera, palette, emphasis }: Frame, seen: Seen, detail: Detail): void {
  const { boxes } = scene;
  if (emphasis.matches !== null && levelOf(camera.scale) < 0) drawMatches(scene, emphasis.matches, context, seen, camera, palette);
  if (emphasis.hovered >= 0 && emphasis.hovered !== emphasis.box) outline(scene, emphasis.hovered, context, 1.5 / camera.scale, palette.text);
  if (emphasis.box >= 0) {
    const i = emphasis.box;
    if (!detail.roundCorners) {
      // A box of a few pixels is found only if its mark is larger than itself.
      context.fillStyle = palette.accent;
      const grow = 3 / camera.scale;
      context.fillRect(boxes[4 * i]! - grow, boxes[4 * i + 1]! - grow, boxes[4 * i + 2]! + 2 * grow, boxes[4 * i + 3]! + 2 * grow);
    }
    outline(scene, i, context, 2.5 / camera.scale, palette.accent, 1.5 / camera.scale);
  }
}

function drawMatches(scene: Scene, matches: ReadonlySet<number>, context: CanvasRenderingContext2D, seen: Seen, camera: Camera, palette: Palette): void {
  context.beginPath();
  const marked = new Set(Array.from(matches, (operator) => scene.standIn[operator] ?? -1));
  for (const i of marked) {
    if (i < 0) continue;
    const [x, y, w, h] = [scene.boxes[4 * i]!, scene.boxes[4 * i + 1]!, scene.boxes[4 * i + 2]!, scene.boxes[4 * i + 3]!];
    if (x <= seen.right && x + w >= seen.left && y <= seen.bottom && y + h >= seen.top) context.roundRect(x, y, w, h, 4);
  }
  context.strokeStyle = palette.match;
  context.lineWidth = Math.max(3, 2 / camera.scale);
  context.stroke();
}

function outline(scene: Scene, i: number, context: CanvasRenderingContext2D, width: number, color: string, grow = 0): void {
  context.beginPath();
  context.roundRect(scene.boxes[4 * i]! - grow, scene.boxes[4 * i + 1]! - grow, scene.boxes[4 * i + 2]! + 2 * grow, scene.boxes[4 * i + 3]! + 2 * grow, 5);
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}
