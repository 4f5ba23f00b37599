import type { Paint } from '../overlay/paint';
import { drawMovedMarks, type MovedMarks } from '../compare/movedMarks';
import { drawMoving } from '../edit/drawMoving';
import { drawPinMarks } from '../edit/pinMarks';
import type { BoxText } from './boxText';
import { LARGE_SIZE, NAME_SIZE, TYPE_SIZE } from './boxText';
import type { Camera, Size } from './camera';
import { drawCard } from './card';
import { drawBoxes, drawMarks, inkOf } from './drawBoxes';
import { drawCuts, drawEmphasisedEdges, drawInnerEdges } from './drawEdges';
import { drawClosedGroups, drawGroupFrames } from './groups';
import { detailAt, type Detail } from './levelOfDetail';
import type { Palette } from './palette';
import { drawPorts } from './ports';
import type { CutLabel, Scene } from './scene';
import { drawChip, overlapsAny, type Box } from './shapes';
import { drawStageTitles } from './stageTitles';

/** What is emphasised in a frame. Boxes and edges by their indices in the layout, -1 for none. */
export interface Emphasis {
  readonly box: number;
  readonly hovered: number;
  readonly stage: number;
  /** selected expanded group, by its index in the layout */
  readonly frame: number;
  /** edges of the selected operator or tensor */
  readonly edges: ReadonlySet<number>;
  /** tensor whose label is wanted at any zoom */
  readonly tensors: ReadonlySet<number>;
  /** operators found by the search; null if nothing is searched */
  readonly matches: ReadonlySet<number> | null;
  /** operators that would move if what is dragged were dropped; null if nothing is */
  readonly moving: readonly number[] | null;
}

export interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly scene: Scene;
  readonly camera: Camera;
  readonly viewport: Size;
  readonly pixelRatio: number;
  readonly palette: Palette;
  readonly emphasis: Emphasis;
  readonly text: (box: number) => BoxText;
  /** a metric as the colour of boxes; null: the colours of their stages */
  readonly paint: Paint | null;
  /** where operators are in the plan that the one on view is compared with; null while it is with none */
  readonly moved: MovedMarks | null;
}

/** A label of cut tensors where it was drawn, pixels of the canvas. */
export interface PlacedLabel {
  readonly tensors: readonly number[];
  readonly box: Box;
}

