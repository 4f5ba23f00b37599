import type { OperatorGraph } from '../../graph/operatorGraph';

/** Shorter names are found in others by chance. */
const SHORTEST_CONTAINED = 3;
/** Names of fused operators are joined from a handful; a longer name is not searched further. */
const LONGEST_SEARCHED = 4096;
const MOST_BOUNDARIES = 256;

/** Numbers of a file of measurements, given to the operators of a model. */
export interface JoinedNames {
  /** by operator index; operators that are computed beforehand have none */
  readonly values: ReadonlyMap<number, number>;
  /** fused operators: the name in the file, and the operators of the model that it names */
  readonly fused: readonly { readonly name: string; readonly operators: readonly number[] }[];
  /** names in the file that say nothing of this model */
  readonly unknown: readonly string[];
}

/**
 * Finds the operator of each name: by its first output, or by its node's name where no other node has that. A name that is neither may be that
 * of an operator that an engine fused: the known names that stand in it between other than letters and digits, the longest at each place. Their
 * share of its number goes by `workOf`.
 *
 * @param first whose names win where one is both
 * @param nodeNames parallel to the graph's operators, where the file was made with other names than the model's
 */
export function joinNames(
  graph: OperatorGraph,
  named: ReadonlyMap<string, number>,
  first: 'nodes' | 'operators',
  workOf: (operator: number) => number,
  nodeNames: readonly string[] = graph.operators.map(({ name }) => name),
): JoinedNames {
  const ids = new Map(graph.operators.map(({ id, index }) => [id, index]));
  const nodes = uniqueNames(nodeNames);
  const find = (name: string): number | undefined => (first === 'nodes' ? (nodes.get(name) ?? ids.get(name)) : (ids.get(name) ?? nodes.get(name)));
  const inBodies = namesInBodies(graph);
  const repeated = new Set(nodeNames.filter((name) => !nodes.has(name)));

  const values = new Map<number, number>();
  const fused: { name: string; operators: readonly number[] }[] = [];
  const unknown: string[] = [];
  const add = (operator: number, value: number): void => {
    if (!graph.operators[operator]!.foldable) values.set(operator, (values.get(operator) ?? 0) + value);
  };
  for (const [name, value] of named) {
    const operator = find(name);
    if (operator !== undefined) {
      add(operator, value);
      continue;
    }
    // what bodies take is in the time of their control-flow operator
    if (inBodies.has(name)) continue;
    const parts = repeated.has(name) ? [] : [...new Set(containedNames(name, find))];
    if (parts.length === 0) {
      unknown.push(name);
      continue;
    }
    fused.push({ name, operators: parts });
    const works = parts.map((part) => Math.max(1, workOf(part)));
    const all = works.reduce((sum, work) => sum + work, 0);
    parts.forEach((part, i) => add(part, (value * works[i]!) / all));
  }
  return { values, fused, unknown };
}

function uniqueNames(names: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  const twice = new Set<string>(['']);
  names.forEach((name, i) => (found.has(name) ? twice.add(name) : found.set(name, i)));
  for (const name of twice) found.delete(name);
  return found;
}

/** Nodes and first outputs of the operators in bodies of control flow, at any depth. */
function namesInBodies({ operators }: OperatorGraph, found = new Set<string>()): Set<string> {
  for (const { bodies } of operators) {
    for (const body of bodies) {
      for (const { name, id } of body.operators) found.add(name).add(id);
      namesInBodies(body, found);
    }
  }
  return found;
}

/** The operators whose names stand in a name, from left to right. */
function containedNames(name: string, find: (name: string) => number | undefined): number[] {
  if (name.length > LONGEST_SEARCHED) return [];
  const isWord = (at: number): boolean => /[A-Za-z0-9]/.test(name[at] ?? '');
  const boundaries = Array.from({ length: name.length + 1 }, (_, at) => at).filter((at) => !(isWord(at - 1) && isWord(at)));
  if (boundaries.length > MOST_BOUNDARIES) return [];
  const found: number[] = [];
  let done = 0;
  for (const from of boundaries) {
    if (from < done) continue;
    for (let i = boundaries.length - 1; i >= 0 && boundaries[i]! - from >= SHORTEST_CONTAINED; i--) {
      const operator = find(name.slice(from, boundaries[i]));
      if (operator === undefined) continue;
      found.push(operator);
      done = boundaries[i]!;
      break;
    }
  }
  return found;
}
