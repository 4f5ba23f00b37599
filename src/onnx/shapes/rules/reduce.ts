import type { Dim } from '../../model';
import { has, input, int, ints, lengthOf, numbersOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { axesOf, axisOf, ofRank, tensor } from '../facts';
import type { Shape } from '../facts';
import * as v from '../values';

/** Axes of a reduction: from the attribute, or (since version 13 of ReduceSum, 18 of the others) from the second input; null if they are not known. */
function reducedAxes(c: Context, rank: number): readonly number[] | null {
  const given = c.inputs.length > 1 && has(c, 1) ? numbersOf(c, 1) : (ints(c, 'axes') ?? []);
  if (given === undefined) return null;
  // An axis named twice is reduced once.
  if (given.length > 0) return axesOf([...new Set(given.map((axis) => axisOf(axis, rank)))], rank);
  return int(c, 'noop_with_empty_axes', 0) !== 0 ? [] : Array.from({ length: rank }, (_, axis) => axis);
}

function reducedShape(x: Shape, axes: readonly number[], keep: boolean): Shape {
  return keep ? x.map((dim, axis) => (axes.includes(axis) ? 1 : dim)) : x.filter((_, axis) => !axes.includes(axis));
}

function reducedValue(x: v.Known, axes: readonly number[], f: v.BinaryValue, type: Parameters<v.BinaryValue>[2]): Dim[] | undefined {
  // Reductions of nothing have each their own neutral element; nobody computes shapes with them.
  if (x.value.length === 0) return undefined;
  const kept = x.dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim));
  const strides = v.stridesOf(kept);
  const result: (Dim | undefined)[] = new Array<Dim | undefined>(kept.reduce((a, b) => a * b, 1)).fill(undefined);
  v.eachIndex(x.dims, (index, position) => {
    const target = index.reduce((sum, i, axis) => sum + (kept[axis] === 1 ? 0 : i * strides[axis]!), 0);
    const before = result[target];
    result[target] = before === undefined ? x.value[position]! : f(before, x.value[position]!, type);
  });
  return result as Dim[];
}

const reduce =
  (f?: v.BinaryValue): Rule =>
  (c) => {
    const x = input(c, 0);
    if (x.shape === undefined) return [tensor(x.elementType, undefined)];
    const keep = int(c, 'keepdims', 1) === 1;
    const axes = reducedAxes(c, x.shape.length);
    if (axes === null) {
      const count = lengthOf(c, 1);
      // Which axes shrink is not known; several may even be the same one.
      if (keep) return [tensor(x.elementType, x.shape.map((dim) => (dim === 1 ? 1 : null)))];
      return [tensor(x.elementType, count === 1 && x.shape.length > 0 ? ofRank(x.shape.length - 1) : undefined)];
    }
    const known = f === undefined ? undefined : v.smallKnown(x);
    const value = known === undefined || f === undefined ? undefined : reducedValue(known, axes, f, x.elementType);
    return [tensor(x.elementType, reducedShape(x.shape, axes, keep), value)];
  };

const arg =
  (best: (a: number, b: number) => boolean): Rule =>
  (c) => {
    const x = input(c, 0);
    if (x.shape === undefined) return [tensor('int64', undefined)];
    const axis = axisOf(int(c, 'axis', 0), x.shape.length);
    const last = int(c, 'select_last_index', 0) !== 0;
    const numbers = numbersOf(c, 0);
    let value: Dim[] | undefined;
    if (x.shape.length === 1 && numbers !== undefined && numbers.length > 0) {
      let at = 0;
      for (const [i, n] of numbers.entries()) if (best(n, numbers[at]!) || (last && n === numbers[at])) at = i;
      value = [at];
    }
    return [tensor('int64', reducedShape(x.shape, [axis], int(c, 'keepdims', 1) === 1), value)];
  };

export const reductions: Rules = {
  ...Object.fromEntries(['ReduceMean', 'ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceSumSquare'].map((type) => [type, reduce()])),
  ReduceSum: reduce(v.add),
  ReduceProd: reduce(v.multiply),
  ReduceMin: reduce(v.least),
  ReduceMax: reduce(v.greatest),
  ArgMax: arg((a, b) => a > b),
  ArgMin: arg((a, b) => a < b),
};
