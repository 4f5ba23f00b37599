import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../src/placement/evaluate';
import { groupPlacement, NOWHERE } from '../../../src/placement/groupPlacement';
import { random, randomProblem } from './randomProblem';

describe('groupPlacement', () => {
  it('has the loads of the evaluator after any moves, also to nowhere and back', () => {
    let judged = 0;
    for (let seed = 0; seed < 300; seed++) {
      const problem = randomProblem(seed, 10);
      const placement = groupPlacement(problem);
      const next = random(seed);
      const below = (k: number): number => Math.floor(next() * k);
      for (let step = 0; step < 60; step++) {
        const g = below(placement.count);
        const to = next() < 0.2 ? NOWHERE : below(placement.devices);
        if (to === NOWHERE || placement.supports(g, to)) placement.move(g, to);
      }
      for (let g = 0; g < placement.count; g++) {
        if (placement.at[g] !== NOWHERE) continue;
        const to = placement.classOf.findIndex((_, d) => placement.supports(g, d));
        if (to >= 0) placement.move(g, to);
      }
      if (placement.at.includes(NOWHERE)) continue;
      judged++;
      const { loads } = evaluate(problem, placement.assignmentOf(placement.at), { requireContiguity: false });
      loads.forEach((load, d) => expect(placement.load(d), `seed ${seed}, device ${d}`).toBeCloseTo(load.loadSeconds, 9));
    }
    expect(judged).toBeGreaterThan(150);
  });
});
