import type { Operator, OperatorGraph, Tensor } from '../graph/operatorGraph';
import { elementCount } from '../graph/tensorBytes';

/** What a cost formula sees of an operator: its operands by position and its attributes with their defaults. */
export interface Operands {
  readonly operator: Operator;
  /** version of the operator's domain; 0 if the model does not state it */
  readonly opset: number;
  readonly input: (position: number) => Tensor | undefined;
  readonly output: (position: number) => Tensor | undefined;
  /** elements of an input or output; undefined if it is omitted or a dimension is unknown */
  readonly elementsIn: (position: number) => number | undefined;
  readonly elementsOut: (position: number) => number | undefined;
  /** the dimensions of an input or output where all are known numbers */
  readonly dimsIn: (position: number) => readonly number[] | undefined;
  readonly dimsOut: (position: number) => readonly number[] | undefined;
  readonly int: (name: string, otherwise: number) => number;
  readonly ints: (name: string) => readonly number[] | undefined;
  readonly floats: (name: string) => readonly number[] | undefined;
  readonly text: (name: string, otherwise: string) => string;
}

/** FLOPs of one operator, a multiply-add counting as two; undefined where the shapes it needs are not known. */
export type Formula = (operands: Operands) => number | undefined;

/** The formulas of one family by operator type: `Type`, or `domain:Type` outside ai.onnx. */
export type Formulas = readonly (readonly [type: string, formula: Formula])[];

/** One formula for several types, given with spaces between them. */
export const forTypes = (types: string, formula: Formula): Formulas => types.split(' ').map((type) => [type, formula]);

/** So many FLOPs for each element written. */
export const eachWritten = (flops: number): Formula => (o) => times(flops, o.elementsOut(0));

/** So many FLOPs for each element read of the first input. */
export const eachRead = (flops: number): Formula => (o) => times(flops, o.elementsIn(0));

export function operandsOf(graph: OperatorGraph, operator: Operator): Operands {
  const input = (position: number): Tensor | undefined => graph.tensors[operator.inputs[position] ?? -1];
  const output = (position: number): Tensor | undefined => graph.tensors[operator.outputs[position] ?? -1];
  const numbers = (tensor: Tensor | undefined): readonly number[] | undefined =>
    tensor?.shape?.every((dim) => typeof dim === 'number') === true ? (tensor.shape as readonly number[]) : undefined;
  return {
    operator,
    opset: graph.opsets.get(operator.domain) ?? 0,
    input,
    output,
    elementsIn: (position) => elementCount(input(position)?.shape),
    elementsOut: (position) => elementCount(output(position)?.shape),
    dimsIn: (position) => numbers(input(position)),
    dimsOut: (position) => numbers(output(position)),
    int: (name, otherwise) => {
      const attribute = operator.attributes.get(name);
      return attribute?.kind === 'int' ? attribute.value : otherwise;
    },
    ints: (name) => {
      const attribute = operator.attributes.get(name);
      return attribute?.kind === 'ints' ? attribute.value : undefined;
    },
    floats: (name) => {
      const attribute = operator.attributes.get(name);
      return attribute?.kind === 'floats' ? attribute.value : undefined;
    },
    text: (name, otherwise) => {
      const attribute = operator.attributes.get(name);
      return attribute?.kind === 'string' ? attribute.value : otherwise;
    },
  };
}

export const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** The product of numbers of which some may be unknown. */
export function times(...factors: readonly (number | undefined)[]): number | undefined {
  let result = 1;
  for (const factor of factors) {
    if (factor === undefined) return undefined;
    result *= factor;
  }
  return result;
}
