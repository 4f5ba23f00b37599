import { product, type Formula } from '../operands';
import { SOFTMAX_FLOPS } from './attention';

/** So many FLOPs for each element written. */
const each = (flops: number): Formula => (o) => {
  const elements = o.elementsOut(0);
  return elements === undefined ? undefined : flops * elements;
};

/** So many FLOPs for each element read: reductions. */
const eachRead = (flops: number): Formula => (o) => {
  const elements = o.elementsIn(0);
  return elements === undefined ? undefined : flops * elements;
};

/** A pooling window for each output element. */
const pool: Formula = (o) => {
  const kernel = o.ints('kernel_shape');
  const elements = o.elementsOut(0);
  return kernel && elements !== undefined ? elements * product(kernel) : undefined;
};

/** Variadic: one FLOP for each element and operand after the first. */
const variadic: Formula = (o) => {
  const elements = o.elementsOut(0);
  return elements === undefined ? undefined : elements * Math.max(0, o.operator.inputs.length - 1);
};

const list = (types: string, formula: Formula): (readonly [string, Formula])[] => types.split(' ').map((type) => [type, formula] as const);

/**
 * FLOPs for each element. A transcendental function is counted as 4, the usual weight of a polynomial of few terms; what only moves,
 * selects or reinterprets data as 0: it is bound by its bytes.
 */
export const elementwise: readonly (readonly [string, Formula])[] = [
  ...list('Add Sub Mul Div PRelu Relu LeakyRelu ThresholdedRelu Neg Abs Sign Floor Ceil Round Reciprocal Clip Mod BitShift BitwiseAnd BitwiseOr BitwiseXor BitwiseNot And Or Xor Not Equal Greater GreaterOrEqual Less LessOrEqual IsNaN IsInf Shrink CumSum', each(1)),
  ...list('Sqrt HardSigmoid', each(2)),
  ...list('HardSwish', each(4)),
  ...list('Exp Log Sin Cos Tan Sinh Cosh Tanh Asin Acos Atan Asinh Acosh Atanh Erf Sigmoid Softsign Softplus Pow Elu Selu Celu', each(4)),
  ...list('Gelu Mish Swish com.microsoft:Gelu com.microsoft:QuickGelu', each(8)),
  ...list('com.microsoft:FastGelu com.microsoft:BiasGelu', each(9)),
  ...list('com.microsoft:BiasAdd com.microsoft:BiasSplitGelu', each(2)),
  ...list('Softmax LogSoftmax Hardmax com.microsoft:BiasSoftmax', each(SOFTMAX_FLOPS)),
  ...list('BatchNormalization', each(2)),
  ...list('InstanceNormalization GroupNormalization LayerNormalization MeanVarianceNormalization com.microsoft:GroupNorm com.microsoft:SkipGroupNorm', each(8)),
  ...list('RMSNormalization SimplifiedLayerNormalization LpNormalization com.microsoft:SimplifiedLayerNormalization', each(5)),
  ...list('com.microsoft:SkipSimplifiedLayerNormalization', each(6)),
  ...list('com.microsoft:SkipLayerNormalization', each(9)),
  ...list('com.microsoft:EmbedLayerNormalization', each(10)),
  ...list('LRN', (o) => {
    const elements = o.elementsOut(0);
    return elements === undefined ? undefined : elements * (2 * o.int('size', 1) + 6);
  }),
  ...list('Sum Mean Max Min', variadic),
  ...list('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ArgMax ArgMin GlobalAveragePool GlobalMaxPool', eachRead(1)),
  ...list('ReduceL2 ReduceSumSquare GlobalLpPool', eachRead(2)),
  ...list('ReduceLogSum ReduceLogSumExp', eachRead(5)),
  ...list('MaxPool AveragePool LpPool com.microsoft:QLinearAveragePool', pool),
  ...list('com.microsoft:QLinearGlobalAveragePool', eachRead(1)),
  ...list('QuantizeLinear DynamicQuantizeLinear', eachRead(3)),
  ...list('DequantizeLinear', eachRead(2)),
  ...list('com.microsoft:QLinearAdd com.microsoft:QLinearMul com.microsoft:QLinearSigmoid com.microsoft:QLinearLeakyRelu com.microsoft:QLinearSoftmax', each(6)),
  // Interpolation: 2 FLOPs for each neighbour, as many as the mode takes.
  ...list('Resize Upsample GridSample', (o) => {
    const elements = o.elementsOut(0);
    const neighbours = { nearest: 0, linear: 4, bilinear: 4, cubic: 16, bicubic: 16 }[o.text('mode', o.operator.type === 'GridSample' ? 'linear' : 'nearest')] ?? 4;
    return elements === undefined ? undefined : 2 * neighbours * elements;
  }),
  ...list('RoiAlign MaxRoiPool', each(8)),
  ...list('TopK', (o) => {
    const elements = o.elementsIn(0);
    return elements === undefined ? undefined : elements * Math.max(1, Math.ceil(Math.log2(Math.max(2, o.dimsOut(0)?.at(o.int('axis', -1)) ?? 2))));
  }),
  // A fast transform takes 5 n log2 n FLOPs for n points (Cooley and Tukey; the count that FFTW's benchmarks use).
  ...list('DFT', (o) => {
    const dims = o.dimsOut(0);
    if (!dims || dims.length < 2) return undefined;
    const points = dims.at(o.int('axis', -2)) ?? 2;
    return (product(dims) / 2) * 5 * Math.log2(Math.max(2, points));
  }),
  ...list('STFT', (o) => {
    const dims = o.dimsOut(0);
    return dims?.length === 4 ? dims[0]! * dims[1]! * 5 * 2 * dims[2]! * Math.log2(Math.max(2, 2 * dims[2]!)) : undefined;
  }),
  ...list('Where Identity Reshape Flatten Squeeze Unsqueeze Transpose Concat Split Slice Gather GatherElements GatherND Scatter ScatterElements ScatterND Expand Tile Pad Cast CastLike BitCast Shape Size Constant ConstantOfShape Range OneHot NonZero Compress DepthToSpace SpaceToDepth Trilu EyeLike ReverseSequence Dropout Unique CenterCropPad TensorScatter com.microsoft:Unique com.microsoft:QLinearConcat com.microsoft:GatherBlockQuantized SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength SplitToSequence ConcatFromSequence Optional OptionalGetElement OptionalHasElement', () => 0),
  ...list('Col2Im', eachRead(1)),
  ...list('RandomNormal RandomNormalLike RandomUniform RandomUniformLike Bernoulli Multinomial', each(8)),
];
