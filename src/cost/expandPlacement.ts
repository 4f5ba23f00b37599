import type { OperatorGraph } from '../graph/operatorGraph';
import type { Placement } from '../placement/problem';

/**
 * The device of every operator, foldable ones included: those stand with what they feed, in the earliest stage that uses their value
 * (other stages compute it anew), or in the first stage if nothing does.
 *
 * @param input problem node of each operator, -1 for foldable ones
 * @returns operator index -> device
 */
export function expandPlacement(graph: OperatorGraph, input: { readonly nodeOf: Int32Array }, placement: Placement): Int32Array {
  const position = new Map(placement.order.map((device, i) => [device, i]));
  const unused = placement.order.length;
  const stage = new Int32Array(graph.operators.length).fill(unused);
  for (let index = graph.operators.length - 1; index >= 0; index--) {
    const node = input.nodeOf[index]!;
    if (node >= 0) stage[index] = position.get(placement.assignment[node]!) ?? 0;
    else for (const t of graph.operators[index]!.outputs) if (t >= 0) for (const reader of graph.tensors[t]!.consumers) stage[index] = Math.min(stage[index]!, stage[reader]!);
  }
  return stage.map((s) => placement.order[s === unused ? 0 : s] ?? 0);
}
