import { depthFirstOrder, digraph, type Digraph } from '../digraph';
import type { PlacementProblem } from '../problem';
import type { LatencyRoles } from './latencyProblem';

/**
 * Operators that some best split keeps together: in one slot, or all on the host. Units are numbered in a topological order.
 *
 * Why merging changes no optimum. The slots and the operators on the host of a valid split wait for each other in no circle, so they can be
 * listed in a linear order, and merging is harmless if that list can be rearranged so that each unit is one entry or part of one.
 * - A group of colocated operators, with one slot per accelerator, lies in one slot or on the host. On the host it can be listed in one
 *   run, at the place of a *leader* v, if every other member m has either no neighbour outside the group, or consumers but no producers
 *   outside and v before it inside (m moves forward: all it waits for is in the run), or producers but no consumers outside and v behind it
 *   inside (m moves back: nobody outside waits for it). Times on the host are those of each operator, not of the run, so nothing
 *   changes. Other groups stay in one run, because a run is inserted at the place of its leader, which is in no other group. Groups
 *   without a leader are left in single operators, and the search keeps their members on one device.
 * - An idle unit (no time anywhere, no memory) with one neighbouring unit x: with x it takes no time, and any transfer between the two is
 *   saved; x's slot receives and sends no more than before. It has no other neighbour, so no order is violated.
 */
export interface LatencyUnits {
  readonly size: number;
  /** operator -> unit */
  readonly unitOf: Int32Array;
  /** unit -> its operators, each after those it waits for */
  readonly members: readonly Int32Array[];
  readonly order: Digraph;
  /** unit -> index of the group of colocated operators that it is only a part of; -1 if it is a part of none */
  readonly openGroup: Int32Array;
  readonly openGroups: number;
}

/** Whether a group of colocated operators has a leader in the sense of LatencyUnits. */
function hasLeader(group: readonly number[], inGroup: (v: number) => boolean, producers: readonly number[][], consumers: readonly number[][]): boolean {
  const ancestors = group.map((v) => {
    const seen = new Set<number>();
    const stack = [v];
    for (let u = stack.pop(); u !== undefined; u = stack.pop()) {
      for (const p of producers[u]!) {
        if (!inGroup(p) || seen.has(p)) continue;
        seen.add(p);
        stack.push(p);
      }
    }
    return seen;
  });
  const receives = group.map((v) => producers[v]!.some((p) => !inGroup(p)));
  const sends = group.map((v) => consumers[v]!.some((c) => !inGroup(c)));
  return group.some((leader, l) =>
    group.every((m, i) => {
      if (i === l || (!receives[i] && !sends[i])) return true;
      if (receives[i] && sends[i]) return false;
      return sends[i] ? ancestors[i]!.has(leader) : ancestors[l]!.has(m);
    }),
  );
}

/** @param wholeGroups whether colocated operators lie in one slot (one slot per accelerator) rather than only on one accelerator */
export function latencyUnits(problem: PlacementProblem, roles: LatencyRoles, wholeGroups: boolean): LatencyUnits {
  const n = problem.labels.length;
  const parent = Int32Array.from({ length: n }, (_, v) => v);
  const find = (v: number): number => {
    while (parent[v] !== v) v = parent[v] = parent[parent[v]!]!;
    return v;
  };
  const producers: number[][] = Array.from({ length: n }, () => []);
  const consumers: number[][] = Array.from({ length: n }, () => []);
  for (const net of problem.nets) {
    for (const v of net.consumers) {
      producers[v]!.push(net.producer);
      consumers[net.producer]!.push(v);
    }
  }
  const groups = new Map<number, number[]>();
  problem.colocation.forEach((g, v) => {
    if (g < 0) return;
    const group = groups.get(g);
    if (group === undefined) groups.set(g, [v]);
    else group.push(v);
  });
  const openOf = new Int32Array(n).fill(-1);
  let openGroups = 0;
  for (const [g, group] of groups) {
    if (group.length === 1) continue;
    if (wholeGroups && hasLeader(group, (v) => problem.colocation[v] === g, producers, consumers)) for (const v of group) parent[find(v)] = find(group[0]!);
    else {
      for (const v of group) openOf[v] = openGroups;
      openGroups++;
    }
  }

  const busy = new Uint8Array(n);
  const classes = [roles.accelerator, roles.host].filter((c) => c >= 0);
  for (let v = 0; v < n; v++) {
    if (openOf[v]! >= 0 || problem.residentBytes[v]! > 0 || problem.workspaceBytes[v]! > 0 || classes.some((c) => problem.seconds[c]![v] !== 0)) busy[find(v)] = 1;
  }
  for (const { operators } of problem.sharedMemory) for (const v of operators) busy[find(v)] = 1;
  const neighbours: Set<number>[] = Array.from({ length: n }, () => new Set());
  for (let v = 0; v < n; v++) {
    for (const c of consumers[v]!) {
      if (find(v) === find(c)) continue;
      neighbours[find(v)]!.add(find(c));
      neighbours[find(c)]!.add(find(v));
    }
  }
  const queue: number[] = [];
  for (let v = 0; v < n; v++) if (find(v) === v && busy[v] === 0 && neighbours[v]!.size === 1) queue.push(v);
  for (let v = queue.pop(); v !== undefined; v = queue.pop()) {
    if (neighbours[v]!.size !== 1) continue;
    for (const into of neighbours[v]!) {
      parent[v] = into;
      neighbours[into]!.delete(v);
      if (busy[into] === 0 && neighbours[into]!.size === 1) queue.push(into);
    }
    neighbours[v]!.clear();
  }

  const from: number[] = [];
  const to: number[] = [];
  const opFrom: number[] = [];
  const opTo: number[] = [];
  for (let v = 0; v < n; v++) {
    for (const c of consumers[v]!) {
      opFrom.push(v);
      opTo.push(c);
      from.push(find(v));
      to.push(find(c));
    }
  }
  const position = new Int32Array(n).fill(-1);
  let size = 0;
  for (const root of depthFirstOrder(digraph(n, from, to), (v) => v)) if (find(root) === root) position[root] = size++;
  const unitOf = Int32Array.from({ length: n }, (_, v) => position[find(v)]!);
  const members: number[][] = Array.from({ length: size }, () => []);
  for (const v of depthFirstOrder(digraph(n, opFrom, opTo), (w) => w)) members[unitOf[v]!]!.push(v);
  const openGroup = new Int32Array(size).fill(-1);
  for (let v = 0; v < n; v++) if (openOf[v]! >= 0) openGroup[unitOf[v]!] = openOf[v]!;
  return {
    size,
    unitOf,
    members: members.map((m) => Int32Array.from(m)),
    order: digraph(size, from.map((v) => position[find(v)]!), to.map((v) => position[find(v)]!)),
    openGroup,
    openGroups,
  };
}
