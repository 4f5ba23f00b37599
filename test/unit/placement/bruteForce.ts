import { evaluate } from '../../../src/placement/evaluate';
import type { PlacementProblem } from '../../../src/placement/problem';

/** The best value over all assignments, devices of one class taken in order; Infinity if none is valid. */
export function bruteForce(problem: PlacementProblem, requireContiguity = true): number {
  const n = problem.labels.length;
  const classOf = problem.classes.flatMap((cls, c) => Array.from({ length: cls.count }, () => c));
  const assignment = new Int32Array(n);
  const users = new Int32Array(classOf.length);
  let best = Infinity;
  const place = (v: number): void => {
    if (v === n) {
      const { maxLoadSeconds, violations } = evaluate(problem, assignment, { requireContiguity });
      if (violations.length === 0 && maxLoadSeconds < best) best = maxLoadSeconds;
      return;
    }
    for (let d = 0; d < classOf.length; d++) {
      // of equal devices the next one is taken only if the one before is in use
      if (d > 0 && users[d] === 0 && classOf[d - 1] === classOf[d] && users[d - 1] === 0) continue;
      if (!Number.isFinite(problem.seconds[classOf[d]!]![v]!)) continue;
      assignment[v] = d;
      users[d]!++;
      place(v + 1);
      users[d]!--;
    }
  };
  place(0);
  return best;
}
