import { capacities, workMeasure } from './capacity';
import { contract, type Contraction } from './contract';
import { deviceCounts } from './deviceCounts';
import { reversed } from './digraph';
import type { PlacementProblem } from './problem';

/**
 * A value that no contiguous placement is below, communication left out: a unit takes at least its shortest time, and the work of all
 * units, in the measure of any class, must fit into what all devices can do.
 */
export function lowerBound(problem: Contraction): number {
  let bound = workBound(problem);
  for (let u = 0; u < problem.size; u++) {
    let shortest = Infinity;
    problem.classes.forEach((cls, c) => {
      if (cls.count > 0) shortest = Math.min(shortest, problem.seconds[c]![u]!);
    });
    if (Number.isFinite(shortest)) bound = Math.max(bound, shortest);
  }
  return bound;
}

/** The same for placements that need not be contiguous: only what must share a device is taken together. */
export const looseBound = (problem: PlacementProblem): number => lowerBound(contract({ ...problem, nets: [] }));

/** The second part of `lowerBound`: it holds for stages of several devices too. */
export function workBound(problem: Contraction): number {
  let bound = 0;
  problem.classes.forEach((cls, main) => {
    if (cls.count === 0) return;
    const { total, capacity } = workMeasure(problem, main);
    const enough = (seconds: number): boolean => problem.classes.reduce((sum, { count }, c) => sum + count * capacity(c, seconds), 0) >= total;
    bound = Math.max(bound, leastWhere(enough, longest(problem)));
  });
  return bound;
}

/** A time within which one device does everything, whatever it is. */
const longest = (problem: Contraction): number => problem.seconds.reduce((sum, of) => sum + of.reduce((a, t) => (Number.isFinite(t) ? a + t : a), 0), 0);

/** Largest value found at which a monotone test still fails, by bisection: a safe lower bound. */
function leastWhere(test: (seconds: number) => boolean, high: number): number {
  let low = 0;
  for (let round = 0; round < 100 && high - low > 1e-12 * high; round++) {
    const middle = (low + high) / 2;
    if (test(middle)) high = middle;
    else low = middle;
  }
  return low;
}

/** Bits that the two closures of `cutBound` may take. */
const CLOSURE_LIMIT = 4e8;

/** Work of everything that must come before each unit, itself included. */
function workBefore(problem: Contraction, work: Float64Array, backwards: boolean): Float64Array {
  const n = problem.size;
  const words = Math.ceil(n / 32);
  const { starts, targets } = backwards ? problem.order : reversed(problem.order);
  const bits = new Uint32Array(n * words);
  const sum = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const u = backwards ? n - 1 - k : k;
    const row = u * words;
    bits[row + (u >> 5)]! |= 1 << (u & 31);
    for (let e = starts[u]!; e < starts[u + 1]!; e++) {
      const other = targets[e]! * words;
      for (let w = 0; w < words; w++) bits[row + w]! |= bits[other + w]!;
    }
    for (let w = 0; w < words; w++) {
      for (let inside = bits[row + w]!; inside !== 0; inside &= inside - 1) sum[u]! += work[w * 32 + 31 - Math.clz32(inside & -inside)]!;
    }
  }
  return sum;
}

/**
 * A bound from where cuts can lie at all. A cut is an ideal. One that holds unit u holds all that comes before u; one that does not, holds
 * nothing that comes after. So the work of an ideal is never strictly between (total - work of u and after) and (work of u and before): a
 * heavy unit that little runs beside leaves a gap. A chain of stages each within T then reaches at most what a greedy walk does that goes
 * as far as a device can and falls back to the lower end of a gap it lands in: by induction over the number of devices, as both steps are
 * monotone. If the walk does not reach the total with all devices, no split is within T.
 */
export function cutBound(problem: Contraction, known: number): number {
  const n = problem.size;
  if (n * n > CLOSURE_LIMIT || n === 0) return known;
  const measure = workMeasure(problem);
  const before = workBefore(problem, measure.work, false);
  const after = workBefore(problem, measure.work, true);
  const gaps: { from: number; to: number }[] = [];
  for (let u = 0; u < n; u++) {
    const gap = { from: measure.total - after[u]!, to: before[u]! };
    if (gap.from < gap.to) gaps.push(gap);
  }
  gaps.sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const gap of gaps) {
    const last = merged[merged.length - 1];
    if (last !== undefined && gap.from < last.to) last.to = Math.max(last.to, gap.to);
    else merged.push({ ...gap });
  }
  const starts = Float64Array.from(merged, (gap) => gap.from);
  const snap = (work: number): number => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! < work) low = middle + 1;
      else high = middle;
    }
    const gap = merged[low - 1];
    return gap !== undefined && work < gap.to ? gap.from : work;
  };
  const counts = deviceCounts(problem.classes);
  if (counts.states > 1e5) return known;
  const reach = new Float64Array(counts.states);
  const reaches = (seconds: number): boolean => {
    const { one } = capacities(measure, counts, seconds);
    for (let s = 0; s < counts.states; s++) {
      reach[s] = 0;
      for (let c = 0; c < one.length; c++) {
        if (counts.used[c]![s]! > 0) reach[s] = Math.max(reach[s]!, snap(Math.min(measure.total, reach[s - counts.stride[c]!]! + one[c]!)));
      }
      if (reach[s]! >= measure.total) return true;
    }
    return false;
  };
  return Math.max(known, leastWhere(reaches, longest(problem)));
}
