import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dim } from '../../../../src/onnx/model';
import { Inconsistent, broadcast } from '../../../../src/onnx/shapes/facts';
import { reshapedShape } from '../../../../src/onnx/shapes/rules/reshape';
import { multiplied } from '../../../../src/onnx/shapes/rules/matmul';
import * as v from '../../../../src/onnx/shapes/values';

/** numpy's rule, written down as it is documented: align at the end, sizes are equal or one of them is 1. */
function numpyBroadcast(a: readonly number[], b: readonly number[]): number[] | null {
  const result: number[] = [];
  for (let fromEnd = 1; fromEnd <= Math.max(a.length, b.length); fromEnd++) {
    const [x, y] = [a[a.length - fromEnd] ?? 1, b[b.length - fromEnd] ?? 1];
    if (x !== y && x !== 1 && y !== 1) return null;
    result.unshift(x === 1 ? y : x);
  }
  return result;
}

const attempt = <T>(f: () => T): T | null => {
  try {
    return f();
  } catch (error) {
    if (error instanceof Inconsistent) return null;
    throw error;
  }
};

const sizes = fc.array(fc.constantFrom(0, 1, 1, 2, 3, 5), { maxLength: 5 });

/** Hides some dimensions behind a symbol that stands for their size, others altogether. */
const hidden = (shape: readonly number[]): fc.Arbitrary<Dim[]> =>
  fc.array(fc.constantFrom('keep', 'name', 'forget'), { minLength: shape.length, maxLength: shape.length }).map((how) => shape.map((dim, i) => (how[i] === 'keep' ? dim : how[i] === 'name' ? `s${dim}` : null)));

/** What is said of a shape holds of it: numbers are right, and symbols stand for their sizes. */
function holds(known: readonly Dim[], actual: readonly number[]): boolean {
  return known.length === actual.length && known.every((dim, i) => dim === null || (typeof dim === 'number' ? dim : Number(dim.slice(1))) === actual[i]);
}

describe('broadcasting', () => {
  it('is numpy’s', () => {
    fc.assert(fc.property(sizes, sizes, (a, b) => {
        expect(attempt(() => broadcast(a, b))).toEqual(numpyBroadcast(a, b));
      }), { numRuns: 2000 });
  });

  it('says nothing wrong where sizes are hidden', () => {
    const pair = fc.tuple(sizes, sizes).filter(([a, b]) => numpyBroadcast(a, b) !== null);
    fc.assert(
      fc.property(pair.chain(([a, b]) => fc.tuple(fc.constant([a, b] as const), hidden(a), hidden(b))), ([[a, b], x, y]) => {
        expect(holds(broadcast(x, y)!, numpyBroadcast(a, b)!)).toBe(true);
      }),
      { numRuns: 5000 },
    );
  });
});

/** A shape and a target that fits it: some sizes copied by 0, one left out by -1. */
const reshaping = fc
  .array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 })
  .chain((shape) => {
    const factors = shape.flatMap((dim) => (dim === 6 ? [2, 3] : dim === 4 ? [2, 2] : [dim]));
    return fc.tuple(fc.constant(shape), fc.shuffledSubarray(factors, { minLength: factors.length, maxLength: factors.length }), fc.array(fc.boolean(), { minLength: factors.length, maxLength: factors.length }), fc.nat());
  })
  .map(([shape, factors, joins, open]) => {
    const result: number[] = [];
    for (const [i, factor] of factors.entries()) {
      if (joins[i] === true && result.length > 0) result[result.length - 1]! *= factor;
      else result.push(factor);
    }
    const target: number[] = result.map((dim, axis) => (dim === shape[axis] && (open + axis) % 2 === 0 ? 0 : dim));
    target[open % target.length] = -1;
    return { shape, target, result };
  });

describe('reshaping', () => {
  it('finds what a target leaves open', () => {
    fc.assert(fc.property(reshaping, ({ shape, target, result }) => {
        expect(reshapedShape(shape, target, false)).toEqual(result);
      }), { numRuns: 2000 });
  });

  it('says nothing wrong where sizes, or parts of the target, are hidden', () => {
    fc.assert(
      fc.property(
        reshaping.chain((r) => fc.tuple(fc.constant(r), hidden(r.shape), fc.array(fc.boolean(), { minLength: r.target.length, maxLength: r.target.length }))),
        ([{ target, result }, shape, forget]) => {
          expect(holds(reshapedShape(shape, target.map((dim, i) => (forget[i] === true ? null : dim)), false), result)).toBe(true);
        },
      ),
      { numRuns: 5000 },
    );
  });
});

describe('matrix products', () => {
  it('broadcast their leading dimensions and drop those of vectors', () => {
    const dims = fc.array(fc.constantFrom(1, 2, 3), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(dims, dims, fc.integer({ min: 1, max: 4 }), (a, b, inner) => {
        const left = [...a.slice(0, -1), inner];
        const right = b.length === 1 ? [inner] : [...b.slice(0, -2), inner, b.at(-1)!];
        const batch = numpyBroadcast(left.slice(0, -2), right.slice(0, -2));
        const expected = batch === null ? null : [...batch, ...(left.length > 1 ? [left.at(-2)!] : []), ...(right.length > 1 ? [right.at(-1)!] : [])];
        expect(attempt(() => multiplied(left, right))).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('values', () => {
  const element = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom<Dim>('a', 'b', null));
  const operations: readonly (readonly [v.BinaryValue, (a: number, b: number) => number])[] = [
    [v.add, (a, b) => a + b],
    [v.subtract, (a, b) => a - b],
    [v.multiply, (a, b) => a * b],
    [v.divide, (a, b) => Math.trunc(a / b)],
    [v.modulo, (a, b) => a - b * Math.floor(a / b)],
    [v.least, Math.min],
    [v.greatest, Math.max],
    [v.equal, (a, b) => Number(a === b)],
    [v.less, (a, b) => Number(a < b)],
    [v.lessOrEqual, (a, b) => Number(a <= b)],
    [v.greater, (a, b) => Number(a > b)],
    [v.greaterOrEqual, (a, b) => Number(a >= b)],
  ];

  it('computed with symbols hold whatever sizes these stand for', () => {
    fc.assert(
      fc.property(fc.constantFrom(...operations), element, element, fc.nat(9), fc.nat(9), fc.integer({ min: -9, max: 9 }), ([known, actual], a, b, first, second, other) => {
        const size = (x: Dim): number => (x === 'a' ? first : x === 'b' ? second : x === null ? other : (x as number));
        const result = known(a, b, 'int64');
        const value = actual(size(a), size(b));
        // A division by zero has no result that one could contradict.
        if (result !== null && Number.isFinite(value)) expect(size(result)).toBe(value === 0 ? 0 : value);
      }),
      { numRuns: 5000 },
    );
  });
});
