import type { ElementType } from '../../model';
import { has, input, int, ints, shapeOf, typeAttribute, typeOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { axesOf, broadcast, scalar, tensor, withoutValue } from '../facts';
import { concatenated } from './reshape';

/** The zero point says the type; without one the attribute, else uint8. */
const quantizedType = (c: Context): ElementType | undefined => (has(c, 2) ? typeOf(c, 2) : typeAttribute(c, 'output_dtype', 'uint8'));

const quantize: Rule = (c) => [tensor(quantizedType(c), shapeOf(c, 0))];
/** The type of the scale. */
const dequantize: Rule = (c) => [tensor(typeAttribute(c, 'output_dtype', typeOf(c, 1)), shapeOf(c, 0))];

export const quantizations: Rules = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: (c) => [tensor('uint8', shapeOf(c, 0)), scalar('float32'), scalar('uint8')],
};

const like: Rule = (c) => [withoutValue(input(c, 0))];
/** A, its scale and zero point, then B */
const quantizedBinary: Rule = (c) => [tensor(typeOf(c, 0), broadcast(shapeOf(c, 0), shapeOf(c, 3)))];
/** Scale and zero point of the output, then three inputs for each part. */
const quantizedConcat: Rule = (c) => [concatenated(c.inputs.flatMap((_, i) => (i >= 2 && i % 3 === 2 ? [withoutValue(input(c, i))] : [])), int(c, 'axis', 1))];

const quantizedReduceMean: Rule = (c) => {
  const x = input(c, 0);
  if (x.shape === undefined) return [tensor(x.elementType, undefined)];
  const asked = ints(c, 'axes');
  const axes = asked === undefined || asked.length === 0 ? x.shape.map((_, axis) => axis) : axesOf(asked, x.shape.length);
  const keep = int(c, 'keepdims', 1) === 1;
  return [tensor(x.elementType, keep ? x.shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : x.shape.filter((_, axis) => !axes.includes(axis)))];
};

export const microsoftQuantizations: Rules = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  QLinearAdd: quantizedBinary,
  QLinearMul: quantizedBinary,
  MulInteger: (c) => [tensor('int32', broadcast(shapeOf(c, 0), shapeOf(c, 2)))],
  QLinearSigmoid: like,
  QLinearLeakyRelu: like,
  QLinearSoftmax: like,
  QLinearConcat: quantizedConcat,
  QLinearReduceMean: quantizedReduceMean,
  QLinearWhere: (c) => [tensor(typeOf(c, 1), broadcast(shapeOf(c, 0), shapeOf(c, 1), shapeOf(c, 4)))],
};
