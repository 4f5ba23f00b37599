import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/placement/evaluate';
import { InfeasibleError } from '../../../src/placement/infeasible';
import { solvePipeline } from '../../../src/placement/pipeline/solvePipeline';
import type { PlacementProblem, Solution } from '../../../src/placement/problem';
import { methods, solve } from '../../../src/placement/solve';
import { placementMethods, solvePlacement } from '../../../src/placement/solvePlacement';
import { unattended } from '../../../src/shared/progress';
import { UserError } from '../../../src/shared/userError';
import { bruteForce } from './bruteForce';
import { bruteForcePipeline, randomPipeline } from './randomPipeline';
import { random, randomProblem } from './randomProblem';

/** The problem with one to three operators that must be in a stage; seldom one that there cannot be. */
function inStages(problem: PlacementProblem, seed: number): PlacementProblem {
  const next = random(seed * 31 + 5);
  const n = problem.labels.length;
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  const requiredStage = new Int32Array(n).fill(-1);
  const wanted = 1 + Math.floor(next() * 3);
  for (let k = 0; k < wanted; k++) requiredStage[Math.floor(next() * n)] = Math.floor(next() * (Math.min(n, devices) + (next() < 0.1 ? 1 : 0)));
  return { ...problem, requiredStage };
}

/** A chain of operators with the given times, on equal devices. */
function chain(seconds: readonly number[], devices: number, requiredStage: readonly number[]): PlacementProblem {
  const n = seconds.length;
  return {
    labels: seconds.map((_, v) => `op${v}`),
    classes: [{ name: 'device', count: devices, memoryBytes: Infinity, overlap: 'none' }],
    seconds: [Float64Array.from(seconds)],
    residentBytes: new Float64Array(n),
    workspaceBytes: new Float64Array(n),
    sharedMemory: [],
    nets: Array.from({ length: n - 1 }, (_, v) => ({ producer: v, consumers: [v + 1], transferSeconds: [0] })),
    colocation: new Int32Array(n).fill(-1),
    backward: new Uint8Array(n),
    requiredStage: Int32Array.from(requiredStage),
  };
}

async function attempt(run: () => Solution | Promise<Solution>): Promise<Solution | UserError> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

describe('operators in required stages, against brute force', () => {
  const seen = { feasible: 0, infeasible: 0, moved: 0 };
  for (let batch = 0; batch < 8; batch++) {
    it(`plain problems, batch ${batch}`, async () => {
      for (let seed = batch * 250; seed < (batch + 1) * 250; seed++) {
        const problem = inStages(randomProblem(seed), seed);
        const best = bruteForce(problem);
        seen[best === Infinity ? 'infeasible' : 'feasible']++;
        const { requiredStage: _, ...free } = problem;
        if (best < Infinity && best > bruteForce(free) + 1e-9) seen.moved++;
        for (const method of methods) {
          const where = `seed ${seed} ${method}`;
          const exact = method === 'ideals' || method === 'auto';
          const found = await attempt(() => solve(problem, { objective: 'throughput', method }, unattended));
          if (found instanceof UserError) {
            if (exact || found instanceof InfeasibleError) expect(best, where).toBe(Infinity);
            if (exact) expect(found, where).toBeInstanceOf(InfeasibleError);
            continue;
          }
          const { placement, certificate } = found;
          const judged = evaluate(problem, placement.assignment, { order: placement.order });
          expect(judged.violations, where).toEqual([]);
          expect(judged.maxLoadSeconds, where).toBeCloseTo(certificate.value, 12);
          expect(certificate.value, where).toBeGreaterThanOrEqual(best - 1e-9);
          expect(certificate.lowerBound, where).toBeLessThanOrEqual(best + 1e-9);
          if (exact || certificate.optimal) expect(Math.abs(certificate.value - best), where).toBeLessThanOrEqual(1e-9 * Math.max(1, best));
          if (exact) expect(certificate.optimal, where).toBe(true);
        }
      }
    });
  }

  it('are of all kinds', () => {
    expect(seen.feasible).toBeGreaterThan(300);
    expect(seen.infeasible).toBeGreaterThan(300);
    expect(seen.moved).toBeGreaterThan(100);
  });

  it('the ordered integer program', async () => {
    let solved = 0;
    for (let seed = 0; seed < 160; seed++) {
      const problem = inStages(randomProblem(seed, 5), seed);
      const best = bruteForce(problem);
      const found = await attempt(() => solvePlacement(problem, { objective: 'throughput', method: 'ordered-integer' }, unattended));
      if (found instanceof UserError) {
        if (found instanceof InfeasibleError) expect(best).toBe(Infinity);
        continue;
      }
      solved++;
      expect(evaluate(problem, found.placement.assignment, { order: found.placement.order }).violations).toEqual([]);
      expect(found.certificate.value, `seed ${seed}`).toBeCloseTo(best, 5);
      expect(found.certificate.lowerBound, `seed ${seed}`).toBeLessThanOrEqual(best * (1 + 1e-9));
    }
    expect(solved).toBeGreaterThan(40);
  });

  for (let batch = 0; batch < 3; batch++) {
    it(`pipelines in training, with replicas and servers, batch ${batch}`, async () => {
      for (let seed = batch * 60; seed < (batch + 1) * 60; seed++) {
        const problem = inStages(randomPipeline(seed), seed);
        for (const objective of ['throughput', '1f1b', 'gpipe'] as const) {
          const best = bruteForcePipeline(problem, objective);
          for (const method of methods) {
            const where = `seed ${seed} ${objective} ${method}`;
            const exact = method === 'ideals' || method === 'auto';
            const found = await attempt(() => solvePipeline(problem, { objective, method }, unattended));
            if (found instanceof UserError) {
              if (exact || found instanceof InfeasibleError) expect(best, where).toBe(Infinity);
              if (exact) expect(found, where).toBeInstanceOf(InfeasibleError);
              continue;
            }
            const { placement, certificate } = found;
            const judged = evaluate(problem, placement.assignment, { objective, order: placement.order, ...(placement.replicas && { replicas: placement.replicas }) });
            expect(judged.violations, where).toEqual([]);
            expect(certificate.value, where).toBeGreaterThanOrEqual(best - 1e-9);
            expect(certificate.lowerBound, where).toBeLessThanOrEqual(best * (1 + 1e-9) + 1e-9);
            if (exact && !problem.servers) expect(certificate.optimal, where).toBe(true);
            if (certificate.optimal) expect(certificate.value, where).toBeLessThanOrEqual(best * (1 + 1e-9) + 1e-12);
          }
        }
      }
    });
  }
});

