import { t } from '@vscode/l10n';
import { operatorsText } from '../../src/shared/format';
import { scopeMembers, scopesOf, type EditChoice, type MoveOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { icon } from '../ui/dom';
import type { MenuEntry } from './menu';
import { moveEntries } from './moveEntries';
import { pinEntries } from './pinMenu';

/** Scopes that are offered to be moved. */
const MOST_SCOPES = 2;

/** The second levels of an operator's menu: where all operators of a scope may move, and where the operator or a scope may be pinned. */
export interface SecondLevels {
  readonly moveScope: (scope: string) => void;
  readonly pinTo: (scope: string) => void;
}

/**
 * What can be done with an operator of a plan.
 *
 * @param options where it may move; null while that is not known yet
 */
export function operatorMenu(view: PlanView, operator: number, options: readonly MoveOption[] | null, choose: (choice: EditChoice) => void, { moveScope, pinTo }: SecondLevels): MenuEntry[] {
  const { foldable, stage } = view.operators[operator]!;
  if (foldable) return [{ kind: 'item', label: t('Computed beforehand'), reason: t('It costs nothing, and stands wherever its value is used.'), onChoose: () => undefined }];
  return [...moveEntries(view, [operator], stage, options, choose), ...scopeEntries(view, operator, moveScope), { kind: 'line' }, ...pinEntries(view, operator, choose, pinTo)];
}

/** The innermost scopes around an operator that hold more than the one inside. */
function scopeEntries({ operators }: PlanView, operator: number, moveScope: (scope: string) => void): MenuEntry[] {
  const entries: MenuEntry[] = [];
  let before = 1;
  for (const scope of scopesOf(operators[operator]!.name)) {
    const { length } = scopeMembers(operators, scope);
    if (length === before || entries.length === MOST_SCOPES) continue;
    before = length;
    entries.push({ kind: 'item', label: moveScopeLabel(scope), detail: operatorsText(length), mark: icon('move'), reason: null, opens: true, onChoose: () => moveScope(scope) });
  }
  return entries;
}

/** Of the item that leads to the second level. */
export const moveScopeLabel = (scope: string): string => t('Move scope {0} to…', scope);
