import { t } from '@vscode/l10n';
import type { OperatorGraph } from '../graph/operatorGraph';
import type { PlacementFile } from './placementFile';
import { topologyHash } from './topologyHash';

/** How a placement stands to its model as the model is now. */
export interface Staleness {
  /**
   * `fresh`: made for this model. `stale`: the model changed since. `inconsistent`: the model did not change, but the file lists other
   * operators than the model has: it was edited by hand.
   */
  readonly state: 'fresh' | 'stale' | 'inconsistent';
  /** what changed, in a few words: "3 operators are new"; '' if fresh */
  readonly sentence: string;
  /** identities of operators that the file does not list, in graph order */
  readonly added: readonly string[];
  /** identities that the file lists and the model does not have, in file order */
  readonly removed: readonly string[];
  /** identities of operators whose type changed, in graph order */
  readonly retyped: readonly string[];
}

/** @param graph the model as it is now, read with the file's bindings */
export function staleness(file: PlacementFile, graph: OperatorGraph): Staleness {
  const listed = new Map(file.stages.flatMap((stage) => stage.operators.map(([id, type]) => [id, type] as const)));
  const present = new Set(graph.operators.map((operator) => operator.id));
  const added = graph.operators.filter((operator) => !listed.has(operator.id)).map((operator) => operator.id);
  const removed = [...listed.keys(), ...file.pins.map((pin) => pin.operator).filter((id) => !listed.has(id))].filter((id) => !present.has(id));
  const retyped = graph.operators.filter((operator) => listed.has(operator.id) && listed.get(operator.id) !== typeName(operator)).map((operator) => operator.id);
  const same = topologyHash(graph, file.model.bound) === file.model.topology;
  const lists = { added, removed, retyped };
  if (!same) return { state: 'stale', sentence: changes(lists), ...lists };
  if (added.length + removed.length + retyped.length === 0) return { state: 'fresh', sentence: '', ...lists };
  return { state: 'inconsistent', sentence: mistakes(lists), ...lists };
}

/** 'MatMul', or 'com.microsoft:Attention': how the file and the view name an operator's type. */
export const typeName = (operator: { readonly domain: string; readonly type: string }): string =>
  operator.domain === '' ? operator.type : `${operator.domain}:${operator.type}`;

type Lists = Pick<Staleness, 'added' | 'removed' | 'retyped'>;

function changes({ added, removed, retyped }: Lists): string {
  const parts = [
    ...(added.length === 0 ? [] : [added.length === 1 ? t('1 operator is new') : t('{0} operators are new', added.length)]),
    ...(removed.length === 0 ? [] : [removed.length === 1 ? t('1 operator is gone') : t('{0} operators are gone', removed.length)]),
    ...(retyped.length === 0 ? [] : [retyped.length === 1 ? t('1 operator changed its type') : t('{0} operators changed their type', retyped.length)]),
  ];
  return parts.length > 0 ? parts.join(', ') : t('the operators are the same, but attributes or shapes changed');
}

function mistakes({ added, removed, retyped }: Lists): string {
  if (removed.length > 0) return removed.length === 1 ? t('it names 1 operator that the model does not have: {0}', some(removed)) : t('it names {0} operators that the model does not have: {1}', removed.length, some(removed));
  if (added.length > 0) return added.length === 1 ? t('it leaves out 1 operator of the model: {0}', some(added)) : t('it leaves out {0} operators of the model: {1}', added.length, some(added));
  return retyped.length === 1 ? t('it gives 1 operator another type than the model: {0}', some(retyped)) : t('it gives {0} operators another type than the model: {1}', retyped.length, some(retyped));
}

const some = (ids: readonly string[]): string => ids.slice(0, 3).map((id) => `"${id}"`).join(', ') + (ids.length > 3 ? ' …' : '');
