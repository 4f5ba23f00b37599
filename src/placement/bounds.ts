import { workMeasure } from './capacity';
import { contract, type Contraction } from './contract';
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
export const longest = (problem: Contraction): number => problem.seconds.reduce((sum, of) => sum + of.reduce((a, t) => (Number.isFinite(t) ? a + t : a), 0), 0);

/** Largest value found at which a monotone test still fails, by bisection: a safe lower bound. */
export function leastWhere(test: (seconds: number) => boolean, high: number): number {
  let low = 0;
  for (let round = 0; round < 100 && high - low > 1e-12 * high; round++) {
    const middle = (low + high) / 2;
    if (test(middle)) high = middle;
    else low = middle;
  }
  return low;
}
