import type { OperatorGraph } from '../graph/operatorGraph';

/**
 * Bytes of activations alive while each operator runs, when the operators run in the graph's order: its own inputs and outputs, and all
 * that was written before and is still to be read. Graph outputs stay alive to the end, graph inputs until their last reader. Inside a
 * control-flow operator come the most that a body of it has alive. What foldable operators make counts as weights or not at all. Tensors of
 * unknown size count nothing; whoever shows the result also shows how many there are.
 *
 * @returns by operator index; 0 for foldable operators
 */
export function liveBytes(graph: OperatorGraph): Float64Array {
  const count = graph.operators.length;
  // change of the living bytes before each operator runs
  const change = new Float64Array(count + 1);
  for (const tensor of graph.tensors) {
    const bytes = tensor.bytes ?? 0;
    const { producer } = tensor;
    if (bytes === 0 || tensor.kind === 'weight' || (producer >= 0 && graph.operators[producer]!.foldable)) continue;
    const last = tensor.isGraphOutput ? count - 1 : (tensor.consumers.at(-1) ?? producer);
    if (last < 0) continue;
    change[Math.max(0, producer)]! += bytes;
    change[last + 1]! -= bytes;
  }
  const live = new Float64Array(count);
  let now = 0;
  for (const operator of graph.operators) {
    now += change[operator.index]!;
    if (!operator.foldable) live[operator.index] = now + Math.max(0, ...operator.bodies.map(mostAlive));
  }
  return live;
}

const mostAlive = (body: OperatorGraph): number => liveBytes(body).reduce((most, bytes) => Math.max(most, bytes), 0);
