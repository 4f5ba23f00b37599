import { t } from '@vscode/l10n';
import type { PlanView, StageView } from '../../src/shared/planView';
import type { Reference } from '../../src/shared/reference';
import { UNKNOWN, type Bins } from './bins';

/** Stages up to which the legend has room for the names of their devices. */
const FEW = 8;

/** The stages of the plan on view: the colours that boxes have anyway. Null before there is a plan. */
export const stageBins = ({ operators, plan }: PlanView): Bins | null => plan && binsOf(plan.stages, Int32Array.from(operators, ({ stage, foldable }) => (foldable ? -1 : stage)));

/** The stages that the operators have in the plan that the one on view is compared with. */
export const referenceBins = ({ stages, stageOf }: Reference): Bins => binsOf(stages, stageOf);

/** @param of stage of each operator; -1 for what has no place of its own */
function binsOf(stages: readonly Pick<StageView, 'name' | 'device'>[], of: ArrayLike<number>): Bins {
  // a stage of too high a number cannot be told from none
  const stepOf = Uint8Array.from(of, (stage) => (stage >= 0 && stage < UNKNOWN ? stage : UNKNOWN));
  const counts = new Int32Array(UNKNOWN + 1);
  for (const step of stepOf) counts[step]!++;
  return {
    stepOf,
    kind: 'stages',
    caption: (operator) => (stepOf[operator] === UNKNOWN ? '' : t('stage {0}', stages[stepOf[operator]!]!.name)),
    legend: stages.slice(0, UNKNOWN).map(({ name, device }, step) => ({ label: stages.length > FEW ? name : `${name} · ${device}`, count: counts[step]! })),
    unknown: 0,
  };
}
