import { leastWhere, longest } from './bounds';
import { capacities, workMeasure, type WorkMeasure } from './capacity';
import type { Contraction } from './contract';
import { deviceCounts, type DeviceCounts } from './deviceCounts';
import { reversed } from './digraph';

/** Bits that the two closures may take. */
const CLOSURE_LIMIT = 4e8;
/** Units times states that one walk may look at. */
const WALK_LIMIT = 2e7;

/** How far a pipeline gets, whatever its cuts: see `cutReach`. */
export interface CutReach {
  /** work of all units, as `workMeasure` has it */
  readonly total: number;
  /**
   * For each state of used devices, the most work of an ideal that they get to with stages of at most `seconds` each.
   *
   * @param backwards from the end of the pipeline to its front: the work of what is left over by an ideal
   */
  readonly reach: (seconds: number, backwards: boolean) => Float64Array;
}

/**
 * Bounds from where cuts can lie at all, and from what must lie between two of them. A cut is an ideal. One that holds unit u holds all that comes
 * before u; one that does not, holds nothing that comes after. So the work of an ideal is never strictly between (total - work of u and after)
 * and (work of u and before): a heavy unit that little runs beside leaves a gap. And a stage from an ideal of work a to one of work b runs every
 * unit u with (work of u and before) > a and (total - work of u and after) < b, whatever the ideals are: in a graph that is nearly a thread, nearly
 * all that has its place between the two, on whichever class of device the stage is.
 *
 * A chain of stages each within T then reaches at most what a greedy walk does that goes as far as a device can and falls back to the lower
 * end of a gap it lands in: by induction over the devices used, as each step is monotone in where it begins.
 *
 * @returns null if the graph or the number of states is too large for it
 */
export function cutReach(problem: Contraction, measure = workMeasure(problem)): CutReach | null {
  const n = problem.size;
  const counts = deviceCounts(problem.classes);
  if (n === 0 || n * n > CLOSURE_LIMIT || n * counts.states > WALK_LIMIT) return null;
  const before = workBefore(problem, measure.work, false);
  const after = workBefore(problem, measure.work, true);
  const forwards = walker(problem, measure, counts, before, after);
  const backwards = walker(problem, measure, counts, after, before);
  return { total: measure.total, reach: (seconds, turned) => (turned ? backwards : forwards)(seconds) };
}

/** @param before, after work of each unit and what must come before it (after it) in the direction of the walk */
function walker(problem: Contraction, measure: WorkMeasure, counts: DeviceCounts, before: Float64Array, after: Float64Array): (seconds: number) => Float64Array {
  const n = problem.size;
  const { total } = measure;
  /** the most work of an ideal without u */
  const without = after.map((work) => total - work);
  const snap = gapsBetween(before, without);
  const byWithout = Int32Array.from({ length: n }, (_, u) => u).sort((a, b) => without[a]! - without[b]!);
  /** Most work of an ideal that ends a stage of class c within `seconds`, if the stage begins where `from` work is done, judged by the units that it must run. */
  const end = (c: number, from: number, seconds: number): number => {
    const time = problem.seconds[c]!;
    // sums of times carry rounding; what is over by less than that may fit
    const most = seconds * (1 + (n + 8) * 2 ** -52);
    let sum = 0;
    for (const u of byWithout) {
      if (before[u]! <= from) continue;
      sum += time[u]!;
      if (sum > most) return Math.max(from, without[u]!);
    }
    return total;
  };
  return (seconds) => {
    const { one } = capacities(measure, counts, seconds);
    const reach = new Float64Array(counts.states);
    for (let s = 1; s < counts.states; s++) {
      for (let c = 0; c < one.length; c++) {
        if (counts.used[c]![s]! === 0) continue;
        const from = reach[s - counts.stride[c]!]!;
        const most = Math.min(total, from + one[c]!);
        if (most > reach[s]!) reach[s] = Math.max(reach[s]!, snap(Math.min(most, end(c, from, seconds))));
      }
    }
    return reach;
  };
}

/**
 * A value that no contiguous split is below, by `cutReach`: where the walk does not reach the total with all devices, no split is within T.
 *
 * @param known a bound that holds anyway, in seconds; returned where this one is not better or cannot be had
 */
export function cutBound(problem: Contraction, known: number, cuts = cutReach(problem)): number {
  if (cuts === null) return known;
  const reaches = (seconds: number): boolean => cuts.reach(seconds, false).at(-1)! >= cuts.total;
  return reaches(known * (1 + 1e-9)) ? known : Math.max(known, leastWhere(reaches, longest(problem)));
}

/** Work of everything that must come before each unit (backwards: after it), itself included. */
function workBefore(problem: Contraction, work: Float64Array, backwards: boolean): Float64Array {
  const n = problem.size;
  const words = Math.ceil(n / 32);
  const { starts, targets } = backwards ? problem.order : reversed(problem.order);
  const bits = new Uint32Array(n * words);
  const sum = new Float64Array(n);
  // in graphs that are nearly threads nearly all words are full: these are added up as one, and others by what they lack if that is less
  const full = new Float64Array(words);
  work.forEach((w, u) => (full[u >> 5]! += w));
  const sumOf = (w: number, word: number): number => {
    let part = 0;
    for (let inside = word; inside !== 0; inside &= inside - 1) part += work[w * 32 + 31 - Math.clz32(inside & -inside)] ?? 0;
    return part;
  };
  for (let k = 0; k < n; k++) {
    const u = backwards ? n - 1 - k : k;
    const row = u * words;
    bits[row + (u >> 5)]! |= 1 << (u & 31);
    for (let e = starts[u]!; e < starts[u + 1]!; e++) {
      const other = targets[e]! * words;
      for (let w = 0; w < words; w++) bits[row + w]! |= bits[other + w]!;
    }
    for (let w = 0; w < words; w++) {
      const word = bits[row + w]!;
      if (word !== 0) sum[u]! += bitsIn(word) > 16 ? full[w]! - sumOf(w, ~word) : sumOf(w, word);
    }
  }
  return sum;
}

function bitsIn(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** @returns what lowers the work of a cut to the lower end of the gap that it lies in, if it lies in one */
function gapsBetween(before: Float64Array, without: Float64Array): (work: number) => number {
  const gaps: { from: number; to: number }[] = [];
  before.forEach((to, u) => without[u]! < to && gaps.push({ from: without[u]!, to }));
  gaps.sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const gap of gaps) {
    const last = merged.at(-1);
    if (last !== undefined && gap.from < last.to) last.to = Math.max(last.to, gap.to);
    else merged.push({ ...gap });
  }
  const starts = Float64Array.from(merged, (gap) => gap.from);
  return (work) => {
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
}
