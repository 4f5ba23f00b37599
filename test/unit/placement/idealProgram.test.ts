import { describe, expect, it } from 'vitest';
import { workMeasure } from '../../../src/placement/capacity';
import { contract } from '../../../src/placement/contract';
import { cutsOf } from '../../../src/placement/cuts';
import { solveIdeals } from '../../../src/placement/idealProgram';
import { enumerateIdeals, turned, type Ideals } from '../../../src/placement/ideals';
import { stagesAtEnds, sumsOf } from '../../../src/placement/idealSums';
import type { PlacementProblem } from '../../../src/placement/problem';
import { unattended } from '../../../src/shared/progress';
import { bruteForce } from './bruteForce';
import { random, randomProblem } from './randomProblem';

/** The problem with values near one end that cost far more than the others. */
function heavyAtEnd(seed: number): PlacementProblem {
  const problem = randomProblem(seed);
  const next = random(seed + 1);
  const atFront = next() < 0.5;
  const half = problem.labels.length / 2;
  return {
    ...problem,
    nets: problem.nets.map((net) => (net.producer < half === atFront ? { ...net, transferSeconds: net.transferSeconds.map((t) => t * 8) } : net)),
  };
}

const idealsOf = (problem: PlacementProblem): { units: ReturnType<typeof contract>; ideals: Ideals } => {
  const units = contract(problem);
  return { units, ideals: enumerateIdeals(units, workMeasure(units), { count: 1000, bytes: 1e7 }, unattended)! };
};

describe('program over ideals', () => {
  it('finds the optimum from either end, and nothing better', () => {
    const begun = { front: 0, back: 0 };
    for (let seed = 0; seed < 900; seed++) {
      const problem = heavyAtEnd(seed);
      const best = bruteForce(problem);
      if (!(best > 0 && best < Infinity)) continue;
      const { units, ideals } = idealsOf(problem);
      const measure = workMeasure(units);
      const upper = best * (1 + 1e-6);
      const { front, back } = stagesAtEnds(units, ideals, sumsOf(units, ideals), cutsOf(ideals, units.size, units.nets), upper);
      begun[back < front ? 'back' : 'front']++;
      const { split, complete } = solveIdeals(units, ideals, measure, upper, unattended);
      expect(complete).toBe(true);
      expect(Math.abs(split!.value - best), `seed ${seed}`).toBeLessThanOrEqual(1e-9 * best);
      // each stage reads only from itself and from stages before it
      const stageOf = new Int32Array(units.size);
      split!.stages.forEach((stage, k) => stage.units.forEach((u) => (stageOf[u] = k)));
      const { starts, targets } = units.order;
      for (let u = 0; u < units.size; u++) for (let e = starts[u]!; e < starts[u + 1]!; e++) expect(stageOf[u]).toBeLessThanOrEqual(stageOf[targets[e]!]!);
      expect(solveIdeals(units, ideals, measure, best * (1 - 1e-9), unattended).split, `seed ${seed}`).toBeNull();
    }
    expect(Math.min(begun.front, begun.back)).toBeGreaterThan(100);
  });
});

describe('turned', () => {
  it('gives what each ideal leaves over, by ascending work', () => {
    const { units, ideals } = idealsOf(randomProblem(20, 60));
    const back = turned(ideals);
    const has = (of: Ideals, i: number, u: number): boolean => ((of.bits[i * of.words + (u >> 5)]! >>> (u & 31)) & 1) === 1;
    for (let i = 0; i < ideals.count; i++) {
      for (let u = 0; u < units.size; u++) expect(has(back, i, u)).toBe(!has(ideals, ideals.count - 1 - i, u));
      if (i > 0) expect(back.work[i]).toBeGreaterThanOrEqual(back.work[i - 1]!);
    }
    expect(turned(back)).toEqual(ideals);
  });
});