/** What the viewport shows, world coordinates. */
export interface Seen {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Draws one frame from scratch; what lies outside the viewport costs next to nothing. @returns where the labels of cuts are */
export function drawFrame(frame: Frame): readonly PlacedLabel[] {
  const { context, scene, camera, viewport, pixelRatio, palette, emphasis } = frame;
  const detail = detailAt(camera.scale);
  const seen = { left: camera.x, top: camera.y, right: camera.x + viewport.width / camera.scale, bottom: camera.y + viewport.height / camera.scale };
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = palette.background;
  context.fillRect(0, 0, viewport.width, viewport.height);
  const k = pixelRatio * camera.scale;
  context.setTransform(k, 0, 0, k, -camera.x * k, -camera.y * k);
  context.lineJoin = 'round';
  drawStages(frame);
  drawGroupFrames(frame, seen, detail);
  if (detail.innerEdges) drawInnerEdges(frame, seen, detail);
  drawCuts(frame, seen, detail);
  drawEmphasisedEdges(frame, detail);
  drawBoxes(frame, seen, detail);
  drawClosedGroups(frame, seen, detail);
  if (detail.innerEdges) drawPorts(frame, seen);
  drawMarks(frame, seen, detail);
  if (detail.text !== 'none') drawTexts(frame, seen, detail);
  drawPinMarks(context, scene, camera, palette);
  if (frame.moved !== null) drawMovedMarks(frame, frame.moved, seen, detail);
  if (emphasis.moving !== null) drawMoving(context, scene, emphasis.moving, camera, palette);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  const taken = drawStageTitles(context, scene, camera, viewport, palette, emphasis.stage);
  const labels = drawCutLabels(frame, detail, taken);
  if (emphasis.hovered >= 0 && (detail.text === 'none' || detail.text === 'type')) drawHoverCard(frame);
  return labels;
}

function drawStages({ context, scene, camera, palette, emphasis }: Frame): void {
  scene.layout.stages.forEach((stage, s) => {
    const colors = palette.stages(s);
    const selected = emphasis.stage === s;
    context.beginPath();
    context.roundRect(stage.x, stage.y, stage.width, stage.height, 8 / Math.max(camera.scale, 0.3));
    context.fillStyle = colors.ground;
    context.fill();
    context.strokeStyle = selected ? palette.accent : colors.outline;
    context.lineWidth = (selected ? 2 : 1) / camera.scale;
    context.stroke();
  });
}

function drawTexts({ context, scene, palette, text, paint }: Frame, seen: Seen, detail: Detail): void {
  const { boxes } = scene;
  /** what is seen, by the colour that it is written in */
  const visible = new Map<string, number[]>();
  scene.grid.forEachIn(seen.left, seen.top, seen.right, seen.bottom, (i) => {
    if (i >= scene.layout.operators.length) return;
    const ink = inkOf(paint, i, palette);
    const alike = visible.get(ink);
    if (alike === undefined) visible.set(ink, [i]);
    else alike.push(i);
  });
  // One pass per font: changing the font of a canvas costs more than drawing a word.
  const pass = (font: string, align: CanvasTextAlign, of: (t: BoxText) => string, dx: number, dy: number, outside?: string): void => {
    context.font = font;
    context.textAlign = align;
    for (const [ink, alike] of visible) {
      context.fillStyle = outside ?? ink;
      for (const i of alike) {
        const value = of(text(i));
        if (value !== '') context.fillText(value, boxes[4 * i]! + dx, boxes[4 * i + 1]! + dy);
      }
    }
  };
  context.textBaseline = 'middle';
  const width = boxes[2] ?? 0;
  const height = boxes[3] ?? 0;
  if (detail.text === 'type') {
    pass(`${LARGE_SIZE}px ${palette.font}`, 'center', (t) => t.large, width / 2, height / 2 + 1);
    return;
  }
  pass(`600 ${TYPE_SIZE}px ${palette.font}`, 'left', (t) => t.type, 9, 14);
  pass(`${NAME_SIZE}px ${palette.font}`, 'right', (t) => t.time, width - 9, 14);
  pass(`${NAME_SIZE}px ${palette.font}`, 'left', (t) => t.name, 9, 30);
  if (detail.text === 'shapes') pass(`${NAME_SIZE - 1}px ${palette.font}`, 'left', (t) => t.shape, width / 2 + 6, height + 9, palette.quietText);
}

/** Labels avoid the titles and each other; the slowest transfers choose first. */
function drawCutLabels({ context, scene, camera, viewport, palette, emphasis }: Frame, detail: Detail, taken: Box[]): PlacedLabel[] {
  context.font = `11px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const wanted = (label: CutLabel): boolean => label.tensors.some((tensor) => emphasis.tensors.has(tensor));
  const placed: PlacedLabel[] = [];
  const labels = [...scene.cutLabels.filter(wanted), ...(detail.cutLabels ? scene.cutLabels.filter((label) => !wanted(label)) : [])];
  for (const label of labels) {
    const width = Math.max(...label.lines.map((line) => context.measureText(line).width)) + 12;
    const height = 33;
    const x = (label.x - camera.x) * camera.scale;
    if (x < 0 || x > viewport.width) continue;
    const top = Math.max(4, (label.top - camera.y) * camera.scale);
    const bottom = Math.min(viewport.height - 4, (label.bottom - camera.y) * camera.scale);
    if (bottom < 0 || top > viewport.height) continue;
    for (const share of [0.5, 0.35, 0.65, 0.2, 0.8, 0.05, 0.95]) {
      const box = { x: x - width / 2, y: top + (bottom - top) * share - height / 2, width, height };
      if (overlapsAny(box, taken)) continue;
      drawChip(context, box, palette.chip, wanted(label) ? palette.accent : palette.stages(label.stage).strong);
      context.fillStyle = palette.text;
      context.fillText(label.lines[0], x, box.y + 10.5);
      context.fillStyle = palette.quietText;
      context.fillText(label.lines[1], x, box.y + 23.5);
      taken.push(box);
      placed.push({ tensors: label.tensors, box });
      break;
    }
  }
  return placed;
}

/** What a box would say if it were large enough, beside the pointer's box. */
function drawHoverCard({ context, scene, camera, viewport, palette, emphasis, text }: Frame): void {
  const i = emphasis.hovered;
  const { type, time, name, shape } = text(i);
  const lines = [time === '' ? type : `${type} · ${time}`, name, shape].filter((line) => line !== '');
  const right = (scene.boxes[4 * i]! + scene.boxes[4 * i + 2]! - camera.x) * camera.scale + 8;
  const left = (scene.boxes[4 * i]! - camera.x) * camera.scale - 8;
  drawCard(context, viewport, palette, { left, right, y: (scene.boxes[4 * i + 1]! - camera.y) * camera.scale - 4 }, lines);
}
