import { evaluate } from '../../../src/placement/evaluate';
import type { PlacementProblem } from '../../../src/placement/problem';
import { random, randomProblem } from './randomProblem';

/** A small problem with a derived backward pass, with stages of several devices, or with both. */
export function randomPipeline(seed: number): PlacementProblem {
  const next = random(seed * 7919 + 13);
  const below = (k: number): number => Math.floor(next() * k);
  const plain = randomProblem(seed, 5);
  const spread = next() < 0.35;
  // two servers of one or two devices of each class
  const base = spread ? { ...plain, classes: plain.classes.slice(0, 2).map((cls, c) => ({ ...cls, count: c === 0 ? 2 * (1 + below(2)) : 2 * below(2) })), seconds: plain.seconds.slice(0, 2), nets: plain.nets.map((net) => ({ ...net, transferSeconds: net.transferSeconds.slice(0, 2) })) } : plain;
  const n = base.labels.length;
  const limited = base.classes.some((cls) => Number.isFinite(cls.memoryBytes));
  const trained = next() < 0.6;
  const slower = (of: readonly number[]): readonly number[] => of.map((t) => t + below(4) / 2);
  return {
    ...base,
    ...(spread && {
      servers: {
        count: 2,
        crossSeconds: base.nets.map(({ transferSeconds }) => slower(transferSeconds)),
        crossGradientSeconds: base.nets.map(() => base.classes.map(() => (trained ? below(5) : 0))),
      },
    }),
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

/** The best value over all ways to deal the operators out to stages in a row, and all classes, widths and servers (in turn) of the stages; Infinity if none is valid. */
export function bruteForcePipeline(problem: PlacementProblem, objective: 'throughput' | '1f1b' | 'gpipe'): number {
  const servers = problem.servers?.count ?? 1;
  const n = problem.labels.length;
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  const starts = problem.classes.map((_, c) => problem.classes.slice(0, c).reduce((sum, { count }) => sum + count, 0));
  const most = problem.replication?.most ?? 1;
  let best = Infinity;
  const stageOf = new Int32Array(n);

  const choose = (stages: number, kinds: readonly { c: number; width: number; server: number }[], free: readonly (readonly number[])[]): void => {
    if (kinds.length === stages) {
      const taken = problem.classes.map(() => new Array<number>(servers).fill(0));
      const order = kinds.map(({ c, width, server }) => starts[c]! + server * (problem.classes[c]!.count / servers) + (taken[c]![server]! += width) - width);
      const assignment = stageOf.map((s) => order[s]!);
      const { value, violations } = evaluate(problem, assignment, { objective, order, replicas: kinds.map(({ width }) => width) });
      if (violations.length === 0) best = Math.min(best, value);
      return;
    }
    problem.classes.forEach((_, c) => {
      for (let server = kinds.at(-1)?.server ?? 0; server < servers; server++) {
        for (let width = 1; width <= Math.min(most, free[c]![server]!); width++) {
          choose(stages, [...kinds, { c, width, server }], free.map((of, d) => of.map((f, other) => (d === c && other === server ? f - width : f))));
        }
      }
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
    if (new Set(stageOf).size === stages) choose(stages, [], problem.classes.map(({ count }) => new Array<number>(servers).fill(count / servers)));
  };
  deal(0);
  return best;
}
