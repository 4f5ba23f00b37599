import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movable, moveFault, movedWith, placementAfter, type Movable } from '../../../src/engine/moveOperators';
import { evaluate } from '../../../src/placement/evaluate';
import { judge } from '../../../src/placement/judge';
import type { PlacementProblem } from '../../../src/placement/problem';
import { random, randomProblem } from '../placement/randomProblem';

const RUNS = 400;

/** Valid placements of a random problem that use several devices, as a search at random finds them. */
function placements(problem: PlacementProblem, seed: number, contiguous: boolean): Movable[] {
  const next = random(seed);
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  const found: Movable[] = [];
  for (let i = 0; i < 60 && devices > 0 && found.length < 3; i++) {
    const assignment = Int32Array.from(problem.labels, () => Math.floor(next() * devices));
    const { violations, order } = evaluate(problem, assignment, { requireContiguity: contiguous });
    if (violations.length === 0 && order.length > 1) found.push(movable(problem, 'throughput', { assignment, order }, contiguous));
  }
  return found;
}

/** Calls `check` for every operator and every stage of many plans. */
function forEachMove(contiguous: boolean, check: (plan: Movable, operator: number, to: number) => void): void {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
      const problem = randomProblem(seed);
      for (const plan of placements(problem, seed, contiguous)) {
        problem.labels.forEach((_, v) => plan.placement.order.forEach((_device, to) => plan.stageOf[v] !== to && check(plan, v, to)));
      }
    }),
    { numRuns: RUNS },
  );
}

describe('moving operators by hand', () => {
  it.each([true, false])('is refused exactly where the evaluator finds a fault (stages contiguous: %s)', (contiguous) => {
    let legal = 0;
    let refused = 0;
    forEachMove(contiguous, (plan, v, to) => {
      for (const along of [false, true]) {
        const moved = movedWith(plan, [v], to, along);
        const device = plan.placement.order[to]!;
        const assignment = plan.placement.assignment.map((before, u) => (moved.has(u) ? device : before));
        const order = plan.placement.order.filter((other) => assignment.includes(other));
        const { violations } = judge(plan.problem, { assignment, order }, 'throughput', contiguous);
        const fault = moveFault(plan, moved, to);
        expect(fault === null, `${fault} but ${violations.join('; ')}`).toBe(violations.length === 0);
        expect(placementAfter(plan, moved, to)).toEqual({ assignment, order });
        if (fault === null) legal++;
        else refused++;
      }
    });
    expect(Math.min(legal, refused)).toBeGreaterThan(50);
  });

  it('never parts a colocation class, and what must follow never leaves the stages in the wrong order', () => {
    forEachMove(true, (plan, v, to) => {
      const moved = movedWith(plan, [v], to, true);
      const { colocation, backward } = plan.problem;
      const { assignment, order } = placementAfter(plan, moved, to);
      for (const u of moved) colocation.forEach((color, w) => color >= 0 && color === colocation[u] && expect(moved.has(w)).toBe(true));
      const position = new Map(order.map((device, stage) => [device, stage]));
      for (const { producer, consumers } of plan.problem.nets) {
        for (const w of consumers) {
          if (backward[producer] === 1 || backward[w] === 1) continue;
          expect(position.get(assignment[producer]!)!).toBeLessThanOrEqual(position.get(assignment[w]!)!);
        }
      }
    });
  });

  it('moves no more than must follow: leaving any of them behind is refused', () => {
    forEachMove(true, (plan, v, to) => {
      const moved = movedWith(plan, [v], to, true);
      if (plan.problem.colocation.some((color) => color >= 0) || plan.problem.backward.includes(1)) return;
      for (const left of moved) {
        if (left === v) continue;
        const fewer = new Set([...moved].filter((u) => u !== left));
        expect(moveFault(plan, fewer, to)).not.toBeNull();
      }
    });
  });
});

describe('a move that is refused', () => {
  /** A chain of four operators, two on each of two devices; each keeps 4 of a device's 10 bytes. */
  const chain: PlacementProblem = {
    labels: ['a', 'b', 'c', 'd'],
    classes: [{ name: 'gpu', count: 1, memoryBytes: 10, overlap: 'none' }, { name: 'npu', count: 1, memoryBytes: 10, overlap: 'none' }],
    seconds: [Float64Array.of(1, 1, 1, 1), Float64Array.of(1, Infinity, 1, 1)],
    residentBytes: new Float64Array(4).fill(4),
    workspaceBytes: new Float64Array(4),
    sharedMemory: [],
    nets: [0, 1, 2].map((v) => ({ producer: v, consumers: [v + 1], transferSeconds: [0, 0] })),
    colocation: new Int32Array(4).fill(-1),
    backward: new Uint8Array(4),
  };
  const faultOf = (problem: PlacementProblem, v: number, to: number, contiguous = true): string | null => {
    const plan = movable(problem, 'throughput', { assignment: Int32Array.of(0, 0, 1, 1), order: [0, 1] }, contiguous);
    return moveFault(plan, movedWith(plan, [v], to, false), to);
  };
  const roomy = { ...chain, classes: chain.classes.map((cls) => ({ ...cls, memoryBytes: Infinity })) };

  it('says what is short of memory, and by how much', () => {
    expect(faultOf(chain, 2, 0)).toBe('It does not fit: gpu:0 would need 12 B and has 10 B.');
    expect(faultOf(roomy, 2, 0)).toBeNull();
  });

  it('says what the device does not support', () => {
    expect(faultOf(roomy, 1, 1)).toBe('npu does not support “b”.');
  });

  it('names both operators that would be in the wrong order, unless the stages need none', () => {
    expect(faultOf(roomy, 3, 0)).toBe('“d” reads from “c”, which is in the later stage 1.');
    expect(faultOf(roomy, 0, 1)).toBe('“b” in the earlier stage 0 reads from “a”.');
    expect(faultOf(roomy, 3, 0, false)).toBeNull();
  });

  it('takes the colocation class along, and names the one that stands in the way', () => {
    expect(faultOf({ ...roomy, colocation: Int32Array.of(0, 0, -1, -1) }, 0, 1)).toBe('npu does not support “b”.');
    expect(faultOf({ ...roomy, colocation: Int32Array.of(-1, -1, 0, 0) }, 3, 0)).toBeNull();
  });
});
