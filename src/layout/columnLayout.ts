import ELK, { type ElkNode } from 'elkjs';
import type { Control } from '../shared/progress';
import { LAYER_GAP, SIBLING_GAP } from './columns';

/** One column to lay out: boxes 0 .. count-1 with their layers, and edges between them. */
export interface ColumnProblem {
  readonly count: number;
  /** per box, CSS pixels */
  readonly widths: readonly number[];
  readonly heights: readonly number[];
  readonly layers: readonly number[];
  readonly edges: readonly { readonly from: number; readonly to: number }[];
}

export interface ColumnResult {
  readonly width: number;
  readonly height: number;
  /** top left corner of each box */
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** x0, y0, x1, y1, ... for each edge */
  readonly points: readonly (readonly number[])[];
}

const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'POLYLINE',
  'elk.layered.nodePlacement.strategy': 'SIMPLE',
  'elk.layered.thoroughness': '1',
  'elk.layered.spacing.nodeNodeBetweenLayers': String(LAYER_GAP),
  'elk.layered.spacing.edgeNodeBetweenLayers': '10',
  'elk.spacing.nodeNode': String(SIBLING_GAP),
  'elk.spacing.edgeNode': '12',
  'elk.separateConnectedComponents': 'false',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
};

/** Pictures of columns that are kept; a column of some hundred boxes takes some ten thousand characters. */
const MOST_KEPT = 400;

/** Runs ELK, and gives again what it gave for the same boxes and edges: layers that are alike, and what is collapsed and expanded again, cost nothing. */
export function makeCachedElk(run: ElkRunner = makeElkRunner()): ElkRunner {
  const kept = new Map<string, ColumnResult>();
  return async (problem, until) => {
    const key = JSON.stringify([problem.widths, problem.heights, problem.edges.map(({ from, to }) => [from, to])]);
    const result = kept.get(key) ?? (await run(problem, until));
    if (result === null) return null;
    kept.delete(key);
    kept.set(key, result);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return result;
  };
}

/** Until when a picture is wanted. */
export interface Until {
  /** as of `performance.now()` */
  readonly deadline?: number;
  readonly control?: Control;
}

/**
 * @returns null where there is none by the deadline, or none at all. Runners on the caller's own thread heed no deadline.
 * @throws CancelledError if it is not wanted any more
 */
export type ElkRunner = (problem: ColumnProblem, until?: Until) => Promise<ColumnResult | null>;

/** ELK's layered algorithm, loaded when it is first needed. It blocks its thread while it works and cannot be interrupted. */
export function makeElkRunner(): (problem: ColumnProblem) => Promise<ColumnResult> {
  let elk: InstanceType<typeof ELK> | undefined;
  return async ({ count, widths, heights, edges }) => {
    const input: ElkNode = {
      id: 'column',
      layoutOptions: { ...OPTIONS },
      children: Array.from({ length: count }, (_, i) => ({ id: String(i), width: widths[i]!, height: heights[i]! })),
      edges: edges.map(({ from, to }, i) => ({ id: `e${i}`, sources: [String(from)], targets: [String(to)] })),
    };
    elk ??= new ELK();
    const output = await elk.layout(input);
    const children = output.children ?? [];
    return {
      width: output.width ?? 0,
      height: output.height ?? 0,
      x: children.map((child) => child.x ?? 0),
      y: children.map((child) => child.y ?? 0),
      points: (output.edges ?? []).map((edge) =>
        (edge.sections ?? []).flatMap((s) => [s.startPoint, ...(s.bendPoints ?? []), s.endPoint].flatMap((p) => [p.x, p.y])),
      ),
    };
  };
}

/**
 * The fallback: rows by layer, order within a row by the mean place of the producers (one downward sweep of the barycentre
 * heuristic), straight edges. Linear in boxes and edges, whatever the graph.
 */
export function plainColumn({ count, widths, heights, layers, edges }: ColumnProblem): ColumnResult {
  const rows = new Map<number, number[]>();
  for (let v = 0; v < count; v++) {
    const row = rows.get(layers[v]!);
    if (row === undefined) rows.set(layers[v]!, [v]);
    else row.push(v);
  }
  const producers: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) producers[to]!.push(from);
  const x = new Array<number>(count).fill(0);
  const y = new Array<number>(count).fill(0);
  const widthOf = (row: readonly number[]): number => row.reduce((sum, v) => sum + widths[v]! + SIBLING_GAP, -SIBLING_GAP);
  const width = [...rows.values()].reduce((widest, row) => Math.max(widest, widthOf(row)), 0);
  let top = 0;
  for (const layer of [...rows.keys()].sort((a, b) => a - b)) {
    const row = rows.get(layer)!;
    const place = new Map(row.map((v) => [v, producers[v]!.length === 0 ? width / 2 : mean(producers[v]!.map((p) => x[p]!))]));
    row.sort((a, b) => place.get(a)! - place.get(b)! || a - b);
    let left = (width - widthOf(row)) / 2;
    let height = 0;
    for (const v of row) {
      x[v] = left;
      y[v] = top;
      left += widths[v]! + SIBLING_GAP;
      height = Math.max(height, heights[v]!);
    }
    top += height + LAYER_GAP;
  }
  return {
    width,
    height: top - LAYER_GAP,
    x,
    y,
    points: edges.map(({ from, to }) => [x[from]! + widths[from]! / 2, y[from]! + heights[from]!, x[to]! + widths[to]! / 2, y[to]!]),
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
