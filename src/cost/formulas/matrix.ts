import { product, times, type Formula } from '../operands';

/** Two FLOPs for each output element and element of the contracted dimension, the last one of A. */
const matMul = (a: number): Formula => (o) => {
  const left = o.dimsIn(a);
  const inner = left?.at(-1);
  return times(2, o.elementsOut(0), inner);
};

/** com.microsoft:FusedMatMul; `transA` swaps the last two dimensions of A, `transBatchA` moves its first one before the last. */
const fusedMatMul: Formula = (o) => {
  const left = o.dimsIn(0);
  if (!left || left.length === 0) return undefined;
  const inner = o.int('transA', 0) === 1 ? (left.at(-2) ?? left[0]) : left.at(-1);
  return times(2, o.elementsOut(0), inner);
};

const gemm = (bias: number): Formula => (o) => {
  const left = o.dimsIn(0);
  const out = o.elementsOut(0);
  if (left?.length !== 2 || out === undefined) return undefined;
  const inner = left[o.int('transA', 0) === 1 ? 0 : 1]!;
  return out * (2 * inner + (o.input(bias) ? 1 : 0));
};

/** Weights of `bits` bits in blocks, as `[N, blocks, bytes]`; `K` and `N` are attributes. One FLOP to dequantise each weight, N K of them. */
const matMulNBits: Formula = (o) => {
  const inner = o.int('K', 0), columns = o.int('N', 0);
  const out = o.elementsOut(0);
  return out === undefined || inner === 0 ? undefined : 2 * out * inner + inner * columns;
};

/** Every label is a loop: the product of all their sizes, times the number of operands (one multiplication less, one addition more). */
const einsum: Formula = (o) => {
  const terms = o.text('equation', '').replace(/\s/g, '').split('->')[0]!.split(',');
  const sizes = new Map<string, number>();
  for (const [position, term] of terms.entries()) {
    const dims = o.dimsIn(position);
    if (!dims) return undefined;
    const labels = term.includes('.') ? undefined : [...term];
    if (!labels || labels.length !== dims.length) {
      // An ellipsis: its dimensions are those that no label of the term stands for.
      const [before, after] = term.split('...') as [string, string | undefined];
      if (after === undefined) return undefined;
      const hidden = dims.slice(before.length, dims.length - after.length);
      sizes.set('...', Math.max(sizes.get('...') ?? 1, product(hidden)));
      [...before].forEach((label, i) => sizes.set(label, dims[i]!));
      [...after].forEach((label, i) => sizes.set(label, dims[dims.length - after.length + i]!));
    } else labels.forEach((label, i) => sizes.set(label, Math.max(sizes.get(label) ?? 1, dims[i]!)));
  }
  return product([...sizes.values()]) * terms.length;
};

export const matrices: readonly (readonly [string, Formula])[] = [
  ['MatMul', matMul(0)],
  ['MatMulInteger', matMul(0)],
  ['QLinearMatMul', matMul(0)],
  ['Gemm', gemm(2)],
  ['Einsum', einsum],
  ['com.microsoft:FusedMatMul', fusedMatMul],
  ['com.microsoft:FusedMatMulActivation', fusedMatMul],
  ['com.microsoft:TransposeMatMul', fusedMatMul],
  ['com.microsoft:FusedGemm', gemm(2)],
  ['com.microsoft:QGemm', gemm(-1)],
  ['com.microsoft:DynamicQuantizeMatMul', matMul(0)],
  ['com.microsoft:MatMulIntegerToFloat', matMul(0)],
  ['com.microsoft:MatMulNBits', matMulNBits],
  ['com.microsoft:MatMulBnb4', matMulNBits],
];
