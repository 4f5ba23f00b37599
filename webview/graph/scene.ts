import { t } from '@vscode/l10n';
import { formatBytes, formatSeconds } from '../../src/shared/format';
import type { LayoutView } from '../../src/shared/layoutView';
import type { PlanView } from '../../src/shared/planView';
import { makeGrid, type Grid } from './hitTest';
import { HEAT_STEPS } from './palette';
import { portsOf } from './ports';

/** A picture prepared for drawing: everything that does not depend on camera, theme or selection. */
export interface Scene {
  readonly view: PlanView;
  readonly layout: LayoutView;
  /** x, y, width, height: first the drawn operators as in the layout, then the collapsed groups */
  readonly boxes: Float32Array;
  /** group index of each collapsed group */
  readonly closedGroups: readonly number[];
  /** expanded groups, outer before inner */
  readonly frames: readonly number[];
  /** per group how many groups are around it */
  readonly depth: Uint8Array;
  /** per drawn box */
  readonly stage: Int32Array;
  readonly heat: Uint8Array;
  /** boxes of operators in the order of their colour, so that a frame changes colours rarely */
  readonly order: Int32Array;
  readonly grid: Grid;
  /** operator index -> drawn box, or -1 */
  readonly boxOf: Int32Array;
  /** operator index -> drawn box of itself or of the collapsed group around it, or -1 */
  readonly standIn: Int32Array;
  /** group index -> drawn box, or -1 */
  readonly boxOfGroup: Int32Array;
  /** bounds of each edge: left, top, right, bottom */
  readonly edgeBounds: Float32Array;
  /** edges between operators of one stage, and of different stages */
  readonly innerEdges: Int32Array;
  /** where edges go on outside of their groups: x, y for each */
  readonly ports: Float32Array;
  readonly cutEdges: Int32Array;
  /** operator index -> its edges */
  readonly edgesOf: readonly (readonly number[])[];
  /** group index -> edges that end at its box or frame */
  readonly edgesOfGroup: readonly (readonly number[])[];
  /** drawn box -> edges that lead from or to it, around frames too */
  readonly edgesOfBox: readonly (readonly number[])[];
  readonly cutLabels: readonly CutLabel[];
}

/** Where the size of a cut tensor may be written: along a part of one of its edges that is free of operators. */
export interface CutLabel {
  /** one, or all of an edge that stands for several */
  readonly tensors: readonly number[];
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
  const { groups } = layout;
  const closedGroups = groups.flatMap(({ box, expanded }, g) => (box !== null && !expanded ? [g] : []));
  const frames = groups.flatMap(({ expanded }, g) => (expanded ? [g] : []));
  const depth = new Uint8Array(groups.length);
  groups.forEach(({ parent }, g) => (depth[g] = parent < 0 ? 0 : depth[parent]! + 1));
  const boxes = Float32Array.from([...layout.boxes, ...closedGroups.flatMap((g) => groups[g]!.box!)]);
  const stage = Int32Array.from([...layout.operators.map((o) => view.operators[o]?.stage ?? -1), ...closedGroups.map((g) => groups[g]!.stage)]);
  const heaviest = layout.operators.reduce((most, o) => Math.max(most, view.operators[o]?.seconds ?? 0), 1e-12);
  const longest = closedGroups.reduce((most, g) => Math.max(most, groups[g]!.seconds), 1e-12);
  const heat = Uint8Array.from([
    ...layout.operators.map((o) => heatStep((view.operators[o]?.seconds ?? 0) / heaviest)),
    ...closedGroups.map((g) => heatStep(groups[g]!.seconds / longest)),
  ]);
  const order = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => stage[a]! - stage[b]! || heat[a]! - heat[b]! || a - b);
  const boxOf = new Int32Array(view.operators.length).fill(-1);
  layout.operators.forEach((o, i) => (boxOf[o] = i));
  const boxOfGroup = new Int32Array(groups.length).fill(-1);
  closedGroups.forEach((g, i) => (boxOfGroup[g] = count + i));
  const standIn = boxOf.map((box, o) => (box >= 0 ? box : closedAround(layout, boxOfGroup, o)));

  const edgeBounds = new Float32Array(layout.edges.length * 4);
  const edgesOf: number[][] = view.operators.map(() => []);
  const edgesOfGroup: number[][] = groups.map(() => []);
  const edgesOfBox: number[][] = Array.from(stage, () => []);
  const inner: number[] = [];
  const cut: number[] = [];
  layout.edges.forEach((edge, e) => {
    edgeBounds.set(boundsOf(edge.points), 4 * e);
    edgesOf[edge.from]?.push(e);
    edgesOf[edge.to]?.push(e);
    if (edge.fromGroup !== undefined) edgesOfGroup[edge.fromGroup]?.push(e);
    if (edge.toGroup !== undefined && edge.toGroup !== edge.fromGroup) edgesOfGroup[edge.toGroup]?.push(e);
    edgesOfBox[standIn[edge.from]!]?.push(e);
    edgesOfBox[standIn[edge.to]!]?.push(e);
    const crosses = view.operators[edge.from]?.stage !== view.operators[edge.to]?.stage;
    (crosses ? cut : inner).push(e);
  });
  return {
    view, layout, boxes, closedGroups, frames, depth, stage, heat, order, boxOf, standIn, boxOfGroup, edgeBounds, edgesOf, edgesOfGroup, edgesOfBox,
    grid: makeGrid(boxes, stage.length),
    innerEdges: Int32Array.from(inner),
    ports: portsOf(layout),
    cutEdges: Int32Array.from(cut),
    cutLabels: labelsOf(view, layout, cut),
  };
}

