import type { PlanView } from '../shared/planView';

/** The operators that a picture shows, on their own or in groups. */
export interface DrawnOperators {
  /** operator indices of the plan view, ascending */
  readonly operators: readonly number[];
  /** per drawn operator the place of its stage from left to right; those without a stage come last */
  readonly stage: Int32Array;
  readonly stageCount: number;
}

/**
 * Picks what is to be drawn. Foldable operators appear only on request; operators without a stage (all of them before there is a
 * plan; new ones in a stale plan) form a last place of their own.
 */
export function drawnOperators(view: PlanView, showFoldable: boolean): DrawnOperators {
  const operators = view.operators.flatMap((operator, index) => (operator.foldable && !showFoldable ? [] : [index]));
  const stages = view.plan?.stages.length ?? 0;
  const stage = Int32Array.from(operators, (index) => {
    const own = view.operators[index]!.stage;
    return own >= 0 && own < stages ? own : stages;
  });
  return { operators, stage, stageCount: stage.includes(stages) ? stages + 1 : stages };
}
