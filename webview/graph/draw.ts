import { UNKNOWN } from '../overlay/bins';
import type { Paint } from '../overlay/paint';
import { drawPinMarks } from '../edit/pinMarks';
import type { BoxText } from './boxText';
import { LARGE_SIZE, NAME_SIZE, TYPE_SIZE } from './boxText';
import type { Camera, Size } from './camera';
import { drawCard } from './card';
import { drawClosedGroups, drawGroupFrames } from './groups';
import { detailAt, type Detail } from './levelOfDetail';
import type { Palette } from './palette';
import type { CutLabel, Scene } from './scene';
import { drawChip, overlapsAny, polyline, type Box } from './shapes';
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
}

/** What the viewport shows, world coordinates. */
export interface Seen {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Draws one frame from scratch; what lies outside the viewport costs next to nothing. */
export function drawFrame(frame: Frame): void {
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
  if (detail.innerEdges) drawEdges(frame, scene.innerEdges, seen, palette.edge, 1 / Math.max(camera.scale, 0.6), detail);
  drawCuts(frame, seen, detail);
  drawEmphasisedEdges(frame, detail);
  drawBoxes(frame, seen, detail);
  drawClosedGroups(frame, seen, detail);
  drawMarks(frame, detail);
  if (detail.text !== 'none') drawTexts(frame, seen, detail);
  drawPinMarks(context, scene, camera, palette);
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  const taken = drawStageTitles(context, scene, camera, viewport, palette, emphasis.stage);
  drawCutLabels(frame, detail, taken);
  if (emphasis.hovered >= 0 && (detail.text === 'none' || detail.text === 'type')) drawHoverCard(frame);
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

const isSeen = (bounds: Float32Array, e: number, seen: Seen): boolean =>
  bounds[4 * e]! <= seen.right && bounds[4 * e + 2]! >= seen.left && bounds[4 * e + 1]! <= seen.bottom && bounds[4 * e + 3]! >= seen.top;

function drawEdges({ context, scene }: Frame, edges: Int32Array, seen: Seen, color: string, width: number, detail: Detail): void {
  context.beginPath();
  for (const e of edges) {
    if (isSeen(scene.edgeBounds, e, seen)) polyline(context, scene.layout.edges[e]!.points, detail.roundCorners ? 7 : 0);
  }
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

/** Cut tensors are the only strong edges, in the colour of the stage that sends them, with a halo that lifts them off the rest. */
function drawCuts({ context, scene, camera, palette }: Frame, seen: Seen, detail: Detail): void {
  const byStage = new Map<number, number[]>();
  for (const e of scene.cutEdges) {
    if (!isSeen(scene.edgeBounds, e, seen)) continue;
    const stage = scene.view.operators[scene.layout.edges[e]!.from]!.stage;
    byStage.set(stage, [...(byStage.get(stage) ?? []), e]);
  }
  for (const [stage, edges] of byStage) {
    context.beginPath();
    for (const e of edges) polyline(context, scene.layout.edges[e]!.points, detail.roundCorners ? 7 : 0);
    context.strokeStyle = palette.background;
    context.lineWidth = (detail.cutWidth + 2) / camera.scale;
    context.stroke();
    context.strokeStyle = palette.stages(stage).strong;
    context.lineWidth = detail.cutWidth / camera.scale;
    context.stroke();
    context.fillStyle = palette.stages(stage).strong;
    for (const e of edges) arrowHead(context, scene.layout.edges[e]!.points, Math.max(7, 4 / camera.scale));
  }
}

function drawEmphasisedEdges({ context, scene, camera, palette, emphasis }: Frame, detail: Detail): void {
  if (emphasis.edges.size === 0) return;
  context.beginPath();
  for (const e of emphasis.edges) polyline(context, scene.layout.edges[e]!.points, detail.roundCorners ? 7 : 0);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2.4 / camera.scale;
  context.stroke();
  context.fillStyle = palette.accent;
  for (const e of emphasis.edges) arrowHead(context, scene.layout.edges[e]!.points, Math.max(8, 5 / camera.scale));
}

/** A triangle at the end of an edge; edges end going down, into the top of a box. */
function arrowHead(context: CanvasRenderingContext2D, points: readonly number[], size: number): void {
  const x = points.at(-2)!;
  const y = points.at(-1)!;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - size * 0.55, y - size);
  context.lineTo(x + size * 0.55, y - size);
  context.fill();
}

/** What fills a box that has a metric's colour. */
export const fillOf = ({ step }: Paint, box: number, palette: Palette): string => (step[box] === UNKNOWN ? palette.unknown : palette.ramp[step[box]!]!);

/** How much of a box is left that was not found. */
const RECEDED = 0.3;

function drawBoxes({ context, scene, camera, palette, paint, emphasis }: Frame, seen: Seen, detail: Detail): void {
  const { boxes } = scene;
  let key = -1;
  const radius = detail.roundCorners ? 4 : 0;
  const flush = (): void => {
    if (key < 0) return;
    context.fill();
    if (detail.outlines) context.stroke();
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
    if (radius > 0) context.roundRect(x, y, w, h, radius);
    else context.rect(x, y, w, h);
  }
  flush();
  context.globalAlpha = 1;
}

/** What is found, pointed at and selected. */
function drawMarks({ context, scene, camera, palette, emphasis }: Frame, detail: Detail): void {
  const { boxes } = scene;
  if (emphasis.matches !== null) drawMatches(scene, emphasis.matches, context, camera, palette);
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

function drawMatches(scene: Scene, matches: ReadonlySet<number>, context: CanvasRenderingContext2D, camera: Camera, palette: Palette): void {
  context.beginPath();
  const marked = new Set(Array.from(matches, (operator) => scene.standIn[operator] ?? -1));
  for (const i of marked) {
    if (i >= 0) context.roundRect(scene.boxes[4 * i]!, scene.boxes[4 * i + 1]!, scene.boxes[4 * i + 2]!, scene.boxes[4 * i + 3]!, 4);
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

function drawTexts({ context, scene, palette, text }: Frame, seen: Seen, detail: Detail): void {
  const { boxes } = scene;
  const visible: number[] = [];
  scene.grid.forEachIn(seen.left, seen.top, seen.right, seen.bottom, (i) => i < scene.layout.operators.length && visible.push(i));
  // One pass per font: changing the font of a canvas costs more than drawing a word.
  const pass = (font: string, color: string, align: CanvasTextAlign, of: (t: BoxText) => string, dx: number, dy: number): void => {
    context.font = font;
    context.fillStyle = color;
    context.textAlign = align;
    for (const i of visible) {
      const value = of(text(i));
      if (value !== '') context.fillText(value, boxes[4 * i]! + dx, boxes[4 * i + 1]! + dy);
    }
  };
  context.textBaseline = 'middle';
  const width = boxes[2] ?? 0;
  const height = boxes[3] ?? 0;
  if (detail.text === 'type') {
    pass(`${LARGE_SIZE}px ${palette.font}`, palette.text, 'center', (t) => t.large, width / 2, height / 2 + 1);
    return;
  }
  pass(`600 ${TYPE_SIZE}px ${palette.font}`, palette.text, 'left', (t) => t.type, 9, 14);
  pass(`${NAME_SIZE}px ${palette.font}`, palette.text, 'right', (t) => t.time, width - 9, 14);
  pass(`${NAME_SIZE}px ${palette.font}`, palette.text, 'left', (t) => t.name, 9, 30);
  if (detail.text === 'shapes') pass(`${NAME_SIZE - 1}px ${palette.font}`, palette.quietText, 'left', (t) => t.shape, width / 2 + 6, height + 9);
}

/** Labels avoid the titles and each other; the slowest transfers choose first. */
function drawCutLabels({ context, scene, camera, viewport, palette, emphasis }: Frame, detail: Detail, taken: Box[]): void {
  context.font = `11px ${palette.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const wanted = (label: CutLabel): boolean => label.tensors.some((tensor) => emphasis.tensors.has(tensor));
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
      break;
    }
  }
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
