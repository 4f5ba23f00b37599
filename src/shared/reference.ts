import type { PlanComparison, PlanFlow } from './comparisonView';
import type { PlanView, StageView } from './planView';

/** The plan that the one on view is compared with, by the operators of the view. */
export interface Reference {
  readonly name: string;
  readonly stages: readonly StageView[];
  /** operator -> its stage there; -1 for what has no place of its own */
  readonly stageOf: readonly number[];
  /** operators that are elsewhere there */
  readonly moved: ReadonlySet<number>;
}

/** What a comparison says of each operator; null if it is not one of this view. */
export function referenceOf({ operators, modelName }: PlanView, comparison: PlanComparison): Reference | null {
  if (comparison.modelName !== modelName || comparison.stageBefore.length !== operators.length) return null;
  const ids = new Set(comparison.moved);
  const [{ name, stageViews }] = comparison.sides;
  return { name, stages: stageViews, stageOf: comparison.stageBefore, moved: new Set(operators.flatMap(({ id }, index) => (ids.has(id) ? [index] : []))) };
}

/** The operators of a flow, in the graph's order. */
export const membersOfFlow = ({ operators }: PlanView, stageBefore: readonly number[], { from, to }: Pick<PlanFlow, 'from' | 'to'>): number[] =>
  operators.flatMap(({ stage, foldable }, index) => (!foldable && stage === to && stageBefore[index] === from ? [index] : []));
