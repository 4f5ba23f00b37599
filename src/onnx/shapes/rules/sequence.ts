import type { Dim } from '../../model';
import { has, input, int, numbersOf, shapeOf, typeAttribute } from '../context';
import type { Rule, Rules } from '../context';
import { Inconsistent, MAX_RANK, axisOf, eitherFact, scalar, tensor, withDim, withoutValue } from '../facts';
import type { TensorFact } from '../types';

const sequenceOf = (element: TensorFact): TensorFact => ({ kind: 'sequence', elementType: element.elementType, shape: element.shape });
const elementOf = (sequence: TensorFact): TensorFact =>
  sequence.kind === 'tensor' ? tensor(sequence.elementType, undefined) : tensor(sequence.elementType, sequence.shape);

const construct: Rule = (c) => {
  const elements = c.inputs.map((_, i) => withoutValue(input(c, i)));
  if (elements.length === 0) throw new Inconsistent('no inputs');
  return [sequenceOf(elements.reduce(eitherFact))];
};

const insert: Rule = (c) => {
  const [sequence, added] = [input(c, 0), withoutValue(input(c, 1))];
  return [sequenceOf(eitherFact(elementOf(sequence), added))];
};

const splitToSequence: Rule = (c) => {
  const x = input(c, 0);
  if (x.shape === undefined) return [sequenceOf(tensor(x.elementType, undefined))];
  const axis = axisOf(int(c, 'axis', 0), x.shape.length);
  const size = x.shape[axis]!;
  if (!has(c, 1)) {
    const kept = int(c, 'keepdims', 1) !== 0;
    return [sequenceOf(tensor(x.elementType, kept ? withDim(x.shape, axis, 1) : x.shape.filter((_, i) => i !== axis)))];
  }
  const sizes = numbersOf(c, 1);
  const chunk = sizes?.[0];
  let part: Dim = null;
  if (shapeOf(c, 1)?.length === 0) part = chunk !== undefined && typeof size === 'number' && (size % chunk === 0 || size < chunk) ? Math.min(chunk, size) : null;
  else if (chunk !== undefined && sizes?.every((n) => n === chunk) === true) part = chunk;
  return [sequenceOf(tensor(x.elementType, withDim(x.shape, axis, part)))];
};

const concatFromSequence: Rule = (c) => {
  const element = elementOf(input(c, 0));
  if (element.shape === undefined) return [element];
  if (int(c, 'new_axis', 0) === 0) return [tensor(element.elementType, withDim(element.shape, axisOf(int(c, 'axis', 0), element.shape.length), null))];
  const axis = axisOf(int(c, 'axis', 0), Math.min(element.shape.length + 1, MAX_RANK));
  return [tensor(element.elementType, [...element.shape.slice(0, axis), null, ...element.shape.slice(axis)])];
};

const optional: Rule = (c) => {
  const element = input(c, 0);
  return [{ kind: 'optional', elementType: element.elementType, shape: element.shape }];
};

export const sequences: Rules = {
  SequenceEmpty: (c) => [{ kind: 'sequence', elementType: typeAttribute(c, 'dtype', 'float32'), shape: undefined }],
  SequenceConstruct: construct,
  SequenceInsert: insert,
  SequenceErase: (c) => [input(c, 0)],
  SequenceAt: (c) => [elementOf(input(c, 0))],
  SequenceLength: () => [scalar('int64')],
  SplitToSequence: splitToSequence,
  ConcatFromSequence: concatFromSequence,
  Optional: optional,
  OptionalGetElement: (c) => [input(c, 0).kind === 'optional' ? elementOf(input(c, 0)) : input(c, 0)],
  OptionalHasElement: () => [scalar('bool')],
};

