import { components, digraph, depthFirstOrder, type Digraph } from './digraph';
import type { DeviceClass, PlacementProblem } from './problem';
import { requiredOfParts } from './requiredStages';

/** A value between units; `pins` are the units that read it, ascending, without the unit that writes it. */
export interface UnitNet {
  readonly producer: number;
  readonly pins: readonly number[];
  readonly transferSeconds: readonly number[];
}

/**
 * The problem that solvers work on: operators that share a device in every (or some best) placement are one unit. Each unit stands for
 * its forward and its backward operators; only forward operators order the units. Units are numbered in a topological order.
 */
export interface Contraction {
  readonly classes: readonly DeviceClass[];
  readonly size: number;
  /** operator -> unit */
  readonly unitOf: Int32Array;
  /** seconds[c][u]; Infinity where class c does not support the unit */
  readonly seconds: readonly Float64Array[];
  readonly residentBytes: Float64Array;
  readonly workspaceBytes: Float64Array;
  readonly sharedMemory: readonly { readonly bytes: number; readonly units: readonly number[] }[];
  readonly nets: readonly UnitNet[];
  /** which units must come before which */
  readonly order: Digraph;
  /** the stage that each unit must be in, -1: any; absent: any for all. At most one unit has any one stage, and `order` has them one after the other */
  readonly requiredStage?: Int32Array;
}

/** Disjoint sets with path halving. */
function disjointSets(n: number): { find: (v: number) => number; join: (a: number, b: number) => void } {
  const parent = Int32Array.from({ length: n }, (_, v) => v);
  const find = (v: number): number => {
    while (parent[v] !== v) {
      parent[v] = parent[parent[v]!]!;
      v = parent[v]!;
    }
    return v;
  };
  return { find, join: (a, b) => void (parent[find(a)] = find(b)) };
}

/** Arcs between operators that order their stages: forward ones, and those of backward operators without a forward part, turned round. */
function orderingArcs(problem: PlacementProblem): { from: number[]; to: number[] } {
  const forwardGroups = new Set<number>();
  problem.colocation.forEach((group, v) => {
    if (group >= 0 && problem.backward[v] === 0) forwardGroups.add(group);
  });
  const orphaned = (v: number): boolean => problem.backward[v] === 1 && !forwardGroups.has(problem.colocation[v]!);
  const from: number[] = [];
  const to: number[] = [];
  for (const { producer: u, consumers } of problem.nets) {
    for (const v of consumers) {
      if (problem.backward[u] === 0 && problem.backward[v] === 0) {
        from.push(u);
        to.push(v);
      } else if (problem.backward[u] === 1 && problem.backward[v] === 1 && (orphaned(u) || orphaned(v))) {
        from.push(v);
        to.push(u);
      }
    }
  }
  return { from, to };
}

/** Whether the memory of some device could ever be too small: if not, merging operators cannot break it. */
function memoryMatters(problem: PlacementProblem): boolean {
  let all = 0;
  let largest = 0;
  for (const bytes of problem.residentBytes) all += bytes;
  for (const shared of problem.sharedMemory) all += shared.bytes;
  for (const bytes of problem.workspaceBytes) largest = Math.max(largest, bytes);
  return problem.classes.some((cls) => cls.count > 0 && all + largest > cls.memoryBytes);
}

/**
 * Contracts a problem without changing its optimum: colocated operators become one unit (a backward operator joins its forward ones; one
 * without any stands alone, ordered by its turned-round arcs); units on a cycle that this closes are fused; and a unit that takes no time
 * anywhere, forward or backward, and whose every net leads to one and the same unit joins that unit (it can then only save transfers),
 * repeatedly. After the preprocessing of the reference program of Tarnawski et al. (NeurIPS 2020); the last step looks at backward nets
 * too and asks besides that memory cannot bind, without which it could change the optimum.
 *
 * Operators that must be in the same stage share a device, and those of an earlier stage come before those of a later one: they are joined and ordered so. Idle
 * units are then left alone, because one of them may be all that a stage has, and a stage that is gone renumbers those behind it.
 *
 * @param keep operators that are never merged because they are idle: they cost something that the times do not show
 */
