import type { ColumnProblem, ColumnResult } from './columnLayout';
import { LAYER_GAP } from './columns';

/** A part of a column between two waists, with its boxes and edges as indices of the column's. */
export interface Piece extends ColumnProblem {
  readonly members: readonly number[];
  readonly edgeIndices: readonly number[];
}

export interface Pieces {
  /** from top to bottom */
  readonly pieces: readonly Piece[];
  /** the one edge from each piece to the next, as index of the column's */
  readonly bridges: readonly number[];
}

/**
 * Splits a column where it is one box wide: where a single edge leads from a layer of one box to the next layer, of one box too. Layout takes longer for a
 * whole than for its parts, and the parts of a network are alike far more often than its columns are.
 */
export function splitAtWaists(problem: ColumnProblem): Pieces {
  const { count, widths, heights, edges } = problem;
  const rank = new Map([...new Set(problem.layers)].sort((a, b) => a - b).map((layer, i) => [layer, i]));
  const layers = problem.layers.map((layer) => rank.get(layer)!);
  const boxes = new Int32Array(rank.size);
  for (const layer of layers) boxes[layer]!++;
  // per gap between two layers the edges that pass it, and one that does
  const passing = new Int32Array(rank.size + 1);
  const direct = new Int32Array(rank.size).fill(-1);
  edges.forEach(({ from, to }, e) => {
    passing[Math.min(layers[from]!, layers[to]!)]!++;
    passing[Math.max(layers[from]!, layers[to]!)]!--;
    if (layers[to] === layers[from]! + 1) direct[layers[from]!] = e;
  });
  const pieceOfLayer = new Int32Array(rank.size);
  const bridges: number[] = [];
  let open = 0;
  for (let layer = 0; layer + 1 < rank.size; layer++) {
    open += passing[layer]!;
    const isWaist = open === 1 && direct[layer]! >= 0 && boxes[layer] === 1 && boxes[layer + 1] === 1;
    if (isWaist) bridges.push(direct[layer]!);
    pieceOfLayer[layer + 1] = bridges.length;
  }
  const members: number[][] = Array.from({ length: bridges.length + 1 }, () => []);
  const edgeIndices: number[][] = members.map(() => []);
  const local = new Int32Array(count);
  for (let v = 0; v < count; v++) local[v] = members[pieceOfLayer[layers[v]!]!]!.push(v) - 1;
  edges.forEach(({ from, to }, e) => {
    const piece = pieceOfLayer[layers[from]!]!;
    if (piece === pieceOfLayer[layers[to]!]) edgeIndices[piece]!.push(e);
  });
  const pieces = members.map((own, p): Piece => ({
    members: own,
    edgeIndices: edgeIndices[p]!,
    count: own.length,
    widths: own.map((v) => widths[v]!),
    heights: own.map((v) => heights[v]!),
    layers: own.map((v) => layers[v]!),
    edges: edgeIndices[p]!.map((e) => ({ from: local[edges[e]!.from]!, to: local[edges[e]!.to]! })),
  }));
  return { pieces, bridges };
}

/** Boxes one below the other, each joined to the next and to nothing else. */
export const isThread = ({ count, layers, edges }: ColumnProblem): boolean =>
  new Set(layers).size === count && edges.length === count - 1 && edges.every(({ from, to }) => layers[to] === layers[from]! + 1);

/** A tenth of a pixel is nothing. */
const SAME = 0.1;

/**
 * Puts pieces one below the other so that the edges between them are upright.
 * @returns null if some piece does not begin or end with the box that joins it to its neighbour
 */
export function stackPieces({ count, widths, heights, edges }: ColumnProblem, { pieces, bridges }: Pieces, results: readonly ColumnResult[]): ColumnResult | null {
  const x = new Array<number>(count).fill(0);
  const y = new Array<number>(count).fill(0);
  const points: (readonly number[])[] = new Array(edges.length);
  let top = 0;
  let [left, right] = [0, 0];
  for (const [p, { members, edgeIndices }] of pieces.entries()) {
    const result = results[p]!;
    const bridge = p === 0 ? undefined : edges[bridges[p - 1]!]!;
    const entry = bridge === undefined ? -1 : members.indexOf(bridge.to);
    const exit = p === bridges.length ? -1 : members.indexOf(edges[bridges[p]!]!.from);
    if (entry >= 0 && result.y[entry]! > SAME) return null;
    if (exit >= 0 && result.y[exit]! + heights[members[exit]!]! < result.height - SAME) return null;
    const dx = bridge === undefined ? 0 : x[bridge.from]! + widths[bridge.from]! / 2 - result.x[entry]! - widths[bridge.to]! / 2;
    members.forEach((v, i) => {
      x[v] = dx + result.x[i]!;
      y[v] = top + result.y[i]!;
    });
    edgeIndices.forEach((e, i) => (points[e] = result.points[i]!.map((value, at) => value + (at % 2 === 0 ? dx : top))));
    if (bridge !== undefined) points[bridges[p - 1]!] = [x[bridge.from]! + widths[bridge.from]! / 2, y[bridge.from]! + heights[bridge.from]!, x[bridge.to]! + widths[bridge.to]! / 2, y[bridge.to]!];
    [left, right] = [Math.min(left, dx), Math.max(right, dx + result.width)];
    top += result.height + LAYER_GAP;
  }
  return {
    width: right - left,
    height: top - LAYER_GAP,
    x: x.map((value) => value - left),
    y,
    points: points.map((line) => line.map((value, at) => (at % 2 === 0 ? value - left : value))),
  };
}
