import { t } from '@vscode/l10n';
import { formatWhole, operatorsText } from '../../src/shared/format';
import type { EditChoice, MoveOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { stageSwatch } from '../inspector/parts';
import type { MenuEntry } from './menu';

/**
 * The stages that operators may move to, alone and with what must follow, and why they may not.
 *
 * @param operators ascending, none of them computed beforehand
 * @param stage where all of them are; -1 if they are in several
 * @param options null while nothing is known yet
 */
export function moveEntries(view: PlanView, operators: readonly number[], stage: number, options: readonly MoveOption[] | null, choose: (choice: EditChoice) => void): MenuEntry[] {
  const heading: MenuEntry = { kind: 'heading', text: operators.length === 1 ? t({ message: 'Move to stage', comment: 'Heading of a menu that lists stages' }) : t({ message: 'Move {0} operators to stage', args: [formatWhole(operators.length)], comment: 'Heading of a menu that lists stages' }) };
  if (options === null) return [heading, { kind: 'item', label: t('Looking where it may go…'), reason: '', onChoose: () => undefined }];
  const item = (option: MoveOption, along: boolean): MenuEntry => ({
    kind: 'item',
    label: t('Stage {0}', option.stage),
    mark: stageSwatch(view, option.stage),
    detail: [...(stage === option.stage ? [t({ message: 'here', comment: 'The stage that an operator is in' })] : []), view.plan?.stages[option.stage]?.device ?? '', ...(along ? [countText(option)] : [])].join(' · '),
    // where it is already there is nothing to explain
    reason: along ? option.along : option.operators === 0 ? '' : option.alone,
    onChoose: () => choose({ kind: 'move', operators, stage: option.stage, along }),
  });
  const elsewhere = options.filter((option) => option.operators > 0);
  const [first] = elsewhere;
  // what holds for all stages is said once: it is pinned
  if (elsewhere.length > 1 && first && first.alone !== null && elsewhere.every(({ alone, along }) => alone === first.alone && along === first.alone)) {
    return [heading, { kind: 'item', label: stage < 0 ? t('They stay where they are') : t('Stays in stage {0}', stage), mark: stageSwatch(view, stage), reason: first.alone, onChoose: () => undefined }];
  }
  const following = options.filter(({ alone, along, operators: count }) => alone !== null && count > operators.length && along !== alone);
  return [
    heading,
    ...options.map((option) => item(option, false)),
    ...(following.length === 0 ? [] : [{ kind: 'heading', text: t({ message: 'Move with what must follow', comment: 'Heading of a menu that lists stages' }) } as const]),
    ...following.map((option) => item(option, true)),
  ];
}

const countText = ({ operators, colocated }: MoveOption): string => (colocated === 0 ? operatorsText(operators) : t('{0} operators, {1} of them colocated', formatWhole(operators), colocated));
