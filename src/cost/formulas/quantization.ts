import { eachRead, eachWritten, forTypes, times, type Formulas } from '../operands';
import { SOFTMAX_FLOPS, TRANSCENDENTAL_FLOPS } from './weights';

/** A division, a rounding and a sum with the zero point. */
const QUANTIZE = 3;
/** A difference and a product. */
const DEQUANTIZE = 2;

/** Quantised elementwise operators: each operand is dequantised, the result is quantised. */
const aroundQuantised = (operands: number, flops: number): ReturnType<typeof eachWritten> => eachWritten(operands * DEQUANTIZE + flops + QUANTIZE);

export const quantizations: Formulas = [
  ...forTypes('QuantizeLinear com.microsoft:QuantizeLinear', eachRead(QUANTIZE)),
  // minimum and maximum first
  ['DynamicQuantizeLinear', eachRead(QUANTIZE + 2)],
  ...forTypes('DequantizeLinear com.microsoft:DequantizeLinear', eachRead(DEQUANTIZE)),
  ...forTypes('com.microsoft:QLinearAdd com.microsoft:QLinearMul', aroundQuantised(2, 1)),
  ['com.microsoft:QLinearLeakyRelu', aroundQuantised(1, 2)],
  ['com.microsoft:QLinearSigmoid', aroundQuantised(1, TRANSCENDENTAL_FLOPS + 2)],
  ['com.microsoft:QLinearSoftmax', aroundQuantised(1, SOFTMAX_FLOPS)],
  ...forTypes('com.microsoft:QLinearConcat com.microsoft:QLinearWhere', aroundQuantised(1, 0)),
  // only what is gathered is restored
  ['com.microsoft:GatherBlockQuantized', (o) => times(DEQUANTIZE, o.elementsOut(0))],
];
