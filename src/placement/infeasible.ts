import { t } from '@vscode/l10n';
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

/** "80.0 GB (80000000000 bytes)": sizes that differ by a little are told apart. */
const exactly = (bytes: number): string => t('{0} ({1} bytes)', formatBytes(bytes), bytes);

const described = (problem: PlacementProblem): string =>
  problem.classes
    .filter((cls) => cls.count > 0)
    .map((cls) => Number.isFinite(cls.memoryBytes) ? t({ message: '{0} × {1} with {2}', args: [cls.count, cls.name, exactly(cls.memoryBytes)], comment: 'So many devices of a class, and their memory' }) : `${cls.count} × ${cls.name}`)
    .join(', ');

/** Some operators of a unit, for a message. */
function examples(problem: PlacementProblem, units: Contraction, u: number): string {
  const members: string[] = [];
  units.unitOf.forEach((of, v) => {
    if (of === u && members.length < 4) members.push(`'${problem.labels[v] ?? v}'`);
  });
  return members.length > 3 ? t({ message: '{0} and others that must share a device', args: [members.slice(0, 3).join(', ')], comment: 'Operators' }) : members.join(', ');
}

/** @throws InfeasibleError where a unit must be in several stages, or in one that there are not devices enough for */
export function checkStages(problem: PlacementProblem, units: Contraction): void {
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  units.requiredStage?.forEach((stage, u) => {
    if (stage === UNREACHABLE) throw new InfeasibleError(t({ message: '{0} must be in different stages, and depend on each other.', args: [examples(problem, units, u)], comment: 'Operators' }));
    if (stage >= devices) throw new InfeasibleError(t({ message: '{0} must be in stage {1}, and {2} devices make {2} stages at most, numbered from 0.', args: [examples(problem, units, u), stage, devices], comment: 'Operators' }));
  });
}

/** @throws InfeasibleError where a single unit, or the sum of all, already rules every placement out */
export function checkFeasible(problem: PlacementProblem, units: Contraction): void {
  const usable = problem.classes.map((_, c) => c).filter((c) => problem.classes[c]!.count > 0);
  if (units.size > 0 && usable.length === 0) throw new InfeasibleError(t('there are no devices.'), t('Give the cluster at least one device.'));
  const shared = new Float64Array(units.size);
  for (const { bytes, units: users } of units.sharedMemory) for (const u of users) shared[u]! += bytes;
  const needed = (u: number): number => units.residentBytes[u]! + shared[u]! + units.workspaceBytes[u]!;
  const example = (u: number): string => examples(problem, units, u);
  checkStages(problem, units);
  for (let u = 0; u < units.size; u++) {
    const supporting = usable.filter((c) => Number.isFinite(units.seconds[c]![u]!));
    if (supporting.length === 0) throw new InfeasibleError(t('no device supports {0}.', example(u)), t('Add a device class that supports it.'));
    if (supporting.every((c) => needed(u) > problem.classes[c]!.memoryBytes * (1 + 1e-12))) {
      const most = Math.max(...supporting.map((c) => problem.classes[c]!.memoryBytes));
      throw new InfeasibleError(
        t('{0} needs {1} on one device; the largest that supports it has {2}.', example(u), exactly(needed(u)), exactly(most)),
        t('Use devices with more memory.'),
      );
    }
  }
  const total = units.residentBytes.reduce((a, b) => a + b, 0) + units.sharedMemory.reduce((sum, entry) => sum + entry.bytes, 0);
  const available = usable.reduce((sum, c) => sum + problem.classes[c]!.count * problem.classes[c]!.memoryBytes, 0);
  if (total > available * (1 + 1e-12)) {
    throw new InfeasibleError(
      t('the operators need at least {0} together; the devices have {1}.', exactly(total), exactly(available)),
      t('Use more devices, or devices with more memory.'),
    );
  }
}

/** The error for a search that tried everything. */
export const exhausted = (problem: PlacementProblem): InfeasibleError =>
  new InfeasibleError(
    problem.requiredStage?.some((stage) => stage >= 0) === true
      ? t('no contiguous placement has all operators in the stages that they must be in: every split was ruled out on {0}.', described(problem))
      : t('no contiguous placement fits: every split was ruled out on {0}.', described(problem)),
    t('Use more devices, or devices with more memory, or add a class that supports all operators.'),
  );
