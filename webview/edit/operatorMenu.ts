import { t } from '@vscode/l10n';
import { inScope, scopesOf, type EditChoice, type MoveOption } from '../../src/shared/planEdits';
import type { OperatorView, PlanView } from '../../src/shared/planView';
import { stageSwatch } from '../inspector/parts';
import { icon } from '../ui/dom';
import type { MenuEntry } from './menu';

/** Scopes that are offered to be pinned. */
const MOST_SCOPES = 3;

/**
 * What can be done with an operator of a plan.
 *
 * @param options where it may move; null while that is not known yet
 */
export function operatorMenu(view: PlanView, operator: number, options: readonly MoveOption[] | null, choose: (choice: EditChoice) => void): MenuEntry[] {
  if (view.operators[operator]!.foldable) return [{ kind: 'item', label: t('Computed beforehand'), reason: t('It costs nothing, and stands wherever its value is used.'), onChoose: () => undefined }];
  return [...moves(view, operator, options, choose), { kind: 'line' }, ...pins(view, operator, choose)];
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

function pins({ plan, operators }: PlanView, operator: number, choose: (choice: EditChoice) => void): MenuEntry[] {
  const { name, stage } = operators[operator]!;
  const device = plan?.stages[stage]?.device ?? '';
  const pinned = new Set(plan?.pins?.map((pin) => pin.operator));
  const item = (label: string, kind: 'pin' | 'unpin', scope: string, detail: string): MenuEntry => ({
    kind: 'item', label, detail, mark: icon(kind === 'pin' ? 'pin' : 'pinned'), reason: null, onChoose: () => choose({ kind, operator, scope }),
  });
  const own = pinned.has(operator) ? item(t('Unpin'), 'unpin', '', '') : item(t('Pin here'), 'pin', '', device);
  const entries = [own];
  let before = 1;
  for (const scope of scopesOf(name)) {
    const members = membersOf(operators, scope);
    if (members.length === before || entries.length > MOST_SCOPES) continue;
    before = members.length;
    const all = members.every((member) => pinned.has(member));
    entries.push(item(all ? t('Unpin scope {0}', scope) : t('Pin scope {0} here', scope), all ? 'unpin' : 'pin', scope, operatorsText(members.length)));
  }
  return entries;
}

const operatorsText = (count: number): string => (count === 1 ? t('1 operator') : t('{0} operators', count));

const membersOf = (operators: readonly OperatorView[], scope: string): number[] => operators.flatMap(({ name, foldable }, index) => (!foldable && inScope(name, scope) ? [index] : []));
