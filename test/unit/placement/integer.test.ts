import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/placement/evaluate';
import { solveAssignment, solveOrdered } from '../../../src/placement/integer/solveInteger';
import type { Net, Overlap, PlacementProblem } from '../../../src/placement/problem';
import { unattended, type Control } from '../../../src/shared/progress';
import { CancelledError } from '../../../src/shared/userError';
import { loadHighs } from '../../../src/solver/loadHighs';
import { randomProblem } from './randomProblem';

/** Small random problems: two classes, memory, shared memory, colocation, unsupported operators, all kinds of overlap. */
const problems: fc.Arbitrary<PlacementProblem> = fc.integer({ min: 2, max: 6 }).chain((n) =>
  fc
    .record({
      counts: fc.constantFrom([2, 0], [2, 1], [3, 0], [1, 1]),
      seconds: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2 * n, maxLength: 2 * n }),
      unsupported: fc.array(fc.boolean(), { minLength: n, maxLength: n }),
      bytes: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2 * n, maxLength: 2 * n }),
      memory: fc.integer({ min: 4, max: 40 }),
      edges: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 2 * n }),
      transfer: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: n, maxLength: n }),
      colours: fc.array(fc.integer({ min: -4, max: 1 }), { minLength: n, maxLength: n }),
      shared: fc.integer({ min: 0, max: 6 }),
      overlap: fc.constantFrom<Overlap>('none', 'compute', 'duplex', 'full'),
    })
    .map((r): PlacementProblem => {
      const consumers = Array.from({ length: n }, () => new Set<number>());
      for (const [a, b] of r.edges) if (a !== b) consumers[Math.min(a, b)]!.add(Math.max(a, b));
      return {
        labels: Array.from({ length: n }, (_, v) => `v${v}`),
        classes: [
          { name: 'acc', count: r.counts[0]!, memoryBytes: r.memory, overlap: r.overlap },
          { name: 'cpu', count: r.counts[1]!, memoryBytes: Infinity, overlap: 'none' },
        ],
        seconds: [
          Float64Array.from({ length: n }, (_, v) => (r.unsupported[v] === true && v % 3 === 0 && r.counts[1]! > 0 ? Infinity : r.seconds[v]!)),
          Float64Array.from({ length: n }, (_, v) => 2 * r.seconds[n + v]!),
        ],
        residentBytes: Float64Array.from(r.bytes.slice(0, n)),
        workspaceBytes: Float64Array.from(r.bytes.slice(n)),
        sharedMemory: n > 2 && r.shared > 0 ? [{ bytes: r.shared, operators: [0, n - 1] }] : [],
        nets: consumers.flatMap((set, v): Net[] => (set.size === 0 ? [] : [{ producer: v, consumers: [...set].sort((a, b) => a - b), transferSeconds: [r.transfer[v]!, 0] }])),
        colocation: Int32Array.from(r.colours.map((c) => Math.max(-1, c))),
        backward: new Uint8Array(n),
      };
    }),
);

function bruteForce(problem: PlacementProblem, requireContiguity: boolean): { best: number; assignment: Int32Array | undefined; any: Int32Array | undefined } {
  const n = problem.labels.length;
  const devices = problem.classes.reduce((sum, c) => sum + c.count, 0);
  const assignment = new Int32Array(n);
  let best = Infinity;
  let optimum: Int32Array | undefined, any: Int32Array | undefined;
  for (let code = 0; code < devices ** n; code++) {
    for (let v = 0, rest = code; v < n; v++, rest = Math.floor(rest / devices)) assignment[v] = rest % devices;
    const { violations, maxLoadSeconds } = evaluate(problem, assignment, { requireContiguity });
    if (violations.length > 0) continue;
    any ??= assignment.slice();
    if (maxLoadSeconds < best) {
      best = maxLoadSeconds;
      optimum = assignment.slice();
    }
  }
  return { best, assignment: optimum, any };
}

