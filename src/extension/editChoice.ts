import { inScope, scopesOf, type EditChoice, type PlanEdit } from '../shared/planEdits';
import type { PlanView } from '../shared/planView';

/** What the panel chose, in terms that outlive the view; undefined where it names what the view does not have. */
export function editOf(view: PlanView, choice: EditChoice): PlanEdit | undefined {
  const { plan, operators } = view;
  const operator = operators[choice.operator];
  if (!plan || !operator) return undefined;
  if (choice.kind === 'move') {
    return choice.stage < plan.stages.length ? { kind: 'move', operators: [operator.id], stage: choice.stage, along: choice.along } : undefined;
  }
  if (choice.scope !== '' && !scopesOf(operator.name).includes(choice.scope)) return undefined;
  const members = choice.scope === '' ? [operator] : operators.filter(({ name, foldable }) => !foldable && inScope(name, choice.scope));
  const ids = members.map(({ id }) => id);
  if (choice.kind === 'unpin') return { kind: 'unpin', operators: ids };
  return { kind: 'pin', operators: ids, ...choice.to };
}