describe('required stages', () => {
  const run = (problem: PlacementProblem, method = 'auto'): Solution => solve(problem, { objective: 'throughput', method }, unattended);

  it('keep an idle operator alone in a stage where that makes the number right', () => {
    const { placement, certificate } = run(chain([0, 1, 2], 3, [-1, 1, -1]));
    expect([...placement.assignment]).toEqual([0, 1, 2]);
    expect(certificate).toMatchObject({ value: 2, optimal: true });
  });

  it('name what must be in two stages, and stages that there cannot be', () => {
    expect(() => run(chain([1, 1, 1], 3, [2, -1, 1]))).toThrow(/'op0', 'op1', 'op2' must be in different stages, and depend on each other/);
    expect(() => run(chain([1, 1, 1], 2, [-1, -1, 2]))).toThrow(/'op2' must be in stage 2, and 2 devices make 2 stages at most/);
    expect(() => run(chain([1, 1, 1], 3, [1, -1, -1]))).toThrow(InfeasibleError);
  });

  it('are respected where there are too many ideals, with an honest bound', () => {
    // 12 chains side by side
    const length = 120;
    const next = random(3);
    const seconds = Array.from({ length }, () => 1 + next());
    const wide: PlacementProblem = {
      ...chain(seconds, 6, seconds.map((_, v) => (v === 5 ? 3 : v === 110 ? 4 : v === 40 ? 0 : -1))),
      nets: seconds.flatMap((_, v) => (v + 12 < length ? [{ producer: v, consumers: [v + 12], transferSeconds: [0.01] }] : [])),
    };
    const { placement, certificate } = run(wide);
    expect(evaluate(wide, placement.assignment, { order: placement.order }).violations).toEqual([]);
    expect(placement.order.indexOf(placement.assignment[5]!)).toBe(3);
    expect(certificate.method).toBe('coarsened');
    expect(certificate.lowerBound).toBeLessThanOrEqual(certificate.value);
    expect(certificate.value).toBeLessThan(certificate.lowerBound * 1.5);
  });

  it('are refused by methods whose placements have no stages, and for one sample', async () => {
    const problem = chain([1, 1, 1], 3, [-1, 1, -1]);
    for (const method of placementMethods.filter((name) => name === 'integer' || name === 'local-search')) {
      await expect(solvePlacement(problem, { objective: 'throughput', method }, unattended)).rejects.toThrow(/knows no stages/);
    }
    await expect(solvePlacement(problem, { objective: 'latency', method: 'auto' }, unattended)).rejects.toThrow(/Pin the operators to devices instead/);
  });

  it('are seen by the evaluator, whichever order it is given', () => {
    const problem = chain([1, 1, 1], 3, [-1, 1, -1]);
    expect(evaluate(problem, Int32Array.of(0, 1, 2)).violations).toEqual([]);
    expect(evaluate(problem, Int32Array.of(0, 0, 1)).violations).toEqual(["operator 'op1' must be in stage 1, and is in stage 0"]);
    expect(evaluate(problem, Int32Array.of(2, 0, 1), { order: [2, 0, 1] }).violations).toEqual([]);
    const apart: PlacementProblem = { ...problem, nets: [] };
    // no data says which comes first: an order that keeps the stage is found, and one that does not is told
    expect(evaluate(apart, Int32Array.of(1, 0, 2)).order).toEqual([1, 0, 2]);
    expect(evaluate(apart, Int32Array.of(1, 0, 2), { order: [0, 1, 2] }).violations).toEqual(["operator 'op1' must be in stage 1, and is in stage 0"]);
    const circle: PlacementProblem = { ...problem, nets: [...problem.nets, { producer: 0, consumers: [2], transferSeconds: [0] }] };
    expect(evaluate(circle, Int32Array.of(0, 1, 0), { requireContiguity: false }).violations).toEqual(["operator 'op1' must be in stage 1, and the stages have no order"]);
  });
});
