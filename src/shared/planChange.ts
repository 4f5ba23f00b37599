import type { PlanDetails, PlanView } from './planView';

/** A plan without what is the same for every plan of its model: what a view of it is made of. */
export interface PlanState {
  /** operator -> stage */
  readonly stages: Int32Array;
  /** operator -> seconds, as in the view; NaN where not known */
  readonly seconds: Float64Array;
  readonly plan: PlanDetails;
  readonly warnings: readonly string[];
}

/** What makes one view of a plan another one of the same model: small beside the view itself. */
export interface PlanChange {
  /** operators whose stage or time is another one, and what it is */
  readonly operators: readonly number[];
  readonly stages: readonly number[];
  readonly seconds: readonly (number | null)[];
  readonly plan: PlanDetails;
  readonly warnings: readonly string[];
}

/** What leads from a view to a plan of the same model. */
export function changeTo({ operators }: PlanView, { stages, seconds, plan, warnings }: PlanState): PlanChange {
  const known = (operator: number): number | null => (Number.isNaN(seconds[operator]) ? null : seconds[operator]!);
  const changed = indicesWhere(operators, (operator, i) => operator.stage !== stages[i] || operator.seconds !== known(i));
  return { operators: changed, stages: changed.map((i) => stages[i]!), seconds: changed.map(known), plan, warnings };
}

/** The same for two views; null if they are not of the same reading of a model. */
export function changeBetween(before: PlanView, after: PlanView): PlanChange | null {
  if (before.tensors !== after.tensors || before.plan === null || after.plan === null) return null;
  const changed = indicesWhere(after.operators, (operator, i) => operator !== before.operators[i]);
  const { plan, warnings } = after;
  return { operators: changed, stages: changed.map((i) => after.operators[i]!.stage), seconds: changed.map((i) => after.operators[i]!.seconds), plan, warnings };
}

/** The view after a change; what did not change is shared with the one before. */
export function withChange(view: PlanView, { operators: changed, stages, seconds, plan, warnings }: PlanChange): PlanView {
  const operators = [...view.operators];
  changed.forEach((operator, i) => (operators[operator] = { ...operators[operator]!, stage: stages[i]!, seconds: seconds[i]! }));
  return { ...view, operators, plan, warnings };
}

function indicesWhere<T>(all: readonly T[], holds: (element: T, index: number) => boolean): number[] {
  const found: number[] = [];
  all.forEach((element, i) => void (holds(element, i) && found.push(i)));
  return found;
}
