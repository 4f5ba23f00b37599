import type { ElementType } from '../onnx/model';
import type { OperatorGraph } from '../graph/operatorGraph';
import type { ClusterDevice } from './clusterFile';
import type { OperatorCost } from './operatorCost';

/** Named in placements, so that a reader knows what the numbers mean. The version grows whenever the same input would give other numbers. */
export const COST_MODEL = { name: 'roofline', version: 1 } as const;

/** The efficiency of a device class that states none. */
const DEFAULT_EFFICIENCY = 0.6;

/**
 * Time of an operator on one device of a class, by the roofline model (Williams, Waterman, Patterson, CACM 52(4), 2009):
 * `overhead + max(flops / (peak * efficiency), bytes / (bandwidth * efficiency))`.
 *
 * The efficiency lowers both roofs, because neither peak is reached in practice. Foldable operators take no time; operators whose
 * cost is not fully known take the overhead and what is known.
 *
 * @param type element type that the operator computes in
 * @returns seconds; Infinity if the class does not support the operator
 */
export function operatorSeconds(device: ClusterDevice, type: string, elementType: ElementType | undefined, cost: OperatorCost): number {
  if (device.unsupported?.includes(type) === true) return Infinity;
  const efficiency = device.efficiency ?? DEFAULT_EFFICIENCY;
  const peak = (elementType && device.peakFlops[elementType]) ?? device.peakFlops.float32 ?? Math.max(...Object.values(device.peakFlops));
  const compute = cost.flops / (peak * efficiency);
  const memory = (cost.bytesRead + cost.bytesWritten) / (device.memoryBytesPerSecond * efficiency);
  return (device.operatorOverheadSeconds ?? 0) + Math.max(compute, memory);
}

/**
 * The element type an operator computes in: that of its first floating-point input, or of its first input. Operators on quantised weights
 * (MatMulNBits, QMoE) compute in the type of their activations, which is their first input.
 */
export function computeType(graph: OperatorGraph, operator: OperatorGraph['operators'][number]): ElementType | undefined {
  const types = operator.inputs.flatMap((t) => (t < 0 ? [] : (graph.tensors[t]!.elementType ?? [])));
  return types.find((type) => type.startsWith('float') || type === 'bfloat16') ?? types[0];
}

