import type { OperatorGraph } from '../graph/operatorGraph';

/** A weight as it lies on devices, and the problem nodes that need it there. */
export interface WeightUse {
  readonly bytes: number;
  /** ascending, distinct, at least one */
  readonly users: readonly number[];
}

/**
 * The weights of a graph and who uses them. Operators that make weights of weights (Constant, Transpose or DequantizeLinear of an
 * initializer) are folded when an engine loads the model, so what lies on the device is their result, and that is what counts: of a chain
 * of them only what real operators read. Where a result's size is unknown its sources' sizes stand for it.
 */
export function weightUsers(graph: OperatorGraph, nodeOf: Int32Array): WeightUse[] {
  const made = new Set<number>();
  for (const operator of graph.operators) {
    const constant = operator.foldable && [...operator.inputs, ...operator.captures].every((t) => t < 0 || graph.tensors[t]!.kind === 'weight' || made.has(t));
    if (constant) operator.outputs.forEach((t) => made.add(t));
  }
  const uses: WeightUse[] = [];
  for (const tensor of graph.tensors) {
    if (tensor.kind !== 'weight' && !made.has(tensor.index)) continue;
    const users = tensor.consumers.map((reader) => nodeOf[reader]!).filter((node) => node >= 0);
    const bytes = tensor.bytes ?? sourceBytes(graph, tensor.producer);
    if (users.length > 0 && bytes > 0) uses.push({ bytes, users });
  }
  return uses;
}

function sourceBytes(graph: OperatorGraph, producer: number): number {
  if (producer < 0) return 0;
  return graph.operators[producer]!.inputs.reduce((sum, t) => sum + (t < 0 ? 0 : (graph.tensors[t]!.bytes ?? 0)), 0);
}
