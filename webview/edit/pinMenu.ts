import { t } from '@vscode/l10n';
import { operatorsText } from '../../src/shared/format';
import { inScope, sameTarget, scopeMembers, scopesOf, type EditChoice, type PinOption, type PinTarget } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { stageSwatch } from '../inspector/parts';
import { icon } from '../ui/dom';
import type { MenuEntry } from './menu';

/** Scopes that are offered to be pinned. */
const MOST_SCOPES = 3;

/** What a menu offers of pins: here at once, anywhere by way of a second level. */
export function pinEntries(view: PlanView, operator: number, choose: (choice: EditChoice) => void, pinTo: (scope: string) => void): MenuEntry[] {
  const { name, stage } = view.operators[operator]!;
  const device = view.plan?.stages[stage]?.device ?? '';
  const own = view.plan?.pins?.find((pin) => pin.operator === operator)?.to;
  const entries: MenuEntry[] = [
    own === undefined
      ? { kind: 'item', label: t('Pin here'), detail: device, mark: icon('pin'), reason: null, onChoose: () => choose({ kind: 'pin', operator, scope: '', to: { device } }) }
      : { kind: 'item', label: t('Unpin'), detail: placeText(own), mark: icon('pinned'), reason: null, onChoose: () => choose({ kind: 'unpin', operator, scope: '' }) },
    { kind: 'item', label: pinToLabel(''), opens: true, mark: icon('pin'), reason: null, onChoose: () => pinTo('') },
  ];
  let before = 1;
  let scopes = 0;
  for (const scope of scopesOf(name)) {
    const members = scopeMembers(view.operators, scope);
    if (members.length === before || scopes === MOST_SCOPES) continue;
    before = members.length;
    scopes++;
    entries.push(...scopeEntries(view, operator, scope, members, choose, pinTo));
  }
  return entries;
}

/** The same for a group: of the innermost scope that all its operators lie in; none where there is no such scope. */
export function groupPinEntries(view: PlanView, operators: readonly number[], choose: (choice: EditChoice) => void, pinTo: (scope: string) => void): MenuEntry[] {
  const [first] = operators;
  const scope = first === undefined ? undefined : scopesOf(view.operators[first]!.name).find((around) => operators.every((operator) => inScope(view.operators[operator]!.name, around)));
  return scope === undefined ? [] : [{ kind: 'line' }, ...scopeEntries(view, first!, scope, scopeMembers(view.operators, scope), choose, pinTo)];
}

function scopeEntries({ plan, operators }: PlanView, operator: number, scope: string, members: readonly number[], choose: (choice: EditChoice) => void, pinTo: (scope: string) => void): MenuEntry[] {
  const device = plan?.stages[operators[operator]!.stage]?.device ?? '';
  const pinOf = new Map(plan?.pins?.map((pin) => [pin.operator, pin.to]));
  const count = operatorsText(members.length);
  const to: MenuEntry = { kind: 'item', label: pinToLabel(scope), opens: true, mark: icon('pin'), reason: null, onChoose: () => pinTo(scope) };
  if (!members.every((member) => pinOf.has(member))) {
    return [{ kind: 'item', label: t('Pin scope {0} here', scope), detail: count, mark: icon('pin'), reason: null, onChoose: () => choose({ kind: 'pin', operator, scope, to: { device } }) }, to];
  }
  const [first, ...others] = members.map((member) => pinOf.get(member)!);
  const place = first !== undefined && others.every((other) => sameTarget(first, other)) ? [placeText(first)] : [];
  return [{ kind: 'item', label: t('Unpin scope {0}', scope), detail: [count, ...place].join(' · '), mark: icon('pinned'), reason: null, onChoose: () => choose({ kind: 'unpin', operator, scope }) }, to];
}

/** Of the item that leads to the second level; '' for the operator alone. */
export const pinToLabel = (scope: string): string => (scope === '' ? t('Pin to…') : t('Pin scope {0} to…', scope));

export const pinMenuTitle = (name: string, scope: string): string => (scope === '' ? t('Pin {0} to', name) : t('Pin scope {0} to', scope));

/**
 * The second level: every stage and every device, with what speaks against it.
 *
 * @param options null while they are not known yet
 */
export function pinMenu(view: PlanView, operator: number, scope: string, options: readonly PinOption[] | null, choose: (choice: EditChoice) => void): MenuEntry[] {
  const choices = (heading: string, of: readonly PinOption[]): MenuEntry[] => [
    ...(of.length === 0 ? [] : [{ kind: 'heading', text: heading } as const]),
    ...of.map(({ to, reason, here }): MenuEntry => ({
      kind: 'item',
      label: 'stage' in to ? t('Stage {0}', to.stage) : to.device,
      mark: 'stage' in to ? stageSwatch(view, to.stage) : icon('server'),
      detail: [...(here ? [t({ message: 'here', comment: 'The stage that an operator is in' })] : []), otherName(view, to)].join(' · '),
      reason,
      onChoose: () => choose({ kind: 'pin', operator, scope, to }),
    })),
  ];
  if (options === null) return [{ kind: 'item', label: t('Looking where it may be pinned…'), reason: '', onChoose: () => undefined }];
  return [
    ...choices(t({ message: 'To a stage, on any device', comment: 'Heading of a menu that lists stages' }), options.filter(({ to }) => 'stage' in to)),
    ...choices(t({ message: 'To a device, in any stage', comment: 'Heading of a menu that lists devices' }), options.filter(({ to }) => 'device' in to)),
  ];
}

/** What this plan has there: the device of a stage, the stage of a device. */
function otherName({ plan }: PlanView, to: PinTarget): string {
  const stages = plan?.stages ?? [];
  if ('stage' in to) return stages[to.stage]?.device ?? t({ message: 'not in this plan', comment: 'A stage that a plan could have' });
  const [name, number] = splitDevice(to.device);
  const stage = stages.findIndex(({ device, replicas = 1 }) => {
    const [other, first] = splitDevice(device);
    return other === name && number >= first && number < first + replicas;
  });
  return stage < 0 ? t({ message: 'not in use', comment: 'A device' }) : t('Stage {0}', stage);
}

function splitDevice(device: string): readonly [name: string, number: number] {
  const colon = device.lastIndexOf(':');
  return [device.slice(0, colon), Number(device.slice(colon + 1))];
}

/** A place by itself, at the beginning of a line. */
const placeText = (to: PinTarget): string => ('stage' in to ? t('Stage {0}', to.stage) : to.device);
