import type { OperatorGraph } from '../graph/operatorGraph';
import { weightTensors } from './weights';

/** Types of sizes, indices and conditions: tensors of these compute shapes and are no parameters. */
const NO_PARAMETERS = new Set(['int64', 'int32', 'bool', 'string']);

/**
 * The number of parameters of a model: elements of the weights that its operators read, directly or behind operators on weights alone, those
 * in the bodies of control flow included. A weight counts once however many read it and in however many forms: a table that is both looked
 * up and, transposed, multiplied with is one.
 *
 * @returns elements; weights of unknown shape count as none
 */
export function parameterCount(graph: OperatorGraph): number {
  return countIn(graph, new Set());
}

/** @param outer names of the tensors of the graph around that a body reads, which count there */
function countIn(graph: OperatorGraph, outer: ReadonlySet<string>): number {
  const { tensors, operators } = graph;
  const weights = weightTensors(graph);
  const counts = (t: number): boolean => t >= 0 && weights.has(t) && !NO_PARAMETERS.has(tensors[t]!.elementType ?? 'string');
  const seen = new Set<number>();
  let total = 0;

  const count = (start: number): void => {
    const open = [start];
    for (let t = open.pop(); t !== undefined; t = open.pop()) {
      if (!counts(t) || seen.has(t)) continue;
      seen.add(t);
      const tensor = tensors[t]!;
      // what was made of parameters counts as those; what was made of sizes alone (ConstantOfShape) is itself one
      const sources = operators[tensor.producer]?.inputs.filter(counts) ?? [];
      if (sources.length > 0) open.push(...sources);
      else if (!outer.has(tensor.name)) total += (tensor.shape ?? [0]).reduce<number>((product, dim) => product * (typeof dim === 'number' ? dim : 0), 1);
    }
  };

  for (const operator of operators) {
    if (operator.foldable) continue;
    const read = [...operator.inputs, ...operator.captures].filter((t) => t >= 0);
    read.forEach(count);
    const names = new Set(read.map((t) => tensors[t]!.name));
    for (const body of operator.bodies) total += countIn(body, names);
  }
  // the body of an If may give a weight as it is
  tensors.forEach((tensor, t) => tensor.isGraphOutput && count(t));
  return total;
}
