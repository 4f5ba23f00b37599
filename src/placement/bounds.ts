import { workMeasure } from './capacity';
import type { Contraction } from './contract';

/**
 * A value that no placement is below, contiguous or not, communication left out: a unit takes at least its shortest time, and the work
 * of all units, in the measure of any class, must fit into what all devices can do.
 */
export function lowerBound(problem: Contraction): number {
  let bound = 0;
  for (let u = 0; u < problem.size; u++) {
    let shortest = Infinity;
    problem.classes.forEach((cls, c) => {
      if (cls.count > 0) shortest = Math.min(shortest, problem.seconds[c]![u]!);
    });
    if (Number.isFinite(shortest)) bound = Math.max(bound, shortest);
  }
  problem.classes.forEach((cls, main) => {
    if (cls.count === 0) return;
    const { total, capacity } = workMeasure(problem, main);
    const enough = (seconds: number): boolean => problem.classes.reduce((sum, { count }, c) => sum + count * capacity(c, seconds), 0) >= total;
    let low = 0;
    let high = problem.seconds.reduce((sum, of) => sum + of.reduce((a, t) => (Number.isFinite(t) ? a + t : a), 0), 0);
    for (let round = 0; round < 100 && high - low > 1e-12 * high; round++) {
      const middle = (low + high) / 2;
      if (enough(middle)) high = middle;
      else low = middle;
    }
    bound = Math.max(bound, low);
  });
  return bound;
}
