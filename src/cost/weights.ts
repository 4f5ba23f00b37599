import type { OperatorGraph } from '../graph/operatorGraph';

/** A weight as it lies on devices, and the problem nodes that need it there. */
export interface WeightUse {
  readonly bytes: number;
  /** ascending, distinct, at least one */
  readonly users: readonly number[];
}

/**
 * The tensors that are weights: initializers, and what operators make of weights alone (Constant, Transpose or DequantizeLinear of an
 * initializer). Engines fold those when they load a model, so what lies on a device is their result.
 *
 * @returns tensor indices
 */
export function weightTensors(graph: OperatorGraph): ReadonlySet<number> {
  const weights = new Set<number>();
  for (const tensor of graph.tensors) if (tensor.kind === 'weight') weights.add(tensor.index);
  for (const operator of graph.operators) {
    if (operator.foldable && [...operator.inputs, ...operator.captures].every((t) => t < 0 || weights.has(t))) {
      for (const t of operator.outputs) if (t >= 0) weights.add(t);
    }
  }
  return weights;
}

/**
 * The weights that real operators read, and who reads them. Of a chain of foldable operators only the end counts. Where a result's
 * size is unknown its sources' sizes stand for it.
 */
export function weightUsers(graph: OperatorGraph, nodeOf: Int32Array): WeightUse[] {
  const uses: WeightUse[] = [];
  for (const t of weightTensors(graph)) {
    const tensor = graph.tensors[t]!;
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
