import type { OperatorGraph } from '../graph/operatorGraph';

/**
 * Bytes of activations alive while each operator runs, when the operators run in the graph's order: its own inputs and outputs, and all
 * that was written before and is still to be read. Graph outputs stay alive to the end, graph inputs until their last reader.
 * Tensors of unknown size count nothing here; whoever shows the result also shows how many there are.
 *
 * @returns by operator index; 0 for foldable operators
 */
export function liveBytes(graph: OperatorGraph): Float64Array {
  const count = graph.operators.length;
  // Change of the living bytes before each operator runs.
  const change = new Float64Array(count + 1);
  for (const tensor of graph.tensors) {
    const bytes = tensor.bytes ?? 0;
    const producer = tensor.producer;
    if (bytes === 0 || tensor.kind === 'weight' || (producer >= 0 && graph.operators[producer]!.foldable)) continue;
    const last = tensor.isGraphOutput ? count - 1 : (tensor.consumers.at(-1) ?? producer);
    if (last < 0) continue;
    change[Math.max(0, producer)]! += bytes;
    change[last + 1]! -= bytes;
  }
  const live = new Float64Array(count);
  let now = 0;
  for (let i = 0; i < count; i++) {
    now += change[i]!;
    live[i] = graph.operators[i]!.foldable ? 0 : Math.max(0, now);
  }
  return live;
}
