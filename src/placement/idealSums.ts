import type { Contraction } from './contract';
import type { Cuts } from './cuts';
import { walkIdeals, type Ideals } from './ideals';
import { combine } from './overlap';

/** What of each ideal the loads of differences are made from. */
export interface IdealSums {
  /** seconds[c][i] of supported units, and how many units class c does not support */
  readonly seconds: readonly Float64Array[];
  readonly unsupported: readonly Int32Array[];
  readonly resident: Float64Array;
}

export function sumsOf(problem: Contraction, ideals: Ideals): IdealSums {
  const { count } = ideals;
  const classes = problem.classes.length;
  const seconds = problem.seconds.map(() => new Float64Array(count));
  // times as whole multiples of a quantum: sums of differences are then exact, however long the walk below
  const quantum = Float64Array.from(problem.seconds, (of) => of.reduce((a, t) => (Number.isFinite(t) ? a + t : a), 0) / 2 ** 52 || 1);
  const whole = problem.seconds.map((of, c) => of.map((t) => (Number.isFinite(t) ? Math.round(t / quantum[c]!) : 0)));
  const unsupported = problem.seconds.map(() => new Int32Array(count));
  const resident = new Float64Array(count);
  const sum = new Float64Array(classes);
  const without = new Int32Array(classes);
  let bytes = 0;
  walkIdeals(
    ideals,
    (u, sign) => {
      for (let c = 0; c < classes; c++) {
        if (Number.isFinite(problem.seconds[c]![u]!)) sum[c]! += sign * whole[c]![u]!;
        else without[c]! += sign;
      }
      bytes += sign * problem.residentBytes[u]!;
    },
    (i) => {
      for (let c = 0; c < classes; c++) {
        seconds[c]![i] = sum[c]! * quantum[c]!;
        unsupported[c]![i] = without[c]!;
      }
      resident[i] = bytes;
    },
  );
  return { seconds, unsupported, resident };
}

/**
 * How many stages of one device that hold an end of the pipeline stay below `limit` seconds, memory aside: of those that are an ideal, and of
 * those that are what an ideal leaves over.
 */
export function stagesAtEnds(problem: Contraction, ideals: Ideals, { seconds, unsupported }: IdealSums, cuts: Cuts, limit: number): { readonly front: number; readonly back: number } {
  const { count, words, bits } = ideals;
  let front = 0;
  let back = 0;
  problem.classes.forEach(({ overlap, count: devices }, c) => {
    if (devices === 0) return;
    const all = seconds[c]![count - 1]!;
    const unsupportedInAll = unsupported[c]![count - 1]!;
    for (let i = 1; i < count - 1; i++) {
      let made = 0;
      let read = 0;
      for (let k = cuts.starts[i]!; k < cuts.starts[i + 1]!; k++) {
        const { producer, transferSeconds } = problem.nets[cuts.nets[k]!]!;
        if (((bits[i * words + (producer >> 5)]! >>> (producer & 31)) & 1) === 1) made += transferSeconds[c]!;
        else read += transferSeconds[c]!;
      }
      if (unsupported[c]![i] === 0 && combine(overlap, seconds[c]![i]!, read, made) < limit) front++;
      if (unsupported[c]![i] === unsupportedInAll && combine(overlap, all - seconds[c]![i]!, made, read) < limit) back++;
    }
  });
  return { front, back };
}
