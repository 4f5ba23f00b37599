import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/placement/evaluate';
import { solveLocally } from '../../../src/placement/localSearch';
import { unattended } from '../../../src/shared/progress';
import { CancelledError, UserError } from '../../../src/shared/userError';
import { bruteForce } from './bruteForce';
import { randomProblem } from './randomProblem';

describe('local search', () => {
  it('gives valid placements, never better than the best, whose loads are those of the evaluator', () => {
    let best = 0;
    let all = 0;
    for (let seed = 0; seed < 600; seed++) {
      const problem = randomProblem(seed);
      const optimum = bruteForce(problem, false);
      let found;
      try {
        found = solveLocally(problem, 10, unattended);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        continue;
      }
      const { value, lowerBound } = found.certificate;
      const judged = evaluate(problem, found.placement.assignment, { requireContiguity: false });
      expect(judged.violations, `seed ${seed}`).toEqual([]);
      expect(judged.maxLoadSeconds).toBeCloseTo(value, 12);
      expect(value, `seed ${seed}`).toBeGreaterThanOrEqual(optimum - 1e-9);
      expect(lowerBound, `seed ${seed}`).toBeLessThanOrEqual(optimum + 1e-9);
      all++;
      if (value <= optimum + 1e-9) best++;
    }
    expect(best / all).toBeGreaterThan(0.9);
  });

  it('finds the same every time', () => {
    const problem = randomProblem(11, 6);
    expect(solveLocally(problem, 10, unattended).placement).toEqual(solveLocally(problem, 10, unattended).placement);
  });

  it('stops when cancelled', () => {
    expect(() => solveLocally(randomProblem(11), 10, { report: () => undefined, cancelled: () => true })).toThrow(CancelledError);
  });
});
