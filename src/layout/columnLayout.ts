import ELK, { type ElkNode } from 'elkjs';
import { BOX_HEIGHT, BOX_WIDTH } from './layeredGraph';
import { LAYER_GAP, SIBLING_GAP } from './columns';

/** One column to lay out: boxes 0 .. count-1 with their layers, and edges between them. */
export interface ColumnProblem {
  readonly count: number;
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

export type ElkRunner = (problem: ColumnProblem) => Promise<ColumnResult>;

/** ELK's layered algorithm, loaded once for a whole picture. It blocks its thread while it works and cannot be interrupted. */
export function makeElkRunner(): ElkRunner {
  const elk = new ELK();
  return async ({ count, edges }) => {
    const input: ElkNode = {
      id: 'column',
      layoutOptions: { ...OPTIONS },
      children: Array.from({ length: count }, (_, i) => ({ id: String(i), width: BOX_WIDTH, height: BOX_HEIGHT })),
      edges: edges.map(({ from, to }, i) => ({ id: `e${i}`, sources: [String(from)], targets: [String(to)] })),
    };
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
 * heuristic), straight edges. Linear in operators and edges, whatever the graph.
 */
export function plainColumn({ count, layers, edges }: ColumnProblem): ColumnResult {
  const rows = new Map<number, number[]>();
  for (let v = 0; v < count; v++) rows.set(layers[v]!, [...(rows.get(layers[v]!) ?? []), v]);
  const producers: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) producers[to]!.push(from);
  const x = new Array<number>(count).fill(0);
  const y = new Array<number>(count).fill(0);
  const widest = Math.max(1, ...[...rows.values()].map((row) => row.length));
  const pitch = BOX_WIDTH + SIBLING_GAP;
  const width = widest * pitch - SIBLING_GAP;
  [...rows.keys()].sort((a, b) => a - b).forEach((layer, r) => {
    const row = rows.get(layer)!;
    const place = new Map(row.map((v) => [v, producers[v]!.length === 0 ? width / 2 : mean(producers[v]!.map((p) => x[p]!))]));
    row.sort((a, b) => place.get(a)! - place.get(b)! || a - b);
    const left = (width - (row.length * pitch - SIBLING_GAP)) / 2;
    row.forEach((v, i) => {
      x[v] = left + i * pitch;
      y[v] = r * (BOX_HEIGHT + LAYER_GAP);
    });
  });
  return {
    width,
    height: rows.size * (BOX_HEIGHT + LAYER_GAP) - LAYER_GAP,
    x,
    y,
    points: edges.map(({ from, to }) => [x[from]! + BOX_WIDTH / 2, y[from]! + BOX_HEIGHT, x[to]! + BOX_WIDTH / 2, y[to]!]),
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