export function contract(problem: PlacementProblem, keep: (v: number) => boolean = () => false): Contraction {
  const n = problem.labels.length;
  const sets = disjointSets(n);
  const first = new Map<number, number>();
  problem.colocation.forEach((group, v) => {
    if (group < 0) return;
    const other = first.get(group);
    if (other === undefined) first.set(group, v);
    else sets.join(v, other);
  });
  const arcs = orderingArcs(problem);
  const inStages = joinStages(problem, sets, arcs);
  const arcsOfSets = (): Digraph => digraph(n, arcs.from.map(sets.find), arcs.to.map(sets.find));

  const scc = components(arcsOfSets());
  const leader = new Int32Array(scc.count).fill(-1);
  for (let v = 0; v < n; v++) {
    const c = scc.of[sets.find(v)]!;
    if (leader[c] === -1) leader[c] = v;
    else sets.join(v, leader[c]!);
  }
  if (!inStages) mergeIdle(problem, sets, keep);

  return fromPartition(problem, Int32Array.from({ length: n }, (_, v) => sets.find(v)), arcs);
}

/** Joins operators that must be in one stage, and adds arcs from each such stage to the next. @returns whether there are any */
function joinStages({ requiredStage }: PlacementProblem, sets: ReturnType<typeof disjointSets>, arcs: { from: number[]; to: number[] }): boolean {
  const holder = new Map<number, number>();
  requiredStage?.forEach((stage, v) => {
    if (stage < 0) return;
    const other = holder.get(stage);
    if (other === undefined) holder.set(stage, v);
    else sets.join(v, other);
  });
  const stages = [...holder.keys()].sort((a, b) => a - b);
  stages.slice(1).forEach((stage, i) => {
    arcs.from.push(holder.get(stages[i]!)!);
    arcs.to.push(holder.get(stage)!);
  });
  return stages.length > 0;
}

/** Merges units that take no time into their only neighbour. */
function mergeIdle(problem: PlacementProblem, sets: ReturnType<typeof disjointSets>, keep: (v: number) => boolean): void {
  const n = problem.labels.length;
  const matters = memoryMatters(problem);
  const busy = new Uint8Array(n);
  const neighbours: Set<number>[] = Array.from({ length: n }, () => new Set());
  for (let v = 0; v < n; v++) {
    const root = sets.find(v);
    if (keep(v)) busy[root] = 1;
    if (matters && (problem.residentBytes[v]! > 0 || problem.workspaceBytes[v]! > 0)) busy[root] = 1;
    for (const seconds of problem.seconds) if (seconds[v]! !== 0) busy[root] = 1;
  }
  if (matters) for (const shared of problem.sharedMemory) for (const v of shared.operators) busy[sets.find(v)] = 1;
  for (const { producer, consumers } of problem.nets) {
    for (const v of consumers) {
      const a = sets.find(producer);
      const b = sets.find(v);
      if (a === b) continue;
      neighbours[a]!.add(b);
      neighbours[b]!.add(a);
    }
  }
  const queue: number[] = [];
  for (let v = 0; v < n; v++) if (busy[v] === 0 && sets.find(v) === v && neighbours[v]!.size === 1) queue.push(v);
  while (queue.length > 0) {
    const v = queue.pop()!;
    if (neighbours[v]!.size !== 1) continue;
    const [into] = neighbours[v]! as Set<number> & Iterable<number>;
    sets.join(v, into!);
    neighbours[v]!.clear();
    neighbours[into!]!.delete(v);
    if (busy[into!] === 0 && neighbours[into!]!.size === 1) queue.push(into!);
  }
}

