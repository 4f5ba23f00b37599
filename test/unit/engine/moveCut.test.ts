import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveCut } from '../../../src/engine/moveCut';
import { movable, moveFault, movedWith, placementAfter, type Movable } from '../../../src/engine/moveOperators';
import { rankPositions } from '../../../src/engine/rankCuts';
import { evaluate } from '../../../src/placement/evaluate';
import { judge } from '../../../src/placement/judge';
import type { PlacementProblem } from '../../../src/placement/problem';
import { random, randomProblem } from '../placement/randomProblem';

const RUNS = 400;
const free = (): null => null;
const valueOf = (plan: Movable, moved: ReadonlySet<number>, to: number): number => judge(plan.problem, placementAfter(plan, moved, to), 'throughput', plan.contiguous).value;

/** Calls `check` for pairs of stages of contiguous plans of random problems, as a search at random finds them. */
function forEachPair(check: (plan: Movable, from: number, to: number) => void): void {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
      const problem = randomProblem(seed);
      const next = random(seed);
      const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
      for (let i = 0; i < 60 && devices > 1; i++) {
        const assignment = Int32Array.from(problem.labels, () => Math.floor(next() * devices));
        const { violations, order } = evaluate(problem, assignment);
        if (violations.length > 0 || order.length < 2) continue;
        const plan = movable(problem, 'throughput', { assignment, order }, true);
        order.forEach((_, from) => order.forEach((_device, to) => from < to && check(plan, from, to)));
        return;
      }
    }),
    { numRuns: RUNS },
  );
}

describe('moving a cut one step', () => {
  it.each(['earlier', 'later'] as const)('%s moves as few operators as any single operator at the cut takes with it, and the evaluator allows it', (step) => {
    let steps = 0;
    forEachPair((plan, from, to) => {
      const { problem, stageOf } = plan;
      const goal = step === 'earlier' ? to : from;
      const ends = problem.nets.flatMap(({ producer, consumers }) =>
        problem.backward[producer] === 0 && stageOf[producer] === from ? consumers.filter((v) => problem.backward[v] === 0 && stageOf[v] === to).map((v) => (step === 'earlier' ? producer : v)) : [],
      );
      const legal = [...new Set(ends)].map((end) => movedWith(plan, [end], goal, true)).filter((moved) => moveFault(plan, moved, goal) === null);
      const result = moveCut(plan, { from, to, step }, free);
      if (legal.length === 0) return expect(result).toEqual({ refused: expect.any(String) });
      if ('refused' in result) throw new Error(result.refused);
      steps++;
      const fewest = Math.min(...legal.map(({ size }) => size));
      expect(result.to).toBe(goal);
      expect(result.moved.size).toBe(fewest);
      expect(moveFault(plan, result.moved, goal)).toBeNull();
      const fastest = Math.min(...legal.filter(({ size }) => size === fewest).map((moved) => valueOf(plan, moved, goal)));
      expect(valueOf(plan, result.moved, goal)).toBe(fastest);
    });
    expect(steps).toBeGreaterThan(100);
  });
});

describe('moving a cut to the best place', () => {
  it('makes the plan faster, or is refused', () => {
    let [better, refused] = [0, 0];
    forEachPair((plan, from, to) => {
      const result = moveCut(plan, { from, to, step: 'best' }, free);
      if ('refused' in result) {
        refused++;
        return;
      }
      better++;
      expect(to).toBe(from + 1);
      expect(moveFault(plan, result.moved, result.to)).toBeNull();
      expect(valueOf(plan, result.moved, result.to)).toBeLessThan(judge(plan.problem, plan.placement, 'throughput').value);
    });
    expect(Math.min(better, refused)).toBeGreaterThan(20);
  });

  it('finds the even split of a chain, wherever the cut was', () => {
    const n = 20;
    const chain: PlacementProblem = {
      labels: Array.from({ length: n }, (_, v) => `o${v}`),
      classes: [{ name: 'gpu', count: 2, memoryBytes: Infinity, overlap: 'none' }],
      seconds: [new Float64Array(n).fill(1)],
      residentBytes: new Float64Array(n),
      workspaceBytes: new Float64Array(n),
      sharedMemory: [],
      nets: Array.from({ length: n - 1 }, (_, v) => ({ producer: v, consumers: [v + 1], transferSeconds: [0.25] })),
      colocation: new Int32Array(n).fill(-1),
      backward: new Uint8Array(n),
    };
    for (const cut of [1, 5, 15, 19]) {
      const plan = movable(chain, 'throughput', { assignment: Int32Array.from({ length: n }, (_, v) => (v < cut ? 0 : 1)), order: [0, 1] }, true);
      const result = moveCut(plan, { from: 0, to: 1, step: 'best' }, free);
      if ('refused' in result) throw new Error(result.refused);
      expect(valueOf(plan, result.moved, result.to)).toBe(10.25);
      expect(result.moved.size).toBe(Math.abs(10 - cut));
    }
    const even = movable(chain, 'throughput', { assignment: Int32Array.from({ length: n }, (_, v) => (v < 10 ? 0 : 1)), order: [0, 1] }, true);
    expect(moveCut(even, { from: 0, to: 1, step: 'best' }, free)).toEqual({ refused: 'No place between stages 0 and 1 was found where the plan is faster than now.' });
    expect(moveCut(even, { from: 0, to: 1, step: 'earlier' }, () => 'it is pinned')).toEqual({ refused: 'it is pinned' });
    expect(moveCut(even, { from: 1, to: 0, step: 'later' }, free)).toEqual({ refused: 'Stage 1 sends nothing to stage 0.' });
    expect(moveCut(even, { from: 0, to: 7, step: 'later' }, free)).toEqual({ refused: 'There is no cut between stages 0 and 7.' });
  });

  it('ranks places as the evaluator ranks the two stages, where nothing but they and no server counts', () => {
    forEachPair((plan, from, to) => {
      if (to !== from + 1 || plan.placement.order.length !== 2 || plan.problem.servers) return;
      const { problem } = plan;
      if (problem.colocation.some((color) => color >= 0) || problem.backward.includes(1)) return;
      const values = [...rankPositions(plan, from, to)].map(({ operators, to: goal }) => {
        const moved = new Set(operators);
        return evaluate(problem, placementAfter(plan, moved, goal).assignment, { requireContiguity: false }).maxLoadSeconds;
      });
      values.forEach((value, i) => i > 0 && expect(value).toBeGreaterThanOrEqual(values[i - 1]! * (1 - 1e-9)));
    });
  });
});
