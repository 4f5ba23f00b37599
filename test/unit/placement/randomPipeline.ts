import { evaluate } from '../../../src/placement/evaluate';
import type { PlacementProblem } from '../../../src/placement/problem';
import { random, randomProblem } from './randomProblem';

/** A small problem with a derived backward pass, with stages of several devices, or with both. */
export function randomPipeline(seed: number): PlacementProblem {
  const next = random(seed * 7919 + 13);
  const below = (k: number): number => Math.floor(next() * k);
  const base = randomProblem(seed, 5);
  const n = base.labels.length;
  const limited = base.classes.some((cls) => Number.isFinite(cls.memoryBytes));
  const trained = next() < 0.6;
  return {
    ...base,
    ...(trained && {
      training: {
        seconds: base.seconds.map((of) => of.map((t) => (t === Infinity ? 0 : below(8) / 2))),
        gradientSeconds: base.nets.map(() => base.classes.map(() => below(4) / 2)),
        stashBytes: Float64Array.from({ length: n }, () => (limited ? below(3) : 0)),
        microBatches: 1 + below(5),
      },
    }),
    ...((!trained || next() < 0.5) && {
      replication: {
        most: 1 + below(4),
        weightBytes: Float64Array.from({ length: n }, () => (trained ? below(6) : 0)),
        sharedWeightBytes: base.sharedMemory.map(() => (trained ? below(4) : 0)),
        bytesPerSecond: base.classes.map(() => 1 + below(5)),
      },
    }),
  };
}

/** The best value over all ways to deal the operators out to stages in a row, and all classes and widths of the stages; Infinity if none is valid. */
export function bruteForcePipeline(problem: PlacementProblem, objective: 'throughput' | '1f1b' | 'gpipe'): number {
  const n = problem.labels.length;
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  const starts = problem.classes.map((_, c) => problem.classes.slice(0, c).reduce((sum, { count }) => sum + count, 0));
  const most = problem.replication?.most ?? 1;
  let best = Infinity;
  const stageOf = new Int32Array(n);

  const choose = (stages: number, kinds: readonly { c: number; width: number }[], free: readonly number[]): void => {
    if (kinds.length === stages) {
      const next = [...starts];
      const order = kinds.map(({ c, width }) => (next[c]! += width) - width);
      const assignment = stageOf.map((s) => order[s]!);
      const { value, violations } = evaluate(problem, assignment, { objective, order, replicas: kinds.map(({ width }) => width) });
      if (violations.length === 0) best = Math.min(best, value);
      return;
    }
    problem.classes.forEach((_, c) => {
      for (let width = 1; width <= Math.min(most, free[c]!); width++) choose(stages, [...kinds, { c, width }], free.map((f, d) => (d === c ? f - width : f)));
    });
  };
  const deal = (v: number): void => {
    if (v < n) {
      for (let s = 0; s < Math.min(n, devices); s++) {
        stageOf[v] = s;
        deal(v + 1);
      }
      return;
    }
    const stages = Math.max(...stageOf) + 1;
    if (new Set(stageOf).size === stages) choose(stages, [], problem.classes.map(({ count }) => count));
  };
  deal(0);
  return best;
}
