import type { PlacementProblem } from '../problem';
import { checkSlots, HOST, latencyRoles, type LatencySplit } from './latencyProblem';
import { latencyUnits } from './latencyUnits';

/**
 * The greedy baseline: in topological order every operator joins the current accelerator while its memory lasts and the slot stays
 * contiguous, then the next accelerator; the host takes what no accelerator supports and what is left over. One slot on each accelerator.
 * Source: the baseline of Tarnawski et al. (NeurIPS 2020), latency experiments. May break colocation of groups that have no one place in
 * the order, and may use the host for an operator that it does not support: judge with evaluateLatency.
 */
export function greedyLatency(problem: PlacementProblem, slotsPerAccelerator = 1): LatencySplit {
  checkSlots(slotsPerAccelerator);
  const roles = latencyRoles(problem);
  const units = latencyUnits(problem, roles, true);
  const { count, memoryBytes } = problem.classes[roles.accelerator]!;
  const slotOf = new Int32Array(problem.labels.length).fill(HOST);
  const feeds: Set<number>[] = Array.from({ length: units.size }, () => new Set());
  for (let u = 0; u < units.size; u++) for (let e = units.order.starts[u]!; e < units.order.starts[u + 1]!; e++) feeds[units.order.targets[e]!]!.add(u);

  let device = 0;
  let bytes = 0;
  let workspace = 0;
  let holds = new Set<number>();
  let current = new Set<number>();
  /** units outside the slot that wait for it: what reads them cannot join */
  let behind = new Set<number>();
  const next = (): void => {
    device++;
    bytes = workspace = 0;
    holds = new Set();
    current = new Set();
    behind = new Set();
  };
  for (let u = 0; u < units.size; u++) {
    const members = units.members[u]!;
    const supported = members.every((v) => Number.isFinite(problem.seconds[roles.accelerator]![v]!));
    const tryJoin = (): boolean => {
      if (device >= count || [...feeds[u]!].some((p) => behind.has(p))) return false;
      const more = new Set(holds);
      problem.sharedMemory.forEach((shared, s) => {
        if (shared.operators.some((v) => members.includes(v))) more.add(s);
      });
      let needed = bytes;
      let work = workspace;
      for (const v of members) {
        needed += problem.residentBytes[v]!;
        work = Math.max(work, problem.workspaceBytes[v]!);
      }
      let shared = 0;
      for (const s of more) shared += problem.sharedMemory[s]!.bytes;
      if (needed + work + shared > memoryBytes * (1 + 1e-12)) return false;
      [bytes, workspace, holds] = [needed, work, more];
      current.add(u);
      for (const v of members) slotOf[v] = device * slotsPerAccelerator;
      return true;
    };
    if (supported) {
      if (tryJoin()) continue;
      if (current.size > 0) {
        next();
        if (tryJoin()) continue;
      }
    }
    if ([...feeds[u]!].some((p) => current.has(p) || behind.has(p))) behind.add(u);
  }
  return { slotOf, slotsPerAccelerator };
}
