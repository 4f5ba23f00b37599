import { coarser, type Contraction } from './contract';
import { components, depthFirstOrder, digraph } from './digraph';
import type { Split } from './stages';

/** Everything on one device of the class that takes least time for it; null if no class supports and holds all. */
export function oneDevice(units: Contraction): Split | null {
  if (units.requiredStage?.some((stage) => stage > 0) === true) return null;
  const all = Array.from({ length: units.size }, (_, u) => u);
  const needed =
    units.residentBytes.reduce((a, b) => a + b, 0) + units.sharedMemory.reduce((sum, { bytes }) => sum + bytes, 0) + units.workspaceBytes.reduce((a, b) => Math.max(a, b), 0);
  let best: Split | null = null;
  units.classes.forEach((cls, c) => {
    const value = units.seconds[c]!.reduce((a, b) => a + b, 0);
    if (cls.count === 0 || !Number.isFinite(value) || needed > cls.memoryBytes * (1 + 1e-12)) return;
    if (best === null || value < best.value) best = { value, stages: [{ class: c, units: all }] };
  });
  return best;
}

/** Units that only joints of the graph tie to the rest: the biconnected components, each without the joints it shares. */
function blocks(units: Contraction): Int32Array {
  const n = units.size;
  const from: number[] = [];
  const to: number[] = [];
  for (let u = 0; u < n; u++) {
    for (let e = units.order.starts[u]!; e < units.order.starts[u + 1]!; e++) {
      from.push(u, units.order.targets[e]!);
      to.push(units.order.targets[e]!, u);
    }
  }
  const { starts, targets } = digraph(n, from, to);
  const depth = new Int32Array(n).fill(-1);
  const low = new Int32Array(n);
  const at = starts.slice(0, n);
  const parent = new Int32Array(n).fill(-1);
  const joint = new Uint8Array(n);
  for (let root = 0; root < n; root++) {
    if (depth[root] !== -1) continue;
    let children = 0;
    const path = [root];
    depth[root] = 0;
    while (path.length > 0) {
      const v = path[path.length - 1]!;
      if (at[v]! < starts[v + 1]!) {
        const w = targets[at[v]!++]!;
        if (depth[w] === -1) {
          parent[w] = v;
          depth[w] = low[w] = depth[v]! + 1;
          path.push(w);
          if (v === root) children++;
        } else if (w !== parent[v]) low[v] = Math.min(low[v]!, depth[w]!);
        continue;
      }
      path.pop();
      const above = parent[v]!;
      if (above < 0) continue;
      low[above] = Math.min(low[above]!, low[v]!);
      if (above !== root && low[v]! >= depth[above]!) joint[above] = 1;
    }
    if (children > 1) joint[root] = 1;
  }
  const block = new Int32Array(n).fill(-1);
  let count = 0;
  for (let u = 0; u < n; u++) {
    if (block[u] !== -1) continue;
    block[u] = count;
    if (joint[u] === 0) {
      for (const queue = [u]; queue.length > 0; ) {
        const v = queue.pop()!;
        for (let e = starts[v]!; e < starts[v + 1]!; e++) {
          const w = targets[e]!;
          if (joint[w] === 1 || block[w] !== -1) continue;
          block[w] = count;
          queue.push(w);
        }
      }
    }
    count++;
  }
  return block;
}

/**
 * PipeDream's contraction (Narayanan et al., SOSP 2019, as compared with by Tarnawski et al.): each biconnected component becomes one unit,
 * its joints with others stay units of their own; what then lies on a cycle is fused.
 */
export function contractBlocks(units: Contraction): { readonly coarse: Contraction; readonly members: readonly (readonly number[])[] } {
  const block = blocks(units);
  const arcs = { from: [] as number[], to: [] as number[] };
  for (let u = 0; u < units.size; u++) {
    for (let e = units.order.starts[u]!; e < units.order.starts[u + 1]!; e++) {
      arcs.from.push(block[u]!);
      arcs.to.push(block[units.order.targets[e]!]!);
    }
  }
  const { count, of } = components(digraph(units.size, arcs.from, arcs.to));
  const quotient = digraph(count, arcs.from.map((b) => of[b]!), arcs.to.map((b) => of[b]!));
  const present = new Set(block.map((b) => of[b]!));
  const number = new Int32Array(count).fill(-1);
  let size = 0;
  for (const part of depthFirstOrder(quotient, (v) => v)) if (present.has(part)) number[part] = size++;
  const partOf = block.map((b) => number[of[b]!]!);
  const members: number[][] = Array.from({ length: size }, () => []);
  partOf.forEach((part, u) => members[part]!.push(u));
  return { coarse: coarser(units, partOf, size), members };
}
