import type { OperatorGraph } from '../graph/operatorGraph';
import type { Placement } from '../placement/problem';

/** The stage of every operator of a placement problem, as an index into the placement's order. */
export function stagesOfNodes({ assignment, order, stageOf }: Placement): Int32Array {
  if (stageOf) return stageOf;
  const position = new Map(order.map((device, i) => [device, i]));
  return assignment.map((device) => position.get(device) ?? 0);
}

/**
 * The stage of every operator, foldable ones included: those stand with what they feed, in the earliest stage that uses their value
 * (other stages compute it anew), or in the first stage if nothing does.
 *
 * @param input problem node of each operator, -1 for foldable ones
 * @returns operator index -> index into `placement.order`
 */
export function expandPlacement(graph: OperatorGraph, input: { readonly nodeOf: Int32Array }, placement: Placement): Int32Array {
  const stageOfNode = stagesOfNodes(placement);
  const unused = placement.order.length;
  const stage = new Int32Array(graph.operators.length).fill(unused);
  for (let index = graph.operators.length - 1; index >= 0; index--) {
    const node = input.nodeOf[index]!;
    if (node >= 0) stage[index] = stageOfNode[node]!;
    else for (const t of graph.operators[index]!.outputs) if (t >= 0) for (const reader of graph.tensors[t]!.consumers) stage[index] = Math.min(stage[index]!, stage[reader]!);
  }
  return stage.map((s) => (s === unused ? 0 : s));
}
