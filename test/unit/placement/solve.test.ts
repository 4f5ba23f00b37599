import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/placement/evaluate';
import { InfeasibleError } from '../../../src/placement/infeasible';
import type { PlacementProblem, Solution } from '../../../src/placement/problem';
import { methods, solve } from '../../../src/placement/solve';
import { CancelledError, UserError } from '../../../src/shared/userError';
import { unattended } from '../../../src/shared/progress';
import { bruteForce } from './bruteForce';
import { random, randomProblem } from './randomProblem';

const run = (problem: PlacementProblem, method: string): Solution => solve(problem, { objective: 'throughput', method }, unattended);

/** The solution, or null where the method says there is none. */
function attempt(problem: PlacementProblem, method: string): Solution | InfeasibleError | null {
  try {
    return run(problem, method);
  } catch (error) {
    if (error instanceof InfeasibleError) return error;
    if (error instanceof UserError) return null;
    throw error;
  }
}

describe('every method against brute force on small random problems', () => {
  const batches = 10;
  const each = 250;
  for (let batch = 0; batch < batches; batch++) {
    it(`batch ${batch}`, () => {
      for (let seed = batch * each; seed < (batch + 1) * each; seed++) {
        const problem = randomProblem(seed);
        const best = bruteForce(problem);
        const where = `seed ${seed}`;
        for (const method of methods) {
          const exact = method === 'ideals' || method === 'auto';
          const found = attempt(problem, method);
          if (found instanceof InfeasibleError) expect(best, where).toBe(Infinity);
          if (exact && best === Infinity) expect(found, where).toBeInstanceOf(InfeasibleError);
          if (found === null || found instanceof InfeasibleError) {
            if (exact) expect(best, where).toBe(Infinity);
            continue;
          }
          const { value, lowerBound: bound, optimal } = found.certificate;
          const judged = evaluate(problem, found.placement.assignment);
          expect(judged.violations, `${where} ${method}`).toEqual([]);
          expect(judged.maxLoadSeconds).toBeCloseTo(value, 12);
          expect(bound).toBeLessThanOrEqual(value);
          expect(value, `${where} ${method}`).toBeGreaterThanOrEqual(best - 1e-9);
          expect(bound, `${where} ${method}`).toBeLessThanOrEqual(best + 1e-9);
          if (exact || optimal) expect(Math.abs(value - best), `${where} ${method}`).toBeLessThanOrEqual(1e-9 * Math.max(1, best));
          if (exact) expect(optimal, where).toBe(true);
        }
      }
    });
  }
});

/** A chain of operators with the given times. */
function chain(seconds: readonly number[], devices: number, transfer = 0, memoryBytes = Infinity): PlacementProblem {
  const n = seconds.length;
  return {
    labels: seconds.map((_, v) => `op${v}`),
    classes: [{ name: 'device', count: devices, memoryBytes, overlap: 'none' }],
    seconds: [Float64Array.from(seconds)],
    residentBytes: new Float64Array(n).fill(1),
    workspaceBytes: new Float64Array(n),
    sharedMemory: [],
    nets: Array.from({ length: Math.max(0, n - 1) }, (_, v) => ({ producer: v, consumers: [v + 1], transferSeconds: [transfer] })),
    colocation: new Int32Array(n).fill(-1),
    backward: new Uint8Array(n),
  };
}

describe('solve', () => {
  it('splits a chain where the sums are even', () => {
    const { placement, certificate } = run(chain([1, 2, 3, 4, 5], 2), 'auto');
    expect([...placement.assignment]).toEqual([0, 0, 0, 1, 1]);
    expect(certificate).toMatchObject({ value: 9, lowerBound: 9, optimal: true });
  });

  it('leaves a device unused where a transfer costs more than it saves', () => {
    const { placement, certificate } = run(chain([1, 1], 2, 10), 'ideals');
    expect(new Set(placement.assignment).size).toBe(1);
    expect(certificate.value).toBe(2);
  });

  it('says in bytes what is missing where nothing fits', () => {
    expect(() => run(chain([1, 1, 1], 2, 0, 1), 'auto')).toThrow(/3 bytes.*2 bytes/);
  });

  it('stops when cancelled', () => {
    expect(() => solve(chain([1, 2, 3], 2), { objective: 'throughput', method: 'auto' }, { report: () => undefined, cancelled: () => true })).toThrow(CancelledError);
  });

  it('keeps the best so far, with an honest bound, when time is up', () => {
    const next = random(5);
    const problem = chain(Array.from({ length: 200 }, () => 1 + next()), 7, 0.3);
    const { certificate } = solve(problem, { objective: 'throughput', method: 'auto', timeLimitSeconds: 0 }, unattended);
    const best = run(problem, 'ideals').certificate.value;
    expect(certificate.value).toBeGreaterThanOrEqual(best);
    expect(certificate.lowerBound).toBeLessThanOrEqual(best);
  });

  it('names the methods it knows', () => {
    expect(() => run(chain([1], 1), 'magic')).toThrow(/'magic' is not known.*ideals/);
  });

  it('places nothing on nothing', () => {
    expect(run(chain([], 1), 'auto').certificate).toMatchObject({ value: 0, optimal: true });
  });
});
