import { formatBytes, formatSeconds } from '../../src/shared/format';
import type { LayoutView } from '../../src/shared/layoutView';
import type { PlanView } from '../../src/shared/planView';
import { makeGrid, type Grid } from './hitTest';
import { HEAT_STEPS } from './palette';

/** A picture prepared for drawing: everything that does not depend on camera, theme or selection. */
export interface Scene {
  readonly view: PlanView;
  readonly layout: LayoutView;
  readonly boxes: Float32Array;
  /** per drawn box */
  readonly stage: Int32Array;
  readonly heat: Uint8Array;
  /** boxes in the order of their colour, so that a frame changes colours rarely */
  readonly order: Int32Array;
  readonly grid: Grid;
  /** operator index -> drawn box, or -1 */
  readonly boxOf: Int32Array;
  /** bounds of each edge: left, top, right, bottom */
  readonly edgeBounds: Float32Array;
  /** edges between operators of one stage, and of different stages */
  readonly innerEdges: Int32Array;
  readonly cutEdges: Int32Array;
  /** operator index -> its edges */
  readonly edgesOf: readonly (readonly number[])[];
  readonly cutLabels: readonly CutLabel[];
}

/** Where the size of a cut tensor may be written: along a part of one of its edges that is free of operators. */
export interface CutLabel {
  readonly tensor: number;
  /** size and transfer time */
  readonly lines: readonly [string, string];
  readonly stage: number;
  readonly transferSeconds: number;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

export function makeScene(view: PlanView, layout: LayoutView): Scene {
  const count = layout.operators.length;
  const boxes = Float32Array.from(layout.boxes);
  const stage = Int32Array.from(layout.operators, (o) => view.operators[o]?.stage ?? -1);
  const heaviest = Math.max(1e-12, ...layout.operators.map((o) => view.operators[o]?.seconds ?? 0));
  const heat = Uint8Array.from(layout.operators, (o) => heatStep((view.operators[o]?.seconds ?? 0) / heaviest));
  const order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => stage[a]! - stage[b]! || heat[a]! - heat[b]! || a - b);
  const boxOf = new Int32Array(view.operators.length).fill(-1);
  layout.operators.forEach((o, i) => (boxOf[o] = i));

  const edgeBounds = new Float32Array(layout.edges.length * 4);
  const edgesOf: number[][] = view.operators.map(() => []);
  const inner: number[] = [];
  const cut: number[] = [];
  layout.edges.forEach((edge, e) => {
    edgeBounds.set(boundsOf(edge.points), 4 * e);
    edgesOf[edge.from]?.push(e);
    edgesOf[edge.to]?.push(e);
    const crosses = view.operators[edge.from]?.stage !== view.operators[edge.to]?.stage;
    (crosses ? cut : inner).push(e);
  });
  return {
    view, layout, boxes, stage, heat, order, boxOf, edgeBounds, edgesOf,
    grid: makeGrid(boxes, count),
    innerEdges: Int32Array.from(inner),
    cutEdges: Int32Array.from(cut),
    cutLabels: labelsOf(view, layout, cut),
  };
}

/** The square root spreads the many small times, which a linear scale would all show as nothing. */
const heatStep = (share: number): number => Math.min(HEAT_STEPS - 1, Math.floor(Math.sqrt(Math.max(0, share)) * HEAT_STEPS));

function boundsOf(points: readonly number[]): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i + 1 < points.length; i += 2) {
    left = Math.min(left, points[i]!);
    right = Math.max(right, points[i]!);
    top = Math.min(top, points[i + 1]!);
    bottom = Math.max(bottom, points[i + 1]!);
  }
  return [left, top, right, bottom];
}

function labelsOf(view: PlanView, layout: LayoutView, cutEdges: readonly number[]): CutLabel[] {
  const byTensor = new Map<number, number[]>();
  for (const e of cutEdges) byTensor.set(layout.edges[e]!.tensor, [...(byTensor.get(layout.edges[e]!.tensor) ?? []), e]);
  const labels: CutLabel[] = [];
  for (const cut of view.plan?.cuts ?? []) {
    // Between stages there is room; within one, a label would cover operators.
    const parts = (byTensor.get(cut.tensor) ?? []).flatMap((e) => partsOf(layout.edges[e]!.points));
    const free = parts.filter(({ x, top, bottom }) => layout.stages.every((s) => x < s.x || x > s.x + s.width || top > s.y + s.height || bottom < s.y));
    const [segment] = (free.length > 0 ? free : parts).sort((a, b) => b.bottom - b.top - (a.bottom - a.top));
    if (segment === undefined) continue;
    const bytes = view.tensors[cut.tensor]?.bytes ?? null;
    labels.push({ tensor: cut.tensor, stage: cut.from, transferSeconds: cut.transferSeconds, lines: [bytes === null ? 'size unknown' : formatBytes(bytes), formatSeconds(cut.transferSeconds)], ...segment });
  }
  return labels.sort((a, b) => b.transferSeconds - a.transferSeconds);
}

/** Where along an edge a label may stand: anywhere on its upright parts, in the middle of the others. */
function partsOf(points: readonly number[]): { x: number; top: number; bottom: number }[] {
  const parts: { x: number; top: number; bottom: number }[] = [];
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [x0, y0, x1, y1] = [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!];
    const upright = Math.abs(x0 - x1) < 1;
    const y = (y0 + y1) / 2;
    parts.push({ x: (x0 + x1) / 2, top: upright ? Math.min(y0, y1) : y, bottom: upright ? Math.max(y0, y1) : y });
  }
  return parts;
}
