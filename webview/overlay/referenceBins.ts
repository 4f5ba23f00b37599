import { t } from '@vscode/l10n';
import type { PlanView } from '../../src/shared/planView';
import type { Reference } from '../../src/shared/reference';
import { UNKNOWN, type Bins } from './bins';

/** The stages that the operators have in the plan that the one on view is compared with, as colours of boxes. */
export function referenceBins({ operators }: PlanView, { stages, stageOf }: Reference): Bins {
  // what has no place of its own, or too high a number to be told from it
  const stepOf = Uint8Array.from(operators, (_, v) => (stageOf[v]! >= 0 && stageOf[v]! < UNKNOWN ? stageOf[v]! : UNKNOWN));
  const counts = new Int32Array(UNKNOWN + 1);
  for (const step of stepOf) counts[step]!++;
  return {
    stepOf,
    kind: 'stages',
    caption: (operator) => (stepOf[operator] === UNKNOWN ? '' : t('stage {0}', stages[stepOf[operator]!]!.name)),
    legend: stages.slice(0, UNKNOWN).map(({ name, device }, step) => ({ label: `${name} · ${device}`, count: counts[step]! })),
    unknown: 0,
  };
}
