import { describe, expect, it } from 'vitest';
import { lowerBound } from '../../../src/placement/bounds';
import { contract } from '../../../src/placement/contract';
import { cutBound } from '../../../src/placement/cutBound';
import type { PlacementProblem } from '../../../src/placement/problem';
import { solve } from '../../../src/placement/solve';
import { unattended } from '../../../src/shared/progress';
import { random } from './randomProblem';

/** A thread of operators on unlike devices: what one class is quick at takes the other long, operator by operator. */
function thread(seed: number, n: number): PlacementProblem {
  const next = random(seed);
  const classes = [3, 2].map((count, c) => ({ name: `class${c}`, count, memoryBytes: Infinity, overlap: 'none' as const }));
  return {
    labels: Array.from({ length: n }, (_, v) => `op${v}`),
    classes,
    seconds: classes.map(() => Float64Array.from({ length: n }, () => 0.2 + next())),
    residentBytes: new Float64Array(n),
    workspaceBytes: new Float64Array(n),
    sharedMemory: [],
    nets: Array.from({ length: n - 1 }, (_, v) => ({ producer: v, consumers: [v + 1], transferSeconds: [0.01 * next(), 0.01 * next()] })),
    colocation: new Int32Array(n).fill(-1),
    backward: new Uint8Array(n),
  };
}

describe('what a stage must run between two cuts', () => {
  it('bounds threads on unlike devices closely, where work against capacity does not', () => {
    for (let seed = 0; seed < 10; seed++) {
      const problem = thread(seed, 400);
      // a thread has one order, so that the program over its prefixes is exact
      const best = solve(problem, { objective: 'throughput', method: 'linearized' }, unattended).certificate.value;
      const units = contract(problem);
      const work = lowerBound(units);
      const bound = cutBound(units, work);
      expect(bound, `seed ${seed}`).toBeLessThanOrEqual(best);
      expect(best / bound, `seed ${seed}`).toBeLessThan(1.03);
      expect(best / work, `seed ${seed}`).toBeGreaterThan(1.15);
    }
  });

  it('drops nothing that the exact program needs: it ends where the program over prefixes does', () => {
    for (let seed = 100; seed < 130; seed++) {
      const problem = thread(seed, 60);
      const exact = solve(problem, { objective: 'throughput', method: 'ideals' }, unattended).certificate;
      expect(exact.optimal).toBe(true);
      expect(exact.value, `seed ${seed}`).toBeCloseTo(solve(problem, { objective: 'throughput', method: 'linearized' }, unattended).certificate.value, 12);
    }
  });
});