function closedAround({ groups, groupOf }: LayoutView, boxOfGroup: Int32Array, operator: number): number {
  for (let g = groupOf[operator] ?? -1; g >= 0; g = groups[g]!.parent) if (boxOfGroup[g]! >= 0) return boxOfGroup[g]!;
  return -1;
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
  const cuts = new Map((view.plan?.cuts ?? []).map((cut) => [cut.tensor, cut]));
  const byTensors = new Map<string, number[]>();
  // What leaves its stage within a bundle is labelled there, not on the way to it.
  const bundled = new Set(cutEdges.flatMap((e) => layout.edges[e]!.tensors ?? []));
  for (const e of cutEdges) {
    const { tensor, tensors = [tensor] } = layout.edges[e]!;
    if (tensors.length === 1 && bundled.has(tensor)) continue;
    const key = tensors.join();
    byTensors.set(key, [...(byTensors.get(key) ?? []), e]);
  }
  const labels: CutLabel[] = [];
  for (const edges of byTensors.values()) {
    const { tensor, tensors = [tensor], from } = layout.edges[edges[0]!]!;
    const own = tensors.flatMap((t) => cuts.get(t) ?? []);
    if (own.length === 0) continue;
    // Between stages there is room; within one, a label would cover operators.
    const parts = edges.flatMap((e) => partsOf(layout.edges[e]!.points));
    const free = parts.filter(({ x, top, bottom }) => layout.stages.every((s) => x < s.x || x > s.x + s.width || top > s.y + s.height || bottom < s.y));
    if (free.length === 0 && tensors.length > 1) continue;
    const [segment] = (free.length > 0 ? free : parts).sort((a, b) => b.bottom - b.top - (a.bottom - a.top));
    if (segment === undefined) continue;
    const transferSeconds = own.reduce((sum, cut) => sum + cut.transferSeconds, 0);
    labels.push({ tensors, stage: view.operators[from]!.stage, transferSeconds, lines: [sizeText(view, tensors), formatSeconds(transferSeconds)], ...segment });
  }
  return labels.sort((a, b) => b.transferSeconds - a.transferSeconds);
}

/** All tensors of a bundle together; how many they are, the inspector says. */
function sizeText(view: PlanView, tensors: readonly number[]): string {
  const sizes = tensors.map((tensor) => view.tensors[tensor]?.bytes ?? null);
  const known = sizes.filter((size) => size !== null);
  return known.length < sizes.length ? t('size unknown') : formatBytes(known.reduce((a, b) => a + b, 0));
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
