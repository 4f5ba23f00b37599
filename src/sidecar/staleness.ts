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
    counted(added.length, 'is new', 'are new'),
    counted(removed.length, 'is gone', 'are gone'),
    counted(retyped.length, 'changed its type', 'changed their type'),
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(', ') : 'the operators are the same, but attributes or shapes changed';
}

function mistakes({ added, removed, retyped }: Lists): string {
  if (removed.length > 0) return `it names ${counted(removed.length, '', '')} that the model does not have: ${some(removed)}`;
  if (added.length > 0) return `it leaves out ${counted(added.length, '', '')} of the model: ${some(added)}`;
  return `it gives ${counted(retyped.length, '', '')} another type than the model: ${some(retyped)}`;
}

function counted(count: number, one: string, many: string): string {
  if (count === 0) return '';
  return (count === 1 ? `1 operator ${one}` : `${count} operators ${many}`).trimEnd();
}

const some = (ids: readonly string[]): string => ids.slice(0, 3).map((id) => `"${id}"`).join(', ') + (ids.length > 3 ? ' …' : '');
