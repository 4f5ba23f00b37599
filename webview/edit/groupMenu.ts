import { t } from '@vscode/l10n';
import type { GroupView } from '../../src/shared/layoutView';
import type { EditChoice, MoveOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import type { MenuEntry } from './menu';
import { moveEntries } from './moveEntries';
import { groupPinEntries } from './pinMenu';

/**
 * What can be done with all operators of a group.
 *
 * @param operators those that have a place of their own, ascending
 * @param options where they may move; null while that is not known yet
 */
export function groupMenu(view: PlanView, group: GroupView, operators: readonly number[], options: readonly MoveOption[] | null, choose: (choice: EditChoice) => void, pinTo: (scope: string) => void): MenuEntry[] {
  if (operators.length === 0) return [{ kind: 'item', label: t('Computed beforehand'), reason: t('It costs nothing, and stands wherever its value is used.'), onChoose: () => undefined }];
  return [...moveEntries(view, operators, group.stage, options, choose), ...groupPinEntries(view, operators, choose, pinTo)];
}
