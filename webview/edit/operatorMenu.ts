import { t } from '@vscode/l10n';
import type { EditChoice, MoveOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { stageSwatch } from '../inspector/parts';
import type { MenuEntry } from './menu';
import { pinEntries } from './pinMenu';

/**
 * What can be done with an operator of a plan.
 *
 * @param options where it may move; null while that is not known yet
 * @param pinTo asks where the operator, or a scope of it, is to be pinned
 */
export function operatorMenu(view: PlanView, operator: number, options: readonly MoveOption[] | null, choose: (choice: EditChoice) => void, pinTo: (scope: string) => void): MenuEntry[] {
  if (view.operators[operator]!.foldable) return [{ kind: 'item', label: t('Computed beforehand'), reason: t('It costs nothing, and stands wherever its value is used.'), onChoose: () => undefined }];
  return [...moves(view, operator, options, choose), { kind: 'line' }, ...pinEntries(view, operator, choose, pinTo)];
}

function moves(view: PlanView, operator: number, options: readonly MoveOption[] | null, choose: (choice: EditChoice) => void): MenuEntry[] {
  const heading: MenuEntry = { kind: 'heading', text: t({ message: 'Move to stage', comment: 'Heading of a menu that lists stages' }) };
  if (options === null) return [heading, { kind: 'item', label: t('Looking where it may go…'), reason: '', onChoose: () => undefined }];
  const item = (stage: number, along: boolean, reason: string | null, count?: number): MenuEntry => ({
    kind: 'item',
    label: t('Stage {0}', stage),
    mark: stageSwatch(view, stage),
    detail: [...(view.operators[operator]!.stage === stage ? [t({ message: 'here', comment: 'The stage that an operator is in' })] : []), view.plan?.stages[stage]?.device ?? '', ...(count === undefined ? [] : [operatorsText(count)])].join(' · '),
    reason,
    onChoose: () => choose({ kind: 'move', operator, stage, along }),
  });
  const elsewhere = options.filter(({ operators }) => operators > 0);
  const [first] = elsewhere;
  // what holds for all stages is said once: it is pinned
  if (elsewhere.length > 1 && first && first.alone !== null && elsewhere.every(({ alone, along }) => alone === first.alone && along === first.alone)) {
    const { stage } = view.operators[operator]!;
    return [heading, { kind: 'item', label: t('Stays in stage {0}', stage), mark: stageSwatch(view, stage), reason: first.alone, onChoose: () => undefined }];
  }
  const following = options.filter(({ alone, along, operators }) => alone !== null && operators > 1 && along !== alone);
  return [
    heading,
    // where it is already there is nothing to explain
    ...options.map(({ stage, alone, operators }) => item(stage, false, operators === 0 ? '' : alone)),
    ...(following.length === 0 ? [] : [{ kind: 'heading', text: t({ message: 'Move with what must follow', comment: 'Heading of a menu that lists stages' }) } as const]),
    ...following.map(({ stage, along, operators }) => item(stage, true, along, operators)),
  ];
}

const operatorsText = (count: number): string => (count === 1 ? t('1 operator') : t('{0} operators', count));
