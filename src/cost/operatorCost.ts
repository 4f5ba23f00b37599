import { t } from '@vscode/l10n';
import type { Operator, OperatorGraph, Tensor } from '../graph/operatorGraph';
import { elementCount } from '../graph/tensorBytes';
import { controlFlowWork, workOf, type Work } from './controlFlow';
import { formulas } from './formulas/registry';
import { operandsOf } from './operands';
import { trafficOf } from './traffic';
import { bodyWeightBytes, storedWeights } from './weights';

/** What one operator does for one sample, whatever device it runs on. */
export interface OperatorCost {
  /** floating-point (or integer) operations; a multiply-add counts as two */
  readonly flops: number;
  /** bytes read, weights included; each tensor once */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /**
   * Bytes of the weights that it reads as they lie on a device (see `storedWeights`), those in its control-flow bodies included; a weight with
   * several readers counts for each. 0 for foldable operators: what they hold or make counts for its readers.
   */
  readonly weightBytes: number;
  /** bytes of all its outputs; 0 for those that are not known */
  readonly outputBytes: number;
  /** false if a number above is only what is known of it: a shape or type is unknown, or the operator has no formula */
  readonly known: boolean;
  /** why it is not known; '' if it is */
  readonly reason: string;
}

/** `Type`, or `domain:Type` outside ai.onnx. */
export const qualifiedType = (operator: Pick<Operator, 'domain' | 'type'>): string => (operator.domain === '' ? operator.type : `${operator.domain}:${operator.type}`);

/** The cost of every operator of a graph, aligned with its operators. Foldable operators cost nothing. */
export function operatorCosts(graph: OperatorGraph): readonly OperatorCost[] {
  const stored = storedWeights(graph);
  return graph.operators.map((operator) => costOf(graph, operator, stored));
}

type Stored = ReturnType<typeof storedWeights>;

function costOf(graph: OperatorGraph, operator: Operator, stored: Stored): OperatorCost {
  const written = operator.outputs.flatMap((t) => (t < 0 ? [] : graph.tensors[t]!));
  const outputBytes = sumKnown(written);
  if (operator.foldable) return { flops: 0, bytesRead: 0, bytesWritten: 0, weightBytes: 0, outputBytes, known: true, reason: '' };

  const read = [...new Set([...operator.inputs, ...operator.captures])].filter((t) => t >= 0);
  const weights = new Set(read.flatMap((t) => stored.get(t) ?? []));
  const weightBytes = sumKnown([...weights].map((t) => graph.tensors[t]!)) + bodyWeightBytes(graph, operator);
  if (operator.bodies.length > 0) {
    const bodies = operator.bodies.map((body) => workOf(operatorCosts(body)));
    return { ...controlFlowWork(graph, operator, bodies), weightBytes, outputBytes };
  }
  // What engines keep as it is stored, they also read as it is stored.
  const readTensors = [...new Set(read.flatMap((t) => stored.get(t) ?? [t]))].map((t) => graph.tensors[t]!);
  return { ...plainWork(graph, operator, readTensors, written), weightBytes, outputBytes };
}

function plainWork(graph: OperatorGraph, operator: Operator, read: readonly Tensor[], written: readonly Tensor[]): Work {
  const operands = operandsOf(graph, operator);
  const type = qualifiedType(operator);
  const formula = formulas.get(type);
  const flops = formula?.(operands);
  const traffic = trafficOf(type);
  const bytesRead = traffic.read ? traffic.read(operands) : sumKnown(read);
  const bytesWritten = traffic.written ? traffic.written(operands) : sumKnown(written);
  const unknown = [...(traffic.read ? [] : read), ...written].find((tensor) => tensor.bytes === undefined && tensor.elementType !== 'string');
  const reason = !formula
    ? t('there is no formula for {0}', type)
    : unknown
      ? t('the shape or type of "{0}" is not known', unknown.name)
      : flops === undefined || bytesRead === undefined || bytesWritten === undefined
        ? t('a shape or an attribute that its formula needs is not known')
        : '';
  return {
    // Without a formula, one FLOP for each element written is a guess that errs on the side of too little.
    flops: flops ?? elementCount(written[0]?.shape) ?? 0,
    bytesRead: bytesRead ?? 0,
    bytesWritten: bytesWritten ?? 0,
    known: reason === '',
    reason,
  };
}

const sumKnown = (tensors: readonly Tensor[]): number => tensors.reduce((sum, tensor) => sum + (tensor.bytes ?? 0), 0);
