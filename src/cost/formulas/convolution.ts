import { product, times, type Formula, type Formulas } from '../operands';

/** Two FLOPs for each output element, input channel of its group and kernel position; one more for the bias. The weight is `[M, C / group, k...]`. */
const convolution =
  (weight: number, bias: number): Formula =>
  (o) => {
    const kernel = o.dimsIn(weight);
    const out = o.elementsOut(0);
    if (!kernel || kernel.length < 3 || out === undefined) return undefined;
    return out * (2 * product(kernel.slice(1)) + (o.input(bias) ? 1 : 0));
  };

/** Each input element meets the kernel once: the weight is `[C, M / group, k...]`. */
const transposed =
  (bias: number): Formula =>
  (o) => {
    const kernel = o.dimsIn(1);
    const into = o.elementsIn(0), out = o.elementsOut(0);
    if (!kernel || kernel.length < 3 || into === undefined || out === undefined) return undefined;
    return 2 * into * product(kernel.slice(1)) + (o.input(bias) ? out : 0);
  };

/** Inputs X, W, offset, B, mask: a convolution whose every sample is interpolated from four neighbours (8 FLOPs). */
const deformable: Formula = (o) => {
  const kernel = o.dimsIn(1);
  const out = o.dimsOut(0);
  if (!kernel || !out || kernel.length < 3) return undefined;
  const samples = times(out[0], product(out.slice(2)), kernel[1]! * o.int('group', 1), product(kernel.slice(2)))!;
  return product(out) * (2 * product(kernel.slice(1)) + (o.input(3) ? 1 : 0)) + 8 * samples;
};

export const convolutions: Formulas = [
  ['Conv', convolution(1, 2)],
  ['ConvInteger', convolution(1, -1)],
  ['QLinearConv', convolution(3, 8)],
  ['ConvTranspose', transposed(2)],
  ['DeformConv', deformable],
  ['com.microsoft:FusedConv', convolution(1, 2)],
  ['com.microsoft:NhwcFusedConv', convolution(1, 2)],
  ['com.microsoft:NhwcConv', convolution(1, 2)],
  ['com.microsoft:QLinearConv', convolution(3, 8)],
  ['CausalConvWithState', convolution(1, 2)],
  ['com.microsoft:CausalConvWithState', convolution(1, 2)],
  ['com.microsoft:ConvTransposeWithDynamicPads', transposed(3)],
];
