import { describe, expect, it } from 'vitest';
import { pipelineOf } from '../../../src/engine/pipelineOf';
import type { Planned } from '../../../src/engine/planned';
import { stageLoads } from '../../../src/engine/stageLoads';
import { judge } from '../../../src/placement/judge';
import { solvePipeline } from '../../../src/placement/pipeline/solvePipeline';
import type { Placement, PlacementProblem } from '../../../src/placement/problem';
import { isTrained, stageLoad } from '../../../src/schedule/pipeline';
import { predictedSeconds, steadySeconds } from '../../../src/schedule/timeline';
import { unattended } from '../../../src/shared/progress';
import { UserError } from '../../../src/shared/userError';
import { randomPipeline } from '../placement/randomPipeline';
import { chainOf, plannedOn, steady } from './planned';

const OBJECTIVES = ['throughput', '1f1b', 'gpipe'] as const;

/** What `pipelineOf` reads of a plan, without a model. */
function planOf(problem: PlacementProblem, placement: Placement, objective: Planned['objective']): Planned {
  const devices = problem.classes.flatMap(({ name, count }) => Array.from({ length: count }, (_, k) => ({ name: `${name}:${k}` })));
  return { problem, placement, objective, loads: stageLoads({ problem, objective }, placement), input: { devices } } as unknown as Planned;
}

/** Plans of random problems: replicas, servers, training, all ways to overlap. */
async function* plans(seeds: number): AsyncGenerator<{ where: string; planned: Planned; placement: Placement }> {
  for (let seed = 0; seed < seeds; seed++) {
    const problem = randomPipeline(seed);
    for (const objective of OBJECTIVES) {
      try {
        const { placement } = await solvePipeline(problem, { objective, method: 'ideals' }, unattended);
        yield { where: `seed ${seed} ${objective}`, planned: planOf(problem, placement, objective), placement };
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
    }
  }
}

describe('the pipeline of a plan', () => {
  it('keeps every stage as busy as the evaluator says, and needs the memory that it says', async () => {
    let checked = 0;
    for await (const { where, planned, placement } of plans(150)) {
      const { problem, objective } = planned;
      const pipeline = pipelineOf(planned);
      const { loads } = judge(problem, placement, objective);
      pipeline.stages.forEach((stage, s) => {
        const load = loads[placement.order[s]!]!;
        const { seconds, forwardSeconds, backwardSeconds } = stageLoad(pipeline, stage);
        expect(seconds, where).toBeCloseTo(load.loadSeconds, 9);
        expect(forwardSeconds, where).toBeCloseTo(load.forwardSeconds, 9);
        expect(backwardSeconds, where).toBeCloseTo(load.backwardSeconds, 9);
        expect(stage.activationBytesPerMicroBatch * load.inFlight, where).toBeCloseTo(load.stashBytes, 9);
        expect(stage.weightBytes, where).toBe(load.residentBytes);
        expect(stage.sources.every((source) => source < s), where).toBe(true);
        checked++;
      });
    }
    expect(checked).toBeGreaterThan(300);
  });

  it('streams at the max-load that the plan promises', async () => {
    let checked = 0;
    for await (const { where, planned, placement } of plans(60)) {
      const { problem, objective } = planned;
      if (objective !== 'throughput') continue;
      const pipeline = pipelineOf(planned);
      if (isTrained(pipeline)) continue;
      const options = { schedule: 'stream', microBatches: 1 } as const;
      const { value } = judge(problem, placement, objective);
      expect(predictedSeconds(pipeline, options), where).toBeCloseTo(value, 9);
      expect(steadySeconds(pipeline, options), where).toBeCloseTo(value, 9);
      checked++;
    }
    expect(checked).toBeGreaterThan(10);
  });

  it('trains at the max-load, too, where nothing overlaps and no stage is replicated', async () => {
    let checked = 0;
    for await (const { where, planned, placement } of plans(150)) {
      const { problem, objective } = planned;
      const pipeline = pipelineOf(planned);
      if (objective !== '1f1b' || !isTrained(pipeline) || pipeline.devices.some(({ overlap }) => overlap !== 'none') || pipeline.devices.length !== pipeline.stages.length) continue;
      expect(steadySeconds(pipeline, { schedule: '1f1b', microBatches: 1 }), where).toBeCloseTo(judge(problem, placement, objective).value, 9);
      checked++;
    }
    expect(checked).toBeGreaterThan(5);
  });

  it('is made of what is transferred once, by sender and receivers', () => {
    const pipeline = pipelineOf(plannedOn(steady, chainOf(['Relu', 'Relu', 'Relu']), ['gpu:0', 'gpu:0', 'gpu:1']));
    expect(pipeline.devices).toEqual([{ name: 'gpu:0', overlap: 'none', capacityBytes: 1e6 }, { name: 'gpu:1', overlap: 'none', capacityBytes: 1e6 }]);
    const about = (seconds: number): unknown => expect.closeTo(seconds, 9);
    expect(pipeline.stages[0]).toMatchObject({ sources: [], backward: null, forward: { computeSeconds: about(2e-3), receiveSeconds: 0, sendSeconds: about(1e-4) } });
    expect(pipeline.stages[1]).toMatchObject({ sources: [0], backward: null, forward: { computeSeconds: about(1e-3), receiveSeconds: about(1e-4), sendSeconds: 0 } });
  });

  it('is none for a plan of one sample alone', () => {
    const planned = { ...plannedOn(steady, chainOf(['Relu', 'Relu']), ['gpu:0', 'gpu:1']), objective: 'latency' as const };
    expect(() => pipelineOf(planned)).toThrow(/latency of a single sample.*Partition for throughput/s);
  });
});
