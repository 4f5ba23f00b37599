import { product, times, type Formula, type Formulas } from '../operands';
import { einsum } from './einsum';

/** Two FLOPs for each output element and element of the contracted dimension, the last one of A. */
const matMul: Formula = (o) => times(2, o.elementsOut(0), o.dimsIn(0)?.at(-1));

/** com.microsoft:FusedMatMul; `transA` swaps the last two dimensions of A, `transBatchA` has its first one before the last two. */
const fusedMatMul: Formula = (o) => {
  const left = o.dimsIn(0);
  if (!left || left.length === 0) return undefined;
  const transposed = o.int('transA', 0) !== 0 && left.length > 1;
  const inner = transposed ? left.at(o.int('transBatchA', 0) !== 0 ? 0 : -2) : left.at(-1);
  return times(2, o.elementsOut(0), inner);
};

/** A product and, if there is a bias, one addition; `further` FLOPs for each output element of what is fused to it. */
const gemm =
  (bias: number, further = 0): Formula =>
  (o) => {
    const left = o.dimsIn(0);
    const out = o.elementsOut(0);
    if (!left || left.length < 2 || out === undefined) return undefined;
    const inner = left.at(o.int('transA', 0) === 1 ? -2 : -1)!;
    return out * (2 * inner + (o.input(bias) ? 1 : 0) + further);
  };

/** Weights of few bits in blocks; `K` and `N` are attributes. One FLOP to restore each of the N K weights. */
const matMulNBits: Formula = (o) => {
  const inner = o.int('K', 0), columns = o.int('N', 0);
  const out = o.elementsOut(0);
  return out === undefined || inner === 0 ? undefined : 2 * out * inner + inner * columns;
};

/** com.microsoft:MatMulNBitsMlp and MatMulNBitsQkv: several such products of one input, and an activation or normalisation of few FLOPs beside them. */
const fusedNBits =
  (outputs: readonly number[], products: number): Formula =>
  (o) => {
    const inner = o.int('K', 0) || o.dimsIn(0)?.at(-1);
    const elements = outputs.map((position) => o.elementsOut(position));
    return inner === undefined || elements.includes(undefined) ? undefined : 2 * inner * products * elements.reduce<number>((sum, count) => sum + count!, 0);
  };

/** FLOPs for each square matrix [.., n, n] of the input. */
const ofSquare =
  (flops: (n: number) => number): Formula =>
  (o) => {
    const dims = o.dimsIn(0);
    return dims && dims.length >= 2 ? product(dims.slice(0, -2)) * flops(dims.at(-1)!) : undefined;
  };

/** Elements and three FLOPs for each pair of rows of A [M, D] and B [N, D]: difference, square, sum. */
const distances: Formula = (o) => times(3, o.elementsOut(0), o.dimsIn(0)?.at(-1));

export const matrices: Formulas = [
  ['MatMul', matMul],
  ['MatMulInteger', matMul],
  ['QLinearMatMul', matMul],
  ['Gemm', gemm(2)],
  ['Einsum', einsum],
  // by LU decomposition
  ['Det', ofSquare((n) => (2 * n ** 3) / 3)],
  ['com.microsoft:Inverse', ofSquare((n) => 2 * n ** 3)],
  ['com.microsoft:FusedMatMul', fusedMatMul],
  ['com.microsoft:FusedMatMulActivation', fusedMatMul],
  ['com.microsoft:TransposeMatMul', fusedMatMul],
  ['com.microsoft:SparseToDenseMatMul', fusedMatMul],
  ['com.microsoft:FusedGemm', gemm(2)],
  ['com.microsoft:GemmFloat8', gemm(2)],
  ['com.microsoft:GemmFastGelu', gemm(2, 8)],
  ['com.microsoft:QGemm', gemm(6)],
  ['com.microsoft:DynamicQuantizeMatMul', matMul],
  ['com.microsoft:MatMulInteger16', matMul],
  ['com.microsoft:MatMulIntegerToFloat', matMul],
  ['com.microsoft:MatMulFpQ4', matMul],
  ['com.microsoft:MatMulNBits', matMulNBits],
  ['com.microsoft:MatMulBnb4', matMulNBits],
  ['com.microsoft:MatMulNBitsMlp', fusedNBits([0], 2)],
  ['com.microsoft:MatMulNBitsQkv', fusedNBits([0, 1, 2], 1)],
  ['com.microsoft:CDist', distances],
];
