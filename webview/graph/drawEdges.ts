import type { Frame, Seen } from './draw';
import { levelOf, type Detail } from './levelOfDetail';
import { mergedCuts } from './mergedEdges';
import type { Scene } from './scene';
import { polyline } from './shapes';

const isSeen = (bounds: Float32Array, e: number, seen: Seen): boolean =>
  bounds[4 * e]! <= seen.right && bounds[4 * e + 2]! >= seen.left && bounds[4 * e + 1]! <= seen.bottom && bounds[4 * e + 3]! >= seen.top;

export function drawInnerEdges({ context, scene, camera, palette }: Frame, seen: Seen, detail: Detail): void {
  context.beginPath();
  for (const e of scene.innerEdges) {
    if (isSeen(scene.edgeBounds, e, seen)) polyline(context, scene.layout.edges[e]!.points, detail.roundCorners ? 7 : 0);
  }
  context.strokeStyle = palette.edge;
  context.lineWidth = 1 / Math.max(camera.scale, 0.6);
  context.stroke();
}

/** Cut tensors are the only strong edges, in the colour of the stage that sends them, with a halo that lifts them off the rest. */
export function drawCuts(frame: Frame, seen: Seen, detail: Detail): void {
  const { context, scene, camera, palette } = frame;
  const level = levelOf(camera.scale);
  if (level >= 0) return drawMergedCuts(frame, seen, detail, level);
  const byStage = new Map<number, number[]>();
  for (const e of scene.cutEdges) {
    if (!isSeen(scene.edgeBounds, e, seen)) continue;
    const stage = scene.view.operators[scene.layout.edges[e]!.from]!.stage;
    const own = byStage.get(stage);
    if (own === undefined) byStage.set(stage, [e]);
    else own.push(e);
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
    arrowHeads(context, endsOf(scene, edges), Math.max(7, 4 / camera.scale));
  }
}

export function drawEmphasisedEdges({ context, scene, camera, palette, emphasis }: Frame, detail: Detail): void {
  if (emphasis.edges.size === 0) return;
  context.beginPath();
  for (const e of emphasis.edges) polyline(context, scene.layout.edges[e]!.points, detail.roundCorners ? 7 : 0);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2.4 / camera.scale;
  context.stroke();
  context.fillStyle = palette.accent;
  arrowHeads(context, endsOf(scene, emphasis.edges), Math.max(8, 5 / camera.scale));
}

/** From far away: what runs side by side as one line, drawn as rectangles, which costs a fraction of a path. */
function drawMergedCuts({ context, scene, camera, palette }: Frame, seen: Seen, detail: Detail, level: number): void {
  for (const { stage, straight, slanted, ends } of mergedCuts(scene, level)) {
    for (const halo of [true, false]) {
      const width = (detail.cutWidth + (halo ? 2 : 0)) / camera.scale;
      context.fillStyle = context.strokeStyle = halo ? palette.background : palette.stages(stage).strong;
      for (let i = 0; i < straight.length; i += 4) {
        const [left, top, right, bottom] = [straight[i]! - width / 2, straight[i + 1]! - width / 2, straight[i + 2]! + width / 2, straight[i + 3]! + width / 2];
        if (left <= seen.right && right >= seen.left && top <= seen.bottom && bottom >= seen.top) context.fillRect(left, top, right - left, bottom - top);
      }
      context.beginPath();
      for (let i = 0; i < slanted.length; i += 4) {
        context.moveTo(slanted[i]!, slanted[i + 1]!);
        context.lineTo(slanted[i + 2]!, slanted[i + 3]!);
      }
      context.lineWidth = width;
      context.stroke();
    }
    arrowHeads(context, ends, 4 / camera.scale, seen);
  }
}

/** Triangles at the ends of edges, x and y of each; edges end going down, into the top of a box. */
function arrowHeads(context: CanvasRenderingContext2D, ends: ArrayLike<number>, size: number, seen?: Seen): void {
  context.beginPath();
  for (let i = 0; i < ends.length; i += 2) {
    const x = ends[i]!;
    const y = ends[i + 1]!;
    if (seen !== undefined && (x + size < seen.left || x - size > seen.right || y < seen.top || y - size > seen.bottom)) continue;
    context.moveTo(x, y);
    context.lineTo(x - size * 0.55, y - size);
    context.lineTo(x + size * 0.55, y - size);
    context.closePath();
  }
  context.fill();
}

const endsOf = (scene: Scene, edges: Iterable<number>): number[] => [...edges].flatMap((e) => scene.layout.edges[e]!.points.slice(-2));
