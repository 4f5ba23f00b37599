import type { Dim, ElementType } from '../../model';
import { hasAttribute, int, requiredInt, shapeOf, shapeOfAtLeast, shapeOfRank, text, typeOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { Inconsistent, agree, broadcast, tensor } from '../facts';
import type { Shape } from '../facts';

/** numpy.matmul: vectors are promoted and demoted, leading dimensions broadcast. */
export function multiplied(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.length === 0 || b.length === 0) throw new Inconsistent('a scalar operand');
  const left = a.length === 1 ? [1, a[0]!] : a;
  const right = b.length === 1 ? [b[0]!, 1] : b;
  agree(left.at(-1)!, right.at(-2)!, 'inner dimensions');
  const batch = broadcast(left.slice(0, -2), right.slice(0, -2))!;
  return [...batch, ...(a.length === 1 ? [] : [left.at(-2)!]), ...(b.length === 1 ? [] : [right.at(-1)!])];
}

const matMul =
  (second: number, result: (c: Context) => ElementType | undefined): Rule =>
  (c) => [tensor(result(c), multiplied(shapeOf(c, 0), shapeOf(c, second)))];

/** transA/transB swap the last two dimensions; transBatchA/B move the first dimension of the rest behind them: [B.., M, K] from [M, B.., K]. */
const fusedMatMul: Rule = (c) => {
  const turned = (shape: Shape | undefined, trans: boolean, transBatch: boolean): Shape | undefined => {
    if (shape === undefined || shape.length < 2) return shape;
    const moved = transBatch ? [...shape.slice(1, -1), shape[0]!, shape.at(-1)!] : shape;
    return trans ? [...moved.slice(0, -2), moved.at(-1)!, moved.at(-2)!] : moved;
  };
  const flag = (name: string): boolean => int(c, name, 0) !== 0;
  const a = turned(shapeOf(c, 0), flag('transA'), flag('transBatchA'));
  const b = turned(shapeOf(c, 1), flag('transB'), flag('transBatchB'));
  return [tensor(typeOf(c, 0), multiplied(a, b))];
};

const gemm: Rule = (c) => {
  const a = shapeOfRank(c, 0, 2);
  const b = shapeOfRank(c, 1, 2);
  const [transA, transB] = [int(c, 'transA', 0) !== 0, int(c, 'transB', 0) !== 0];
  agree(transA ? a[0]! : a[1]!, transB ? b[1]! : b[0]!, 'inner dimensions');
  return [tensor(typeOf(c, 0) ?? typeOf(c, 1), [transA ? a[1]! : a[0]!, transB ? b[0]! : b[1]!])];
};

/** Weights packed by block of N rows and K columns, both said by attributes. */
const packedMatMul: Rule = (c) => {
  const shape = shapeOfAtLeast(c, 0, 1);
  return [tensor(typeOf(c, 0), shape === undefined ? undefined : [...shape.slice(0, -1), requiredInt(c, 'N')])];
};

/** The terms of an equation: '...ij' -> ['...', 'i', 'j']. */
function labels(term: string): string[] {
  const compact = term.replaceAll(' ', '');
  if (!/^[A-Za-z]*(\.\.\.)?[A-Za-z]*$/.test(compact) || compact.length > 64) throw new Inconsistent(`the term "${term}" of the equation`);
  return compact.match(/\.\.\.|[A-Za-z]/g) ?? [];
}

