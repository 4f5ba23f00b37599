import { formatBytes } from '../shared/format';
import { UserError } from '../shared/userError';
import type { Contraction } from './contract';
import type { PlacementProblem } from './problem';
import { UNREACHABLE } from './requiredStages';

/** Thrown where it is proven that no placement of the kind asked for exists. */
export class InfeasibleError extends UserError {
  constructor(problem: string, remedy = '') {
    super('placement', problem, remedy);
  }
}

const described = (problem: PlacementProblem): string =>
  problem.classes
    .filter((cls) => cls.count > 0)
    .map((cls) => `${cls.count} × ${cls.name}${Number.isFinite(cls.memoryBytes) ? ` with ${formatBytes(cls.memoryBytes)} (${cls.memoryBytes} bytes)` : ''}`)
    .join(', ');

/** Some operators of a unit, for a message. */
function examples(problem: PlacementProblem, units: Contraction, u: number): string {
  const members: string[] = [];
  units.unitOf.forEach((of, v) => {
    if (of === u && members.length < 4) members.push(`'${problem.labels[v] ?? v}'`);
  });
  return members.length > 3 ? `${members.slice(0, 3).join(', ')} and others that must share a device` : members.join(', ');
}

/** @throws InfeasibleError where a unit must be in several stages, or in one that there are not devices enough for */
export function checkStages(problem: PlacementProblem, units: Contraction): void {
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  units.requiredStage?.forEach((stage, u) => {
    if (stage === UNREACHABLE) throw new InfeasibleError(`${examples(problem, units, u)} must be in different stages, and depend on each other.`);
    if (stage >= devices) throw new InfeasibleError(`${examples(problem, units, u)} must be in stage ${stage}, and ${devices} devices make ${devices} stages at most, numbered from 0.`);
  });
}

/** @throws InfeasibleError where a single unit, or the sum of all, already rules every placement out */
export function checkFeasible(problem: PlacementProblem, units: Contraction): void {
  const usable = problem.classes.map((_, c) => c).filter((c) => problem.classes[c]!.count > 0);
  if (units.size > 0 && usable.length === 0) throw new InfeasibleError('there are no devices.', 'Give the cluster at least one device.');
  const shared = new Float64Array(units.size);
  for (const { bytes, units: users } of units.sharedMemory) for (const u of users) shared[u]! += bytes;
  const needed = (u: number): number => units.residentBytes[u]! + shared[u]! + units.workspaceBytes[u]!;
  const example = (u: number): string => examples(problem, units, u);
  checkStages(problem, units);
  for (let u = 0; u < units.size; u++) {
    const supporting = usable.filter((c) => Number.isFinite(units.seconds[c]![u]!));
    if (supporting.length === 0) throw new InfeasibleError(`no device supports ${example(u)}.`, 'Add a device class that supports it.');
    if (supporting.every((c) => needed(u) > problem.classes[c]!.memoryBytes * (1 + 1e-12))) {
      const most = Math.max(...supporting.map((c) => problem.classes[c]!.memoryBytes));
      throw new InfeasibleError(
        `${example(u)} needs ${formatBytes(needed(u))} (${needed(u)} bytes) on one device; the largest that supports it has ${formatBytes(most)} (${most} bytes).`,
        'Use devices with more memory.',
      );
    }
  }
  const total = units.residentBytes.reduce((a, b) => a + b, 0) + units.sharedMemory.reduce((sum, entry) => sum + entry.bytes, 0);
  const available = usable.reduce((sum, c) => sum + problem.classes[c]!.count * problem.classes[c]!.memoryBytes, 0);
  if (total > available * (1 + 1e-12)) {
    throw new InfeasibleError(
      `the operators need at least ${formatBytes(total)} (${total} bytes) together; the devices have ${formatBytes(available)} (${available} bytes).`,
      'Use more devices, or devices with more memory.',
    );
  }
}

/** The error for a search that tried everything. */
export const exhausted = (problem: PlacementProblem): InfeasibleError =>
  new InfeasibleError(
    problem.requiredStage?.some((stage) => stage >= 0) === true
      ? `no contiguous placement has all operators in the stages that they must be in: every split was ruled out on ${described(problem)}.`
      : `no contiguous placement fits: every split was ruled out on ${described(problem)}.`,
    'Use more devices, or devices with more memory, or add a class that supports all operators.',
  );
