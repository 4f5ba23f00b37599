import { formatBytes, formatSeconds } from '../../src/shared/format';
import type { GroupView } from '../../src/shared/layoutView';
import { groupTitle } from '../graph/groups';
import type { State } from '../state';
import { el } from '../ui/dom';
import { facts, linkList, operatorLink, section, stageSwatch, type InspectorContext } from './parts';

/** Operators in a group, at any depth. */
export function membersOf({ groups, groupOf }: State['grouping'], group: number): number[] {
  const inside = new Uint8Array(groups.length);
  groups.forEach(({ parent }, g) => (inside[g] = g === group || (parent >= 0 && inside[parent] === 1) ? 1 : 0));
  return groupOf.flatMap((g, operator) => (g >= 0 && inside[g] === 1 ? [operator] : []));
}

/** A group of operators: what it holds, and what takes its time. */
export function groupPane(context: InspectorContext, group: GroupView, members: readonly number[]): Node[] {
  const { view } = context;
  const stage = view.plan?.stages[group.stage];
  const slowest = [...members].sort((a, b) => (view.operators[b]!.seconds ?? 0) - (view.operators[a]!.seconds ?? 0)).slice(0, 5);
  return [
    el('p', { class: 'kind' }, group.kind === 'alike' ? 'Scopes that are alike' : group.kind === 'scope' ? 'Scope' : 'Part of the graph'),
    el('h2', {}, groupTitle(group)),
    ...(stage === undefined ? [] : [el('p', {}, stageSwatch(view, group.stage), ` Stage ${stage.name} on ${stage.device}`)]),
    section(
      'Together',
      facts([
        ['Alike', group.alike > 0 ? String(group.alike) : null],
        ['Operators', group.operatorCount.toLocaleString('en')],
        ['Time', formatSeconds(group.seconds)],
        ['Weights', formatBytes(group.weightBytes)],
      ]),
    ),
    el('p', {}, group.expanded ? 'Escape or − collapses it.' : 'Enter, + or a double click expands it.'),
    section('Slowest operators', linkList(slowest, (o) => operatorLink(context, o))),
  ];
}
