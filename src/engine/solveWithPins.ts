import { basename } from 'node:path';
import { t } from '@vscode/l10n';
import { judge } from '../placement/judge';
import type { Solution } from '../placement/problem';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { solveOrExplain } from './attempt';
import type { Attempt } from './planned';
import { pinContradiction } from './pinContradiction';
import { apartOnPinned, canBeApart } from './pinnedDevices';
import type { PartitionRequest } from './requests';
import { pinsConflict, settlePins } from './settlePins';

/**
 * The best plan that keeps the pins of an attempt.
 *
 * @throws UserError if no plan keeps them: which contradict each other, as far as that can be told
 */
export async function solveWithPins(attempt: Attempt, request: Pick<PartitionRequest, 'method' | 'timeLimitSeconds' | 'slots'>, control: Control): Promise<Solution> {
  const { input, pinned, objective, problem } = attempt;
  const subject = basename(attempt.prepared.model.path);
  const contradiction = pinContradiction(attempt, pinned);
  if (contradiction !== null) throw new UserError(subject, t('cannot be placed with its pins. {0}', contradiction), t('Change or remove one of them.'));
  let solution = await solveOrExplain(attempt, request, control);
  if (pinsConflict(solution.placement, input, pinned) && canBeApart(attempt)) {
    const apart = apartOnPinned(attempt);
    solution = await solveOrExplain(apart.attempt, request, control);
    solution = { ...solution, placement: apart.placementOf(solution.placement) };
  }
  const placement = settlePins(solution.placement, input, pinned);
  const { violations } = judge(problem, placement, objective);
  if (violations.length > 0) {
    if (problem.servers && placement.order !== solution.placement.order) {
      throw new UserError(subject, t('has pins to single devices, and the best plan that keeps them does not fill one server after the other.'), t('Pin to stages instead.'));
    }
    throw new Error(`the placement found is not valid: ${violations.slice(0, 3).join('; ')}`);
  }
  return { ...solution, placement };
}
