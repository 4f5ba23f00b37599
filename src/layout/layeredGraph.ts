import type { PlanView } from '../shared/planView';

/** Boxes are all of one size: what differs between operators is said by text and colour. CSS pixels at scale 1. */
export const BOX_WIDTH = 148;
export const BOX_HEIGHT = 42;

/** What is drawn: operators, the group (stage) that each belongs to, and edges between them. */
export interface DrawnGraph {
  /** operator indices of the plan view, ascending */
  readonly operators: readonly number[];
  /** per drawn operator, its group; groups 0 .. groupCount-1 stand from left to right */
  readonly group: Int32Array;
  readonly groupCount: number;
  /** edges between drawn operators, as positions in `operators`; one for each (tensor, consumer) */
  readonly edges: readonly { readonly tensor: number; readonly from: number; readonly to: number }[];
}

/**
 * Picks what is to be drawn. Foldable operators appear only on request; operators without a stage (all of them before there is a
 * plan; new ones in a stale plan) form a last group of their own.
 */
export function drawnGraph(view: PlanView, showFoldable: boolean): DrawnGraph {
  const operators: number[] = [];
  const position = new Int32Array(view.operators.length).fill(-1);
  view.operators.forEach((operator, index) => {
    if (operator.foldable && !showFoldable) return;
    position[index] = operators.length;
    operators.push(index);
  });
  const stageCount = view.plan?.stages.length ?? 0;
  const group = Int32Array.from(operators, (index) => {
    const stage = view.operators[index]!.stage;
    return stage >= 0 && stage < stageCount ? stage : stageCount;
  });
  const edges: DrawnGraph['edges'][number][] = [];
  view.tensors.forEach((tensor, index) => {
    const from = tensor.producer < 0 ? -1 : position[tensor.producer]!;
    if (from < 0) return;
    for (const consumer of new Set(tensor.consumers)) {
      const to = position[consumer] ?? -1;
      if (to >= 0 && to !== from) edges.push({ tensor: index, from, to });
    }
  });
  return { operators, group, groupCount: group.includes(stageCount) ? stageCount + 1 : stageCount, edges };
}

/**
 * The layer of every drawn operator within its group: the longest path that leads to it inside the group. Operators without
 * producers in their group stand just above their first consumer rather than all at the top. Edges that close a cycle (there are
 * none in a valid model) are ignored.
 */
export function layersWithinGroups(graph: DrawnGraph): Int32Array {
  const n = graph.operators.length;
  const successors: number[][] = Array.from({ length: n }, () => []);
  const missing = new Int32Array(n);
  for (const { from, to } of graph.edges) {
    if (graph.group[from] !== graph.group[to]) continue;
    successors[from]!.push(to);
    missing[to]!++;
  }
  const isRoot = missing.map((count) => (count === 0 ? 1 : 0));
  const layers = new Int32Array(n);
  const queue: number[] = [];
  for (let v = 0; v < n; v++) if (missing[v] === 0) queue.push(v);
  for (let head = 0; head < queue.length; head++) {
    const v = queue[head]!;
    for (const w of successors[v]!) {
      layers[w] = Math.max(layers[w]!, layers[v]! + 1);
      if (--missing[w]! === 0) queue.push(w);
    }
  }
  for (let v = 0; v < n; v++) {
    if (isRoot[v] === 0 || successors[v]!.length === 0) continue;
    layers[v] = Math.max(0, Math.min(...successors[v]!.map((w) => layers[w]!)) - 1);
  }
  return layers;
}