describe('integer programs equal brute force', async () => {
  const highs = await loadHighs();
  const law = (contiguous: boolean, solve: typeof solveAssignment): void => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { best, any } = bruteForce(problem, contiguous);
        if (!any) return; // nothing fits: the caller never has a start then
        const { assignment, certificate } = solve(problem, highs, any, 60, unattended);
        expect(evaluate(problem, assignment, { requireContiguity: contiguous }).violations).toEqual([]);
        expect(certificate.value).toBeCloseTo(best, 5);
        expect(certificate.lowerBound).toBeLessThanOrEqual(best * (1 + 1e-9));
        expect(certificate.lowerBound).toBeGreaterThanOrEqual(best * (1 - 6e-4));
        if (contiguous) expect(certificate.optimal).toBe(true);
      }),
      // a new sample each time; the limit is for slow machines
      { numRuns: 600, interruptAfterTimeLimit: 20_000 },
    );
  };
  it('ordered, where presolve of HiGHS, left to itself, lost the optimum', () => {
    const problem: PlacementProblem = {
      labels: ['a', 'b', 'c', 'd', 'e', 'f'],
      classes: [{ name: 'acc', count: 3, memoryBytes: 37, overlap: 'compute' }],
      seconds: [Float64Array.of(9, 4, 0, 8, 7, 0)],
      residentBytes: Float64Array.of(0, 3, 1, 1, 1, 3),
      workspaceBytes: Float64Array.of(0, 0, 0, 3, 0, 3),
      sharedMemory: [{ bytes: 4, operators: [0, 5] }],
      nets: [],
      colocation: Int32Array.of(0, 1, -1, -1, -1, -1),
      backward: new Uint8Array(6),
    };
    // {9}, {8}, {4, 7}
    expect(solveOrdered(problem, highs, new Int32Array(6), 60, unattended).certificate.value).toBe(11);
  });
  it.each([3859, 9496])('ordered, where presolve and restarts of HiGHS together lost the optimum: problem %i', (seed) => {
    const problem = randomProblem(seed, 7);
    const { best, any } = bruteForce(problem, true);
    expect(solveOrdered(problem, highs, any!, 60, unattended).certificate.value).toBeCloseTo(best, 5);
  });
  it('without contiguity', () => law(false, solveAssignment), 60_000);
  it('ordered, contiguous', () => law(true, solveOrdered), 60_000);
});

describe('integer programs can be ended at any moment', async () => {
  const highs = await loadHighs();
  /** A ring of equal operators, hard enough not to be solved at once. */
  const ring: PlacementProblem = {
    labels: Array.from({ length: 40 }, (_, v) => `v${v}`),
    classes: [{ name: 'acc', count: 6, memoryBytes: Infinity, overlap: 'none' }],
    seconds: [Float64Array.from({ length: 40 }, (_, v) => 7 + (v % 3))],
    residentBytes: new Float64Array(40),
    workspaceBytes: new Float64Array(40),
    sharedMemory: [],
    nets: Array.from({ length: 39 }, (_, v): Net => ({ producer: v, consumers: v === 0 ? [1, 39] : [v + 1], transferSeconds: [2 + (v % 5) / 3] })),
    colocation: new Int32Array(40).fill(-1),
    backward: new Uint8Array(40),
  };
  const start = new Int32Array(40);
  const whole = evaluate(ring, start).maxLoadSeconds;

  it.each([
    ['without contiguity', solveAssignment],
    ['ordered', solveOrdered],
  ])('%s: keeps the incumbent and the bound when asked to stop', (_, solve) => {
    let seen = Infinity, bound = 0, polls = 0;
    const control: Control = {
      report: (p) => {
        seen = p.incumbent ?? seen;
        bound = Math.max(bound, p.lowerBound ?? 0);
      },
      cancelled: () => false,
      stopRequested: () => seen < whole && bound > 0 && ++polls > 0,
    };
    const { assignment, certificate } = solve(ring, highs, start, 60, control);
    expect(certificate.value).toBe(evaluate(ring, assignment, { requireContiguity: false }).maxLoadSeconds);
    expect(certificate.value).toBeLessThan(whole);
    expect(certificate.value).toBeLessThanOrEqual(seen * (1 + 1e-6));
    expect(certificate.lowerBound).toBeGreaterThanOrEqual(solve === solveOrdered ? 0 : bound * (1 - 1e-9));
    expect(certificate.lowerBound).toBeLessThanOrEqual(certificate.value);
    expect(polls).toBeGreaterThan(0);
  });
  it.each([solveAssignment, solveOrdered])('proves nothing if stopped at once', (solve) => {
    const { assignment, certificate } = solve(ring, highs, start, 60, { ...unattended, stopRequested: () => true });
    expect(evaluate(ring, assignment, { requireContiguity: false }).violations).toEqual([]);
    expect(certificate.optimal).toBe(false);
    expect(certificate.lowerBound).toBeLessThan(certificate.value);
  });
  it('throws when cancelled', () => {
    expect(() => solveAssignment(ring, highs, start, 60, { ...unattended, cancelled: () => true })).toThrow(CancelledError);
  });
  it('keeps its time', () => {
    // without a limit it would not end in the time of a test
    const { assignment, certificate } = solveAssignment(ring, highs, start, 1, unattended);
    expect(evaluate(ring, assignment, { requireContiguity: false }).violations).toEqual([]);
    expect(certificate.optimal).toBe(false);
  });
});
