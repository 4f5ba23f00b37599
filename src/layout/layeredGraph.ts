/** Boxes of operators are all of one size: what differs between operators is said by text and colour. CSS pixels at scale 1. */
export const BOX_WIDTH = 148;
export const BOX_HEIGHT = 42;

/** Boxes to place beside and below each other, and edges between them. */
export interface BoxGraph {
  /** per box, CSS pixels */
  readonly width: readonly number[];
  readonly height: readonly number[];
  /** per box, its stage; stages 0 .. groupCount-1 stand from left to right, and where they are many in rows from top to bottom */
  readonly group: Int32Array;
  readonly groupCount: number;
  /** one for each (tensor, consumer), or for all tensors between two groups */
  readonly edges: readonly { readonly tensor: number; readonly from: number; readonly to: number }[];
}

/**
 * The layer of every box within its stage: the longest path that leads to it inside the stage. Boxes without producers in their
 * stage stand just above their first consumer rather than all at the top. Groups of operators may depend on each other; of
 * such a cycle the box that comes first in the graph's order goes first.
 */
export function layersWithinGroups(graph: BoxGraph): Int32Array {
  const n = graph.width.length;
  const successors: number[][] = Array.from({ length: n }, () => []);
  const missing = new Int32Array(n);
  for (const { from, to } of graph.edges) {
    if (graph.group[from] !== graph.group[to]) continue;
    successors[from]!.push(to);
    missing[to]!++;
  }
  const isRoot = missing.map((count) => (count === 0 ? 1 : 0));
  const layers = new Int32Array(n);
  const done = new Uint8Array(n);
  const queue: number[] = [];
  for (let v = 0; v < n; v++) if (missing[v] === 0) queue.push(v);
  let next = 0;
  for (let head = 0; ; head++) {
    while (head === queue.length && next < n) {
      if (done[next] === 0 && missing[next]! > 0) {
        missing[next] = 0;
        queue.push(next);
      }
      next++;
    }
    if (head === queue.length) break;
    const v = queue[head]!;
    done[v] = 1;
    for (const w of successors[v]!) {
      if (done[w] === 1 || missing[w] === 0) continue;
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
