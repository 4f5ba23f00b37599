import type { Operator, OperatorGraph, Tensor } from '../graph/operatorGraph';
import { elementCount } from '../graph/tensorBytes';
import { attentions } from './formulas/attention';
import { convolutions } from './formulas/convolution';
import { elementwise } from './formulas/elementwise';
import { matrices } from './formulas/matrix';
import { recurrents } from './formulas/recurrent';
import { bytesReadByType } from './bytesRead';
import { operandsOf, type Formula } from './operands';
import { weightTensors } from './weights';

/** What one operator does for one sample, whatever device it runs on. */
export interface OperatorCost {
  /** floating-point (or integer) operations; a multiply-add counts as two */
  readonly flops: number;
  /** bytes read, weights included; each tensor once */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** bytes of the weights that it reads, those in its control-flow bodies included; a weight with several readers counts for each */
  readonly weightBytes: number;
  /** bytes of all its outputs; 0 for those that are not known */
  readonly outputBytes: number;
  /** false if a number above is only a lower bound: a shape or type is unknown, or the operator has no formula */
  readonly known: boolean;
  /** why it is not known; '' if it is */
  readonly reason: string;
}

const formulas: ReadonlyMap<string, Formula> = new Map([...convolutions, ...matrices, ...attentions, ...recurrents, ...elementwise]);

/** `Type`, or `domain:Type` outside ai.onnx. */
export const qualifiedType = (operator: Operator): string => (operator.domain === '' ? operator.type : `${operator.domain}:${operator.type}`);

/** The cost of every operator of a graph, aligned with its operators. Foldable operators cost nothing. */
export function operatorCosts(graph: OperatorGraph): readonly OperatorCost[] {
  const weights = weightTensors(graph);
  return graph.operators.map((operator) => costOf(graph, operator, weights));
}

function costOf(graph: OperatorGraph, operator: Operator, weights: ReadonlySet<number>): OperatorCost {
  const read = [...new Set([...operator.inputs, ...operator.captures])].filter((t) => t >= 0).map((t) => graph.tensors[t]!);
  const written = operator.outputs.filter((t) => t >= 0).map((t) => graph.tensors[t]!);
  const outputBytes = sumKnown(written);
  const weightBytes = sumKnown(read.filter((tensor) => weights.has(tensor.index)));
  if (operator.foldable) return { flops: 0, bytesRead: 0, bytesWritten: 0, weightBytes, outputBytes, known: true, reason: '' };
  if (operator.bodies.length > 0) return { ...controlFlowCost(graph, operator), weightBytes: weightBytes + bodyWeightBytes(graph, operator), outputBytes };

  const operands = operandsOf(graph, operator);
  const type = qualifiedType(operator);
  const formula = formulas.get(type);
  const flops = formula?.(operands);
  const bytesRead = bytesReadByType.get(type)?.(operands);
  const unknownTensor = [...(bytesRead === undefined ? read : []), ...written].find((tensor) => tensor.bytes === undefined && tensor.elementType !== 'string');
  const reason = !formula
    ? `there is no formula for ${type}`
    : unknownTensor
      ? `the shape or type of "${unknownTensor.name}" is not known`
      : flops === undefined
        ? 'a shape or an attribute that its formula needs is not known'
        : '';
  return {
    flops: flops ?? elementCount(written[0]?.shape) ?? 0,
    bytesRead: bytesRead ?? sumKnown(read),
    bytesWritten: outputBytes,
    weightBytes,
    outputBytes,
    known: reason === '',
    reason,
  };
}

const sumKnown = (tensors: readonly Tensor[]): number => tensors.reduce((sum, tensor) => sum + (tensor.bytes ?? 0), 0);

type Work = Pick<OperatorCost, 'flops' | 'bytesRead' | 'bytesWritten' | 'known' | 'reason'>;

/** If: the costlier branch. Loop and Scan: the body as often as it runs, or once where that is not known. */
function controlFlowCost(graph: OperatorGraph, operator: Operator): Work {
  const bodies = operator.bodies.map((body): Work => {
    const costs = operatorCosts(body);
    const unknown = costs.find((cost) => !cost.known);
    return {
      flops: costs.reduce((sum, cost) => sum + cost.flops, 0),
      bytesRead: costs.reduce((sum, cost) => sum + cost.bytesRead, 0),
      bytesWritten: costs.reduce((sum, cost) => sum + cost.bytesWritten, 0),
      known: unknown === undefined,
      reason: unknown === undefined ? '' : `in its body, ${unknown.reason}`,
    };
  });
  const costliest = bodies.reduce((a, b) => (b.flops + b.bytesRead + b.bytesWritten > a.flops + a.bytesRead + a.bytesWritten ? b : a));
  if (operator.type === 'If') return { ...costliest, known: bodies.every((body) => body.known), reason: bodies.find((body) => !body.known)?.reason ?? '' };
  const trips = tripCount(graph, operator);
  const runs = trips ?? 1;
  return {
    flops: costliest.flops * runs,
    bytesRead: costliest.bytesRead * runs,
    bytesWritten: costliest.bytesWritten * runs,
    known: costliest.known && trips !== undefined,
    reason: trips === undefined ? 'how often its body runs is not known; it counts once' : costliest.reason,
  };
}

/** Loop: its first input where the value is known (a loop that may end early then counts in full). Scan: the length of what it scans. */
function tripCount(graph: OperatorGraph, operator: Operator): number | undefined {
  if (operator.type === 'Loop') {
    const limit = graph.tensors[operator.inputs[0] ?? -1]?.value?.[0];
    return typeof limit === 'number' && limit >= 0 && limit < 2 ** 40 ? limit : undefined;
  }
  if (operator.type !== 'Scan') return undefined;
  const count = operator.attributes.get('num_scan_inputs');
  if (count?.kind !== 'int') return undefined;
  const scanned = graph.tensors[operator.inputs[operator.inputs.length - count.value] ?? -1];
  const axes = operator.attributes.get('scan_input_axes');
  const axis = axes?.kind === 'ints' ? (axes.value[0] ?? 0) : 0;
  const steps = scanned?.shape?.at(axis);
  return typeof steps === 'number' ? steps : undefined;
}

/** Weights that belong to the bodies themselves; those captured from around are among the operator's own tensors. */
function bodyWeightBytes(graph: OperatorGraph, operator: Operator): number {
  const around = new Set(operator.captures.map((t) => graph.tensors[t]!.name));
  let bytes = 0;
  for (const body of operator.bodies) {
    for (const tensor of body.tensors) {
      const constant = tensor.producer >= 0 && body.operators[tensor.producer]!.type === 'Constant';
      if (constant || (tensor.kind === 'weight' && !around.has(tensor.name))) bytes += tensor.bytes ?? 0;
    }
    for (const inner of body.operators) bytes += bodyWeightBytes(body, inner);
  }
  return bytes;
}
