import type { ElementType } from '../../model';
import { float, has, hasAttribute, input, int, numberOf, shapeOf, shapeOfAtLeast, typeAttribute, typeOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { Inconsistent, broadcast, tensor, withoutValue } from '../facts';
import type { Shape } from '../facts';
import type { TensorFact } from '../types';
import * as v from '../values';

/** Output like the first input in type and shape; its value by `f`, if there is one. */
export const like =
  (f?: v.UnaryValue): Rule =>
  (c) => {
    const x = input(c, 0);
    return [f === undefined || x.value === undefined ? withoutValue(x) : tensor(x.elementType, x.shape, x.value.map((e) => f(e, x.elementType)))];
  };

/** Output of a fixed type with the first input's shape. */
export const likeOfType =
  (elementType: ElementType, f?: v.UnaryValue): Rule =>
  (c) => {
    const x = input(c, 0);
    return [tensor(elementType, x.shape, f === undefined ? undefined : x.value?.map((e) => f(e, elementType)))];
  };

/** Before version 7 binary operators broadcast only the second operand to the first, and only if told so. */
function broadcastShape(c: Context, operands: readonly TensorFact[]): Shape | undefined {
  if (c.opset < 7 && c.node.domain === '' && operands.length === 2 && (hasAttribute(c, 'broadcast') || hasAttribute(c, 'axis'))) return operands[0]!.shape;
  return broadcast(...operands.map((operand) => operand.shape));
}

const binary =
  (f: v.BinaryValue | undefined, result: (c: Context) => ElementType | undefined): Rule =>
  (c) => {
    const operands = [input(c, 0), input(c, 1)];
    const shape = broadcastShape(c, operands);
    const type = result(c);
    const operandType = typeOf(c, 0) ?? typeOf(c, 1);
    const value = f === undefined ? undefined : v.combined(operands.map(v.small), shape, ([a, b]) => f(a!, b!, type === 'bool' ? operandType : type));
    return [tensor(type, shape, value)];
  };

/** The element type that both operands must share. */
const shared = (c: Context): ElementType | undefined => typeOf(c, 0) ?? typeOf(c, 1);
const bool = (): ElementType => 'bool';
const ofFirst = (c: Context): ElementType | undefined => typeOf(c, 0);

const variadic =
  (f?: v.BinaryValue): Rule =>
  (c) => {
    const operands = c.inputs.map((_, i) => input(c, i));
    if (operands.length === 0) throw new Inconsistent('no inputs');
    const type = operands.find((operand) => operand.elementType !== undefined)?.elementType;
    const shape = broadcast(...operands.map((operand) => operand.shape));
    const value = f === undefined ? undefined : v.combined(operands.map(v.small), shape, (values) => values.reduce((a, b) => f(a, b, type)));
    return [tensor(type, shape, value)];
  };

const where: Rule = (c) => {
  const [condition, a, b] = [input(c, 0), input(c, 1), input(c, 2)];
  const shape = broadcast(condition.shape, a.shape, b.shape);
  const value = v.combined([v.small(condition), v.small(a), v.small(b)], shape, ([which, x, y]) =>
    typeof which === 'number' ? (which === 0 ? y! : x!) : x === y ? x! : null,
  );
  return [tensor(a.elementType ?? b.elementType, shape, value)];
};

const cast =
  (target: (c: Context) => ElementType | undefined): Rule =>
  (c) => {
    const x = input(c, 0);
    const to = target(c);
    return [tensor(to, x.shape, x.value?.map((e) => v.convert(e, x.elementType, to)))];
  };

const clip: Rule = (c) => {
  const x = input(c, 0);
  const low = has(c, 1) ? numberOf(c, 1) : (float(c, 'min') ?? -Infinity);
  const high = has(c, 2) ? numberOf(c, 2) : (float(c, 'max') ?? Infinity);
  const value =
    low === undefined || high === undefined
      ? undefined
      : x.value?.map((e) => (typeof e === 'number' ? v.store(Math.min(Math.max(e, low), high), x.elementType) : null));
  return [tensor(x.elementType, x.shape, value)];
};

const dropout: Rule = (c) => {
  const x = input(c, 0);
  // The mask was of the data's type before version 10.
  const maskType = c.opset < 10 && c.node.domain === '' ? x.elementType : 'bool';
  const training = has(c, 2) && numberOf(c, 2) !== 0;
  return [training ? withoutValue(x) : x, tensor(maskType, x.shape)];
};

/** The slope should fit into the first input; runtimes broadcast both ways. */
const prelu: Rule = (c) => [tensor(typeOf(c, 0), broadcast(shapeOf(c, 0), shapeOf(c, 1) ?? []))];

/** Values and all pass unchanged. */
export const passThrough: Rule = (c) => [input(c, 0)];

const bernoulli: Rule = (c) => [tensor(typeAttribute(c, 'dtype', typeOf(c, 0)), shapeOf(c, 0))];

/** Elementwise with attributes or a bias that never change the shape. */
const plain = [
  'Exp', 'Log', 'Sin', 'Cos', 'Tan', 'Asin', 'Acos', 'Atan', 'Sinh', 'Cosh', 'Tanh', 'Asinh', 'Acosh', 'Atanh', 'Erf', 'Sigmoid', 'LeakyRelu', 'ThresholdedRelu',
  'Elu', 'Selu', 'Celu', 'HardSigmoid', 'HardSwish', 'Mish', 'Gelu', 'Swish', 'Softplus', 'Softsign', 'Shrink', 'BitwiseNot', 'Hardmax', 'Softmax', 'LogSoftmax', 'LRN',
  'LpNormalization', 'MeanVarianceNormalization', 'InstanceNormalization', 'GroupNormalization', 'CumSum', 'CumProd', 'Affine', 'ParametricSoftplus', 'Scale', 'ScaledTanh', 'ImageScaler',
];

export const elementwise: Rules = {
  ...Object.fromEntries(plain.map((type) => [type, like()])),
  Abs: like(v.absolute),
  Neg: like(v.negate),
  Floor: like(v.floor),
  Ceil: like(v.ceil),
  Round: like(v.round),
  Sqrt: like(v.squareRoot),
  Reciprocal: like(v.reciprocal),
  Sign: like(v.sign),
  Relu: like(v.relu),
  Not: like(v.not),
  IsNaN: likeOfType('bool'),
  IsInf: likeOfType('bool'),
  Identity: passThrough,
  Dropout: dropout,
  Clip: clip,
  PRelu: prelu,
  Bernoulli: bernoulli,
  Cast: cast((c) => typeAttribute(c, 'to', undefined)),
  CastLike: cast((c) => typeOf(c, 1)),
  BitCast: (c) => [tensor(typeAttribute(c, 'to', undefined), shapeOf(c, 0))],

  Add: binary(v.add, shared),
  Sub: binary(v.subtract, shared),
  Mul: binary(v.multiply, shared),
  Div: binary(v.divide, shared),
  Mod: (c) => binary(int(c, 'fmod', 0) === 0 ? v.modulo : v.remainder, shared)(c),
  Pow: binary(v.power, ofFirst),
  BitShift: binary(undefined, shared),
  BitwiseAnd: binary(undefined, shared),
  BitwiseOr: binary(undefined, shared),
  BitwiseXor: binary(undefined, shared),
  And: binary(v.and, bool),
  Or: binary(v.or, bool),
  Xor: binary(v.xor, bool),
  Equal: binary(v.equal, bool),
  Less: binary(v.less, bool),
  LessOrEqual: binary(v.lessOrEqual, bool),
  Greater: binary(v.greater, bool),
  GreaterOrEqual: binary(v.greaterOrEqual, bool),
  Sum: variadic(v.add),
  Min: variadic(v.least),
  Max: variadic(v.greatest),
  Mean: variadic(),
  Where: where,
};

/** Bias of the last dimension and an activation: the first input's shape. */
const microsoftPlain = ['Gelu', 'QuickGelu', 'FastGelu', 'BiasGelu', 'BiasAdd', 'BiasSoftmax', 'SoftmaxGrad', 'Trilu'];

export const microsoftElementwise: Rules = {
  ...Object.fromEntries(microsoftPlain.map((type) => [type, like()])),
  /** Half of the (doubled) last dimension gates the other half. */
  BiasSplitGelu: (c) => {
    const shape = shapeOfAtLeast(c, 0, 1);
    const last = shape?.at(-1);
    return [tensor(typeOf(c, 0), shape === undefined ? undefined : [...shape.slice(0, -1), typeof last === 'number' ? last / 2 : null])];
  },
  BitmaskDropout: (c) => [withoutValue(input(c, 0)), undefined, undefined],
  BiasDropout: (c) => [withoutValue(input(c, 0)), tensor('bool', shapeOf(c, 0))],
  IsAllFinite: () => [tensor('bool', [])],
};
