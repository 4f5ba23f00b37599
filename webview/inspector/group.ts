import { t } from '@vscode/l10n';
import { formatBytes, formatSeconds, formatWhole } from '../../src/shared/format';
import type { GroupView } from '../../src/shared/layoutView';
import { groupTitle } from '../graph/groups';
import type { State } from '../state';
import { el } from '../ui/dom';
import { facts, linkList, menuLink, operatorLink, section, stageSwatch, type InspectorContext } from './parts';

/** Operators in a group, at any depth. */
export function membersOf({ groups, groupOf }: State['grouping'], group: number): number[] {
  const inside = new Uint8Array(groups.length);
  groups.forEach(({ parent }, g) => (inside[g] = g === group || (parent >= 0 && inside[parent] === 1) ? 1 : 0));
  return groupOf.flatMap((g, operator) => (g >= 0 && inside[g] === 1 ? [operator] : []));
}

/** A group of operators: what it holds, and what takes its time. */
export function groupPane(context: InspectorContext, group: GroupView, index: number, members: readonly number[]): Node[] {
  const { view } = context;
  const stage = view.plan?.stages[group.stage];
  const slowest = [...members].sort((a, b) => (view.operators[b]!.seconds ?? 0) - (view.operators[a]!.seconds ?? 0)).slice(0, 5);
  return [
    el('p', { class: 'kind' }, group.kind === 'alike' ? t('Scopes that are alike') : group.kind === 'scope' ? t('Scope') : t('Part of the graph')),
    el('h2', {}, groupTitle(group)),
    ...(stage === undefined ? [] : [el('p', {}, stageSwatch(view, group.stage), ' ', t('Stage {0} on {1}', stage.name, stage.device))]),
    section(
      t('Together'),
      facts([
        [t({ message: 'Alike', comment: 'Of how many scopes of the same kind the group consists' }), group.alike > 0 ? String(group.alike) : null],
        [t('Operators'), formatWhole(group.operatorCount)],
        [t('Time'), formatSeconds(group.seconds)],
        [t('Weights'), formatBytes(group.weightBytes)],
      ]),
    ),
    el('p', {}, group.expanded ? t('Escape or − collapses it.') : t('Enter, + or a double click expands it.')),
    ...(view.plan?.stale === null ? [menuLink(context, t('Move…'), t('Move all operators of this group (M)'), { kind: 'group', index })] : []),
    section(t('Slowest operators'), linkList(slowest, (o) => operatorLink(context, o))),
  ];
}
