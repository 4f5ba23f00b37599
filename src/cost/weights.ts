import type { Operator, OperatorGraph } from '../graph/operatorGraph';

/** A weight as it lies on devices, and the problem nodes that need it there. */
export interface WeightUse {
  readonly tensor: number;
  readonly bytes: number;
  /** ascending, distinct, at least one */
  readonly users: readonly number[];
}

/**
 * The weights of a graph: initializers, and what operators make of weights alone (Constant, Transpose or DequantizeLinear of an initializer).
 * For each, the tensors that lie on a device on which it is used.
 *
 * Engines fold operators on weights when they load a model, so what lies there is the result, however much larger it is. DequantizeLinear is
 * the exception: engines fuse it with the operator that reads it and keep the weight as it is stored, so behind it the sources count.
 *
 * @returns tensor index -> stored tensors, ascending
 */
export function storedWeights(graph: OperatorGraph): ReadonlyMap<number, readonly number[]> {
  const stored = new Map<number, readonly number[]>();
  const keptAsStored = new Set<number>();
  for (const tensor of graph.tensors) if (tensor.kind === 'weight') stored.set(tensor.index, [tensor.index]);
  for (const operator of graph.operators) {
    if (!operator.foldable) continue;
    const read = [...operator.inputs, ...operator.captures].filter((t) => t >= 0);
    if (!read.every((t) => stored.has(t))) continue;
    const dequantised = operator.type === 'DequantizeLinear' || read.some((t) => keptAsStored.has(t));
    const sources = [...new Set(read.flatMap((t) => stored.get(t)!))].sort((a, b) => a - b);
    for (const t of operator.outputs) {
      if (t < 0) continue;
      const asStored = read.length > 0 && (dequantised || graph.tensors[t]!.bytes === undefined);
      stored.set(t, asStored ? sources : [t]);
      if (asStored) keptAsStored.add(t);
    }
  }
  return stored;
}

/** The tensors that are weights, or made of weights alone. */
export const weightTensors = (graph: OperatorGraph): ReadonlySet<number> => new Set(storedWeights(graph).keys());

/** The weights that real operators read, directly or behind foldable operators, each once. */
export function weightUsers(graph: OperatorGraph, nodeOf: Int32Array): WeightUse[] {
  const users = new Map<number, Set<number>>();
  for (const [t, sources] of storedWeights(graph)) {
    for (const reader of graph.tensors[t]!.consumers) {
      const node = nodeOf[reader]!;
      if (node < 0) continue;
      for (const source of sources) {
        const known = users.get(source);
        if (known) known.add(node);
        else users.set(source, new Set([node]));
      }
    }
  }
  return [...users].sort(([a], [b]) => a - b).flatMap(([t, nodes]) => {
    const bytes = graph.tensors[t]!.bytes ?? 0;
    return bytes > 0 ? [{ tensor: t, bytes, users: [...nodes].sort((a, b) => a - b) }] : [];
  });
}

/** Bytes of the weights that the bodies of a control-flow operator hold themselves; what they capture from around them is not theirs. */
export function bodyWeightBytes(graph: OperatorGraph, operator: Operator): number {
  if (operator.bodies.length === 0) return 0;
  const outer = new Set([...operator.inputs, ...operator.captures].flatMap((t) => (t < 0 ? [] : graph.tensors[t]!.name)));
  let bytes = 0;
  for (const body of operator.bodies) {
    const own = new Set<number>();
    for (const [t, sources] of storedWeights(body)) {
      const tensor = body.tensors[t]!;
      const used = tensor.isGraphOutput || tensor.consumers.some((reader) => !body.operators[reader]!.foldable);
      if (used) for (const source of sources) if (!outer.has(body.tensors[source]!.name)) own.add(source);
    }
    for (const t of own) bytes += body.tensors[t]!.bytes ?? 0;
    for (const inner of body.operators) if (!inner.foldable) bytes += bodyWeightBytes(body, inner);
  }
  return bytes;
}