const einsum: Rule = (c) => {
  const [left = '', right] = text(c, 'equation', '').split('->');
  const terms = left.split(',').map(labels);
  if (terms.length !== c.inputs.length) throw new Inconsistent(`an equation of ${terms.length} terms for ${c.inputs.length} inputs`);
  const sizes = new Map<string, Dim>();
  let ellipsis: Shape | undefined = [];
  for (const [i, term] of terms.entries()) {
    const shape = shapeOf(c, i);
    const dots = term.indexOf('...');
    if (shape === undefined) {
      for (const label of term) if (label !== '...' && !sizes.has(label)) sizes.set(label, null);
      if (dots >= 0) ellipsis = undefined;
      continue;
    }
    const extra = dots >= 0 ? shape.length - (term.length - 1) : 0;
    if (extra < 0 || (dots < 0 && term.length !== shape.length)) throw new Inconsistent(`term ${i} of the equation does not fit rank ${shape.length}`);
    let axis = 0;
    for (const label of term) {
      if (label === '...') {
        ellipsis = broadcast(ellipsis, shape.slice(axis, axis + extra));
        axis += extra;
      } else {
        const dim = shape[axis++]!;
        const before = sizes.get(label);
        // A size of 1 broadcasts.
        sizes.set(label, before === undefined ? dim : broadcast([before], [dim])![0]!);
      }
    }
  }
  const all = terms.flat();
  const result =
    right === undefined
      ? [...(all.includes('...') ? ['...'] : []), ...[...new Set(all)].filter((l) => l !== '...' && all.indexOf(l) === all.lastIndexOf(l)).sort()]
      : labels(right);
  const type = typeOf(c, 0);
  if (result.includes('...') && ellipsis === undefined) return [tensor(type, undefined)];
  return [tensor(type, result.flatMap((label) => (label === '...' ? ellipsis! : [sizes.get(label) ?? null])))];
};

/** Determinants of [..., M, M]. */
const det: Rule = (c) => [tensor(typeOf(c, 0), shapeOfAtLeast(c, 0, 2)?.slice(0, -2))];

export const matrixProducts: Rules = {
  MatMul: matMul(1, (c) => typeOf(c, 0) ?? typeOf(c, 1)),
  MatMulInteger: matMul(1, () => 'int32'),
  QLinearMatMul: matMul(3, (c) => typeOf(c, 7)),
  Gemm: gemm,
  Einsum: einsum,
  Det: det,
};

export const microsoftMatrixProducts: Rules = {
  FusedMatMul: fusedMatMul,
  TransposeMatMul: fusedMatMul,
  FusedMatMulActivation: fusedMatMul,
  FusedGemm: gemm,
  GemmFastGelu: matMul(1, (c) => typeOf(c, 0)),
  GemmFloat8: (c) => {
    const [shape] = gemm(c);
    return [tensor(hasAttribute(c, 'dtype') ? undefined : typeOf(c, 0), shape?.shape)];
  },
  MatMulNBits: packedMatMul,
  MatMulBnb4: packedMatMul,
  /** Gate and up projection in one, and the sum with what is skipped. */
  MatMulNBitsMlp: (c) => [...packedMatMul(c), tensor(typeOf(c, 0), shapeOf(c, 0))],
  MatMulNBitsQkv: (c) => {
    const projected = (width: number) => tensor(typeOf(c, 0), shapeOf(c, 0) === undefined ? undefined : [...shapeOf(c, 0)!.slice(0, -1), width]);
    const [q, kv] = [requiredInt(c, 'Nq'), requiredInt(c, 'Nkv')];
    return [projected(q), projected(kv), projected(kv), tensor(typeOf(c, 0), shapeOf(c, 0))];
  },
  MatMulFpQ4: (c) => {
    const shape = shapeOfAtLeast(c, 0, 1);
    return [tensor(typeOf(c, 0), shape === undefined ? undefined : [...shape.slice(0, -1), null])];
  },
  DynamicQuantizeMatMul: matMul(1, () => 'float32'),
  MatMulIntegerToFloat: matMul(1, (c) => typeOf(c, 2)),
  MatMulInteger16: matMul(1, () => 'int32'),
  SparseToDenseMatMul: () => [undefined],
  Inverse: (c) => [tensor(typeOf(c, 0), shapeOf(c, 0))],
  QGemm: (c) => {
    const a = shapeOfRank(c, 0, 2);
    const b = shapeOfRank(c, 3, 2);
    const shape = [int(c, 'transA', 0) !== 0 ? a[1]! : a[0]!, int(c, 'transB', 0) !== 0 ? b[0]! : b[1]!];
    return [tensor(typeOf(c, 8) ?? 'float32', shape)];
  },
};
