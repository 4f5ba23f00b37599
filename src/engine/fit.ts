import type { PlacementProblem } from '../placement/problem';

/** What a set of devices of one class needs to hold a whole problem. */
export interface Fit {
  /** bytes that one device would need to hold everything */
  readonly totalBytes: number;
  /** memory per device with which the class's own number of devices suffices; undefined if the class cannot run some operator */
  readonly memoryBytes: number | undefined;
  /** number of devices of the class's own memory that suffices; undefined if none does */
  readonly devices: number | undefined;
}

/**
 * What it would take to fit a problem on the devices of one class alone. The splits looked at are those along one topological order
 * of the operators, so that each of them can be pipelined: the figures are enough, and a cleverer split may need less.
 */
export function fitOn(problem: PlacementProblem, deviceClass: number): Fit {
  const order = topologicalOrder(problem);
  const pack = packer(problem, order);
  const totalBytes = pack.all();
  const { count, memoryBytes } = problem.classes[deviceClass]!;
  const runs = problem.seconds[deviceClass]!.every((seconds) => Number.isFinite(seconds));
  if (!runs) return { totalBytes, memoryBytes: undefined, devices: undefined };
  // doubling, then halving the interval, to a tenth of a percent
  let low = 0;
  let high = totalBytes;
  while (high - low > high / 1000) {
    const middle = (low + high) / 2;
    if (pack.stages(middle) <= count) high = middle;
    else low = middle;
  }
  const devices = pack.stages(memoryBytes);
  return { totalBytes, memoryBytes: high, devices: Number.isFinite(devices) ? devices : undefined };
}

/** Packs operators in order into stages of a given memory. */
function packer(problem: PlacementProblem, order: readonly number[]) {
  const sharedOf: number[][] = problem.labels.map(() => []);
  problem.sharedMemory.forEach((group, g) => group.operators.forEach((v) => sharedOf[v]!.push(g)));
  const stages = (memoryBytes: number): number => {
    let count = 1;
    let resident = 0;
    let workspace = 0;
    const held = new Set<number>();
    for (const v of order) {
      const shared = sharedOf[v]!.reduce((sum, g) => sum + (held.has(g) ? 0 : problem.sharedMemory[g]!.bytes), 0);
      const need = resident + problem.residentBytes[v]! + shared + Math.max(workspace, problem.workspaceBytes[v]!);
      if (need <= memoryBytes) {
        resident += problem.residentBytes[v]! + shared;
        workspace = Math.max(workspace, problem.workspaceBytes[v]!);
      } else {
        count++;
        held.clear();
        resident = problem.residentBytes[v]! + sharedOf[v]!.reduce((sum, g) => sum + problem.sharedMemory[g]!.bytes, 0);
        workspace = problem.workspaceBytes[v]!;
        if (resident + workspace > memoryBytes) return Infinity;
      }
      sharedOf[v]!.forEach((g) => held.add(g));
    }
    return count;
  };
  const all = (): number =>
    problem.residentBytes.reduce((sum, bytes) => sum + bytes, 0) +
    problem.sharedMemory.reduce((sum, group) => sum + group.bytes, 0) +
    problem.workspaceBytes.reduce((most, bytes) => Math.max(most, bytes), 0);
  return { stages, all };
}

/** The problem's operators, producers first. */
function topologicalOrder({ labels, nets }: PlacementProblem): number[] {
  const waiting = new Int32Array(labels.length);
  const after: number[][] = labels.map(() => []);
  for (const { producer, consumers } of nets) {
    for (const consumer of consumers) {
      waiting[consumer]!++;
      after[producer]!.push(consumer);
    }
  }
  const order = labels.flatMap((_, v) => (waiting[v] === 0 ? [v] : []));
  for (let i = 0; i < order.length; i++) for (const next of after[order[i]!]!) if (--waiting[next]! === 0) order.push(next);
  return order;
}
