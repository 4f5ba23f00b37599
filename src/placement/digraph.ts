/** A directed graph in compressed rows: the successors of v are `targets[starts[v]] .. targets[starts[v + 1] - 1]`. */
export interface Digraph {
  readonly size: number;
  readonly starts: Int32Array;
  readonly targets: Int32Array;
}

/** Builds a graph from arcs; parallel arcs and arcs from a node to itself are dropped. */
export function digraph(size: number, from: readonly number[], to: readonly number[]): Digraph {
  const degree = new Int32Array(size + 1);
  for (let e = 0; e < from.length; e++) degree[from[e]! + 1]!++;
  for (let v = 0; v < size; v++) degree[v + 1]! += degree[v]!;
  const next = degree.slice();
  const all = new Int32Array(from.length);
  for (let e = 0; e < from.length; e++) all[next[from[e]!]!++] = to[e]!;
  const seen = new Int32Array(size).fill(-1);
  const starts = new Int32Array(size + 1);
  let kept = 0;
  for (let v = 0; v < size; v++) {
    for (let e = degree[v]!; e < degree[v + 1]!; e++) {
      const w = all[e]!;
      if (w === v || seen[w] === v) continue;
      seen[w] = v;
      all[kept++] = w;
    }
    starts[v + 1] = kept;
  }
  return { size, starts, targets: all.slice(0, kept) };
}

/** The same graph with every arc turned round. */
export function reversed(graph: Digraph): Digraph {
  const from: number[] = [];
  const to: number[] = [];
  for (let v = 0; v < graph.size; v++) {
    for (let e = graph.starts[v]!; e < graph.starts[v + 1]!; e++) {
      from.push(graph.targets[e]!);
      to.push(v);
    }
  }
  return digraph(graph.size, from, to);
}

/**
 * Strongly connected components (Tarjan 1972, without recursion).
 * @returns component of each node; components are numbered in topological order
 */
export function components(graph: Digraph): { readonly count: number; readonly of: Int32Array } {
  const { size, starts, targets } = graph;
  const of = new Int32Array(size).fill(-1);
  const index = new Int32Array(size).fill(-1);
  const low = new Int32Array(size);
  const at = starts.slice(0, size);
  const stack: number[] = [];
  const path: number[] = [];
  let clock = 0;
  let count = 0;
  for (let root = 0; root < size; root++) {
    if (index[root] !== -1) continue;
    path.push(root);
    while (path.length > 0) {
      const v = path[path.length - 1]!;
      if (index[v] === -1) {
        index[v] = low[v] = clock++;
        stack.push(v);
      }
      if (at[v]! < starts[v + 1]!) {
        const w = targets[at[v]!++]!;
        if (index[w] === -1) path.push(w);
        else if (of[w] === -1) low[v] = Math.min(low[v]!, index[w]!);
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[v]!);
      if (low[v] === index[v]) {
        for (;;) {
          const w = stack.pop()!;
          of[w] = count;
          if (w === v) break;
        }
        count++;
      }
    }
  }
  // Tarjan finds components last first
  for (let v = 0; v < size; v++) of[v] = count - 1 - of[v]!;
  return { count, of };
}

/**
 * A topological order that follows one branch as far as it goes before it takes the next, so that few values are alive at a time.
 * @param rank among nodes that become ready together the one with the lowest rank is taken first
 * @returns position -> node; shorter than the graph if that has a cycle
 */
export function depthFirstOrder(graph: Digraph, rank: (v: number) => number): Int32Array {
  const { size, starts, targets } = graph;
  const waiting = new Int32Array(size);
  for (const w of targets) waiting[w]!++;
  const byRank = (a: number, b: number): number => rank(b) - rank(a) || b - a;
  const stack: number[] = [];
  for (let v = 0; v < size; v++) if (waiting[v] === 0) stack.push(v);
  stack.sort(byRank);
  const order: number[] = [];
  while (stack.length > 0) {
    const v = stack.pop()!;
    order.push(v);
    const ready: number[] = [];
    for (let e = starts[v]!; e < starts[v + 1]!; e++) if (--waiting[targets[e]!]! === 0) ready.push(targets[e]!);
    if (ready.length > 1) ready.sort(byRank);
    for (const w of ready) stack.push(w);
  }
  return Int32Array.from(order);
}
