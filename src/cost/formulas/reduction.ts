import { eachRead, forTypes, product, times, type Formula, type Formulas } from '../operands';
import { TRANSCENDENTAL_FLOPS } from './weights';

/** One FLOP for each position of the window of each output element. */
const pool: Formula = (o) => {
  const kernel = o.ints('kernel_shape');
  return kernel && times(o.elementsOut(0), product(kernel));
};

export const reductions: Formulas = [
  ...forTypes('ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ArgMax ArgMin GlobalAveragePool GlobalMaxPool', eachRead(1)),
  ...forTypes('ReduceL1 ReduceL2 ReduceSumSquare GlobalLpPool', eachRead(2)),
  ['ReduceLogSum', eachRead(1)],
  ['ReduceLogSumExp', eachRead(1 + TRANSCENDENTAL_FLOPS)],
  ...forTypes('MaxPool AveragePool LpPool com.microsoft:NhwcMaxPool com.microsoft:MaxpoolWithMask com.microsoft:QLinearAveragePool', pool),
  ...forTypes('com.microsoft:QLinearGlobalAveragePool com.microsoft:QLinearReduceMean', eachRead(1)),
  // the overlapping blocks are added up
  ['Col2Im', eachRead(1)],
];