/** Sums a problem up over the parts of a partition whose quotient has no cycle. */
function fromPartition(problem: PlacementProblem, rootOf: Int32Array, arcs: { from: number[]; to: number[] }): Contraction {
  const n = rootOf.length;
  const graph = digraph(n, arcs.from.map((v) => rootOf[v]!), arcs.to.map((v) => rootOf[v]!));
  const position = new Int32Array(n).fill(-1);
  let size = 0;
  for (const root of depthFirstOrder(graph, (v) => v)) if (rootOf[root] === root) position[root] = size++;
  const unitOf = rootOf.map((root) => position[root]!);
  return sumUp(
    {
      classes: problem.classes,
      seconds: problem.seconds,
      residentBytes: problem.residentBytes,
      workspaceBytes: problem.workspaceBytes,
      sharedMemory: problem.sharedMemory.map(({ bytes, operators }) => ({ bytes, units: operators })),
      nets: problem.nets.map(({ producer, consumers, transferSeconds }) => ({ producer, pins: consumers, transferSeconds })),
      ...(problem.requiredStage && { requiredStage: problem.requiredStage }),
    },
    unitOf,
    size,
    digraph(size, arcs.from.map((v) => unitOf[v]!), arcs.to.map((v) => unitOf[v]!)),
  );
}

type Summable = Pick<Contraction, 'classes' | 'seconds' | 'residentBytes' | 'workspaceBytes' | 'sharedMemory' | 'nets' | 'requiredStage'>;

/** Adds up times, bytes and nets over the parts of a partition; `unitOf` must number parts in an order that `order` allows. */
function sumUp(parts: Summable, unitOf: Int32Array, size: number, order: Digraph): Contraction {
  const seconds = parts.seconds.map((of) => {
    const sum = new Float64Array(size);
    unitOf.forEach((u, v) => (sum[u]! += of[v]!));
    return sum;
  });
  const residentBytes = new Float64Array(size);
  const workspaceBytes = new Float64Array(size);
  unitOf.forEach((u, v) => {
    residentBytes[u]! += parts.residentBytes[v]!;
    workspaceBytes[u] = Math.max(workspaceBytes[u]!, parts.workspaceBytes[v]!);
  });
  const sharedMemory: { bytes: number; units: number[] }[] = [];
  for (const { bytes, units } of parts.sharedMemory) {
    const distinct = [...new Set(units.map((v) => unitOf[v]!))].sort((a, b) => a - b);
    if (distinct.length === 1) residentBytes[distinct[0]!]! += bytes;
    else sharedMemory.push({ bytes, units: distinct });
  }
  // nets with the same ends are paid for together
  const byEnds = new Map<string, { producer: number; pins: number[]; transferSeconds: number[] }>();
  for (const net of parts.nets) {
    const producer = unitOf[net.producer]!;
    const pins = [...new Set(net.pins.map((v) => unitOf[v]!))].filter((u) => u !== producer).sort((a, b) => a - b);
    if (pins.length === 0 || net.transferSeconds.every((t) => t === 0)) continue;
    const ends = `${producer}>${pins.join()}`;
    const same = byEnds.get(ends);
    if (same === undefined) byEnds.set(ends, { producer, pins, transferSeconds: [...net.transferSeconds] });
    else net.transferSeconds.forEach((t, c) => (same.transferSeconds[c]! += t));
  }
  const requiredStage = parts.requiredStage && requiredOfParts(parts.requiredStage, unitOf, size);
  return {
    classes: parts.classes, size, unitOf, seconds, residentBytes, workspaceBytes, sharedMemory, nets: [...byEnds.values()], order, ...(requiredStage && { requiredStage }),
  };
}

/**
 * Merges units further. The result's `unitOf` leads from the original operators to the new units.
 * @param partOf unit -> part; parts are numbered in an order such that no arc leads to a lower part
 * @param extra arcs between parts that are to hold besides
 */
export function coarser(fine: Contraction, partOf: Int32Array, size: number, extra: { from: number[]; to: number[] } = { from: [], to: [] }): Contraction {
  const from = [...extra.from];
  const to = [...extra.to];
  for (let u = 0; u < fine.size; u++) {
    for (let e = fine.order.starts[u]!; e < fine.order.starts[u + 1]!; e++) {
      const a = partOf[u]!;
      const b = partOf[fine.order.targets[e]!]!;
      if (a === b) continue;
      from.push(a);
      to.push(b);
    }
  }
  const merged = sumUp(fine, partOf, size, digraph(size, from, to));
  return { ...merged, unitOf: fine.unitOf.map((u) => partOf[u]!) };
}
