import { eachRead, eachWritten, forTypes, times, type Formula, type Formulas } from '../operands';
import { SOFTMAX_FLOPS, TRANSCENDENTAL_FLOPS } from './weights';

/** One FLOP for each element and operand after the first. */
const variadic: Formula = (o) => times(o.elementsOut(0), Math.max(0, o.operator.inputs.length - 1));

/** log2 k comparisons for each element, as with a heap of the k best. */
const topK: Formula = (o) => {
  const kept = o.dimsOut(0)?.at(o.int('axis', -1));
  return kept === undefined ? undefined : times(o.elementsIn(0), Math.max(1, Math.ceil(Math.log2(Math.max(1, kept)))));
};

/** FLOPs for each element, the sum of the elementary functions that the operator's definition is made of. */
export const elementwise: Formulas = [
  ...forTypes('Add Sub Mul Div Relu Neg Abs Sign Floor Ceil Round Reciprocal Mod BitShift BitwiseAnd BitwiseOr BitwiseXor BitwiseNot And Or Xor Not com.microsoft:MulInteger com.microsoft:GatedRelativePositionBias', eachWritten(1)),
  ...forTypes('Equal Greater GreaterOrEqual Less LessOrEqual IsNaN IsInf CumSum CumProd com.microsoft:IsAllFinite', eachRead(1)),
  ...forTypes('PRelu LeakyRelu ThresholdedRelu Clip Shrink Affine Scale ImageScaler com.microsoft:BiasAdd com.microsoft:BiasDropout', eachWritten(2)),
  ['Sqrt', eachWritten(2)],
  ...forTypes('HardSigmoid HardSwish', eachWritten(4)),
  ...forTypes('Exp Log Sin Cos Tan Sinh Cosh Tanh Asin Acos Atan Asinh Acosh Atanh Erf Pow', eachWritten(TRANSCENDENTAL_FLOPS)),
  // an exponential or the like, and what is around it
  ...forTypes('Sigmoid Softsign Softplus ParametricSoftplus Elu Selu Celu ScaledTanh', eachWritten(TRANSCENDENTAL_FLOPS + 2)),
  ...forTypes('Gelu Mish Swish com.microsoft:Gelu com.microsoft:QuickGelu', eachWritten(TRANSCENDENTAL_FLOPS + 4)),
  ...forTypes('com.microsoft:FastGelu com.microsoft:BiasGelu', eachWritten(TRANSCENDENTAL_FLOPS + 5)),
  ['com.microsoft:BiasSplitGelu', eachWritten(TRANSCENDENTAL_FLOPS + 6)],
  ...forTypes('Softmax LogSoftmax com.microsoft:BiasSoftmax com.microsoft:SoftmaxGrad SoftmaxCrossEntropyLoss', eachRead(SOFTMAX_FLOPS)),
  ...forTypes('Hardmax NegativeLogLikelihoodLoss', eachRead(1)),
  ...forTypes('com.microsoft:ComplexMul com.microsoft:ComplexMulConj', eachWritten(3)),
  ...forTypes('Sum Mean Max Min', variadic),
  ['TopK', topK],
];
