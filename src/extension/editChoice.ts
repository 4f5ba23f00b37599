import { inScope, scopesOf, type CutMove, type EditChoice, type MoveChoice, type PlanEdit } from '../shared/planEdits';
import type { PlanView } from '../shared/planView';

/** Whether a move names operators and a stage that the view has; foldable operators are nowhere by themselves. */
export function isMoveOf({ plan, operators }: PlanView, move: MoveChoice): boolean {
  return plan !== null && move.stage < plan.stages.length && move.operators.length > 0 && move.operators.every((operator) => operator < operators.length);
}

/** What the panel chose, in terms that outlive the view; undefined where it names what the view does not have. */
export function editOf(view: PlanView, choice: EditChoice): { readonly edit: PlanEdit } | { readonly cut: CutMove } | undefined {
  const { plan, operators } = view;
  if (!plan) return undefined;
  if (choice.kind === 'move') {
    return isMoveOf(view, choice) ? { edit: { kind: 'move', operators: choice.operators.map((operator) => operators[operator]!.id), stage: choice.stage, along: choice.along } } : undefined;
  }
  if (choice.kind === 'cut') {
    const { from, to, step } = choice;
    return from < plan.stages.length && to < plan.stages.length && from !== to ? { cut: { from, to, step } } : undefined;
  }
  const operator = operators[choice.operator];
  if (!operator) return undefined;
  if (choice.scope !== '' && !scopesOf(operator.name).includes(choice.scope)) return undefined;
  const members = choice.scope === '' ? [operator] : operators.filter(({ name, foldable }) => !foldable && inScope(name, choice.scope));
  const ids = members.map(({ id }) => id);
  if (choice.kind === 'unpin') return { edit: { kind: 'unpin', operators: ids } };
  return { edit: { kind: 'pin', operators: ids, ...choice.to } };
}
