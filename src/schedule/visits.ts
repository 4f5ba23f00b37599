import type { Pipeline, Work } from './pipeline';

/** One pass of one micro-batch through one stage, as a number: so that columns can be indexed by it. */
export interface Visits {
  readonly microBatches: number;
  readonly count: number;
  readonly forward: (stage: number, microBatch: number) => number;
  readonly backward: (stage: number, microBatch: number) => number;
  readonly stage: (visit: number) => number;
  readonly microBatch: (visit: number) => number;
  readonly isBackward: (visit: number) => boolean;
  readonly device: (visit: number) => number;
  readonly work: (visit: number) => Work;
  /** time of the exchange of gradients after the visit */
  readonly syncSeconds: (visit: number) => number;
  /** calls `use` with each visit that waits for this one's data */
  readonly dependents: (visit: number, use: (dependent: number) => void) => void;
  /** visits whose data this one waits for */
  readonly needs: (visit: number) => number;
}

/**
 * Numbers the visits of a pipeline. A forward part waits for those of the stages it receives from; a backward part for its own forward part and for the
 * backward parts of the stages that it sent to.
 */
export function visitsOf({ stages }: Pipeline, microBatches: number, passes: 1 | 2): Visits {
  const count = stages.length;
  const backwardFrom = count * microBatches;
  const receivers: number[][] = stages.map(() => []);
  stages.forEach(({ sources }, s) => sources.forEach((source) => receivers[source]!.push(s)));
  const stage = (visit: number): number => Math.floor(visit / microBatches) % count;
  const microBatch = (visit: number): number => visit % microBatches;
  const isBackward = (visit: number): boolean => visit >= backwardFrom;
  return {
    microBatches,
    count: passes * backwardFrom,
    forward: (s, m) => s * microBatches + m,
    backward: (s, m) => backwardFrom + s * microBatches + m,
    stage,
    microBatch,
    isBackward,
    device: (visit) => {
      const { device, replicas } = stages[stage(visit)]!;
      return device + (microBatch(visit) % replicas);
    },
    work: (visit) => {
      const of = stages[stage(visit)]!;
      return isBackward(visit) ? of.backward! : of.forward;
    },
    syncSeconds: (visit) => (isBackward(visit) ? stages[stage(visit)]!.syncSeconds : 0),
    dependents: (visit, use) => {
      const s = stage(visit);
      const m = microBatch(visit);
      if (isBackward(visit)) {
        for (const source of stages[s]!.sources) use(backwardFrom + source * microBatches + m);
        return;
      }
      for (const receiver of receivers[s]!) use(receiver * microBatches + m);
      if (passes === 2) use(visit + backwardFrom);
    },
    needs: (visit) => (isBackward(visit) ? 1 + receivers[stage(visit)]!.length : stages[stage(visit)]!.sources.length),
  };
}
