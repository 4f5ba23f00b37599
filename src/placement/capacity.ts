import type { Contraction } from './contract';
import type { DeviceCounts } from './deviceCounts';

/**
 * One measure of work for all classes, and how much of it a device can do within a given time. With it, what is left to do can be
 * compared with what the remaining devices can do.
 */
export interface WorkMeasure {
  /** whole numbers, so that sums are exact and the work of a set never exceeds that of a larger one */
  readonly work: Float64Array;
  readonly total: number;
  /** most work that one device of class c can do in `seconds`, whatever operators it is given */
  readonly capacity: (c: number, seconds: number) => number;
}

const SCALE = 2 ** 50;

/** Class with the most devices, the first of those. */
export function mainClass(problem: Contraction): number {
  let main = 0;
  problem.classes.forEach((cls, c) => {
    if (cls.count > problem.classes[main]!.count) main = c;
  });
  return main;
}

/** The measure in which an operator's work is its time on class `main` (where unsupported: its shortest time elsewhere). */
export function workMeasure(problem: Contraction, main = mainClass(problem)): WorkMeasure {
  const n = problem.size;
  const raw = Float64Array.from({ length: n }, (_, u) => {
    const own = problem.seconds[main]![u]!;
    if (Number.isFinite(own)) return own;
    let best = Infinity;
    problem.classes.forEach((cls, c) => {
      if (cls.count > 0) best = Math.min(best, problem.seconds[c]![u]!);
    });
    return Number.isFinite(best) ? best : 0;
  });
  return measure(problem, raw);
}

/** The measure for any non-negative weights of the units. */
export function measure(problem: Contraction, raw: Float64Array): WorkMeasure {
  const n = problem.size;
  const sum = raw.reduce((a, b) => a + b, 0);
  const scale = sum > 0 ? SCALE / sum : 1;
  const work = raw.map((w) => Math.round(w * scale));
  const total = work.reduce((a, b) => a + b, 0);

  // a fractional knapsack per class: best work per second first
  const knapsacks = problem.classes.map((_, c) => {
    const seconds = problem.seconds[c]!;
    const units = Int32Array.from({ length: n }, (_, u) => u).filter((u) => Number.isFinite(seconds[u]!) && work[u]! > 0);
    units.sort((a, b) => seconds[a]! * work[b]! - seconds[b]! * work[a]!);
    const time = new Float64Array(units.length + 1);
    const done = new Float64Array(units.length + 1);
    units.forEach((u, i) => {
      time[i + 1] = time[i]! + seconds[u]!;
      done[i + 1] = done[i]! + work[u]!;
    });
    return { time, done };
  });
  return {
    work,
    total,
    capacity: (c, seconds) => {
      const { time, done } = knapsacks[c]!;
      const last = time.length - 1;
      if (!(seconds < time[last]!)) return done[last]!;
      let low = 0;
      let high = last;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (time[middle]! <= seconds) low = middle;
        else high = middle - 1;
      }
      const partly = (seconds - time[low]!) / (time[low + 1]! - time[low]!);
      // rounding of work to whole numbers is covered by the slack
      return (done[low]! + partly * (done[low + 1]! - done[low]!)) * (1 + 1e-12) + n;
    },
  };
}

/**
 * For each state of used devices: the most work that the unused ones can do in `seconds`; and the most of one device per class.
 */
export function capacities(measure: WorkMeasure, counts: DeviceCounts, seconds: number): { readonly left: Float64Array; readonly one: Float64Array } {
  const one = Float64Array.from(counts.limit, (_, c) => measure.capacity(c, seconds));
  const left = new Float64Array(counts.states);
  for (let s = 0; s < counts.states; s++) for (let c = 0; c < one.length; c++) left[s]! += (counts.limit[c]! - counts.used[c]![s]!) * one[c]!;
  return { left, one };
}
