import type { Operator, OperatorGraph } from '../graph/operatorGraph';
import type { ElementType } from '../onnx/model';
import type { ClusterDevice } from './clusterFile';
import type { OperatorCost } from './operatorCost';

/** Named in placements, so that a reader knows what the numbers mean. The version grows whenever the same input would give other numbers. */
export const COST_MODEL = { name: 'roofline', version: 1 } as const;

/** The efficiency of a device class that states none. */
export const DEFAULT_EFFICIENCY = 0.6;

/**
 * Time of an operator on one device of a class, by the roofline model (Williams, Waterman, Patterson, CACM 52(4), 2009):
 * `overhead + max(flops / (peak * efficiency), bytes / (bandwidth * efficiency))`.
 *
 * The efficiency lowers both roofs, because neither peak is reached in practice. Operators whose cost is not fully known take the
 * overhead and what is known.
 *
 * @param type `Type`, or `domain:Type` outside ai.onnx
 * @param elementType element type that the operator computes in
 * @returns seconds; Infinity if the class does not support the operator
 */
export function operatorSeconds(device: ClusterDevice, type: string, elementType: ElementType | undefined, cost: OperatorCost): number {
  if (device.unsupported?.includes(type) === true) return Infinity;
  const efficiency = device.efficiency ?? DEFAULT_EFFICIENCY;
  const compute = cost.flops / (peakRate(device, elementType) * efficiency);
  const memory = (cost.bytesRead + cost.bytesWritten) / (device.memoryBytesPerSecond * efficiency);
  return (device.operatorOverheadSeconds ?? 0) + Math.max(compute, memory);
}

/** Peak rate for an element type in FLOP/s: that of float32 if the class states none for it, and the lowest of all if it states none for float32 either. */
export function peakRate({ peakFlops }: ClusterDevice, elementType: ElementType | undefined): number {
  return (elementType && peakFlops[elementType]) ?? peakFlops.float32 ?? Math.min(...Object.values(peakFlops));
}

/** Operators that multiply integers, whatever the types of their scales. */
const INTEGER_PRODUCTS = /^(QLinear|QGemm|QAttention|MatMulInteger|ConvInteger|DynamicQuantize(MatMul|LSTM))/;

/**
 * The element type that an operator computes in: that of its first floating-point input, so that indices, conditions and quantised
 * weights that it restores (MatMulNBits, QMoE) do not decide; of its first input where none is floating-point; and int8 or uint8 where it
 * multiplies integers.
 */
export function computeType(graph: OperatorGraph, operator: Operator): ElementType | undefined {
  const types = operator.inputs.flatMap((t) => (t < 0 ? [] : (graph.tensors[t]!.elementType ?? [])));
  if (INTEGER_PRODUCTS.test(operator.type)) {
    const integer = types.find((type) => /^u?int(8|16|4)$/.test(type));
    if (integer) return integer;
  }
  return types.find((type) => type.startsWith('float') || type === 'bfloat16') ?? types[0];
}
