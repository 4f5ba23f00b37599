import fc from 'fast-check';
import type { Overlap, Pipeline, PipelineStage, Work } from '../../../src/schedule/pipeline';
import { slicesOf, type Lane, type Slice } from '../../../src/schedule/measure';
import type { Simulation } from '../../../src/schedule/simulate';

export const work = (computeSeconds: number, receiveSeconds = 0, sendSeconds = 0): Work => ({ computeSeconds, receiveSeconds, sendSeconds });

export interface StageOptions {
  readonly forward: Work;
  readonly backward?: Work | null;
  readonly replicas?: number;
  readonly sources?: readonly number[];
  readonly syncSeconds?: number;
  readonly weightBytes?: number;
  readonly workspaceBytes?: number;
  readonly stash?: number;
}

/** A pipeline on devices d0, d1, …; each stage receives from the one before unless it says otherwise. */
export function pipelineOf(stages: readonly StageOptions[], overlap: Overlap | readonly Overlap[] = 'none'): Pipeline {
  let device = 0;
  const made = stages.map((of, s): PipelineStage => {
    const { replicas = 1 } = of;
    const at = device;
    device += replicas;
    return {
      name: String(s), device: at, replicas, sources: of.sources ?? (s === 0 ? [] : [s - 1]), forward: of.forward, backward: of.backward ?? null,
      syncSeconds: of.syncSeconds ?? 0, weightBytes: of.weightBytes ?? 0, workspaceBytes: of.workspaceBytes ?? 0, activationBytesPerMicroBatch: of.stash ?? 0,
    };
  });
  return { devices: Array.from({ length: device }, (_, d) => ({ name: `d${d}`, overlap: typeof overlap === 'string' ? overlap : overlap[d % overlap.length]!, capacityBytes: null })), stages: made };
}

export const equal = (p: number, forward: number, backward: number | null): Pipeline =>
  pipelineOf(Array.from({ length: p }, () => ({ forward: work(forward), backward: backward === null ? null : work(backward), stash: 1 })));

const seconds = fc.integer({ min: 0, max: 40 }).map((n) => n / 8);
const positive = fc.integer({ min: 1, max: 40 }).map((n) => n / 8);
const aWork = fc.record({ computeSeconds: positive, receiveSeconds: seconds, sendSeconds: seconds });
export const anOverlap = fc.constantFrom<Overlap>('none', 'compute', 'duplex', 'full');

/** Random pipelines; sources may skip stages, and a stage may have several or none. */
export const aPipeline = (options: { readonly trained: boolean; readonly mostReplicas: number; readonly overlaps: readonly Overlap[]; readonly chain?: boolean }): fc.Arbitrary<Pipeline> =>
  fc
    .array(
      fc.record({ forward: aWork, backward: options.trained ? aWork : fc.constant(null), replicas: fc.integer({ min: 1, max: options.mostReplicas }), skips: fc.array(fc.nat(4), { maxLength: 2 }), sync: seconds }),
      { minLength: 1, maxLength: 5 },
    )
    .chain((stages) =>
      fc.array(fc.constantFrom(...options.overlaps), { minLength: stages.length, maxLength: stages.length }).map((overlaps) => {
        const classes: Overlap[] = stages.flatMap(({ replicas }, s) => Array.from({ length: replicas }, () => overlaps[s]!));
        return pipelineOf(
          stages.map(({ forward, backward, replicas, skips, sync }, s) => ({
            forward, backward, replicas, stash: 1, syncSeconds: replicas > 1 && options.trained ? sync : 0,
            sources: options.chain !== false ? (s === 0 ? [] : [s - 1]) : [...new Set(skips.map((skip) => s - 1 - skip).filter((q) => q >= 0))].sort((a, b) => a - b),
          })),
          classes,
        );
      }),
    );

/** What is wrong with a simulation by the rules of its pipeline, in sentences; shares nothing with the simulator. */
export function faults(pipeline: Pipeline, simulation: Simulation): string[] {
  const { visits } = simulation;
  const wrong: string[] = [];
  const eps = 1e-9;
  const seen = new Set(simulation.orders.flat());
  if (seen.size !== visits.count || simulation.orders.flat().length !== visits.count) wrong.push('not every visit is run once');
  // which lanes of a device exclude each other
  const exclusive: Readonly<Record<Overlap, readonly (readonly Lane[])[]>> = {
    none: [['receive', 'compute', 'send', 'sync']],
    compute: [['compute', 'sync'], ['receive', 'send', 'sync']],
    duplex: [['receive', 'compute', 'sync'], ['send', 'compute', 'sync']],
    full: [['receive', 'sync'], ['compute', 'sync'], ['send', 'sync']],
  };
  pipeline.devices.forEach(({ overlap, name }, device) => {
    const slices = simulation.orders[device]!.flatMap((visit) => slicesOf(simulation, visit));
    for (const together of exclusive[overlap]) {
      const own: Slice[] = slices.filter(({ lane }) => together.includes(lane)).sort((a, b) => a.startSeconds - b.startSeconds);
      own.forEach((slice, i) => {
        const before = own[i - 1];
        if (before && before.startSeconds + before.seconds > slice.startSeconds + eps) wrong.push(`${name}: ${before.lane} and ${slice.lane} overlap at ${slice.startSeconds}`);
      });
    }
  });
  for (let visit = 0; visit < visits.count; visit++) {
    const s = visits.stage(visit);
    const m = visits.microBatch(visit);
    const { computeSeconds, receiveSeconds, sendSeconds } = visits.work(visit);
    const [receive, compute, send, end] = [simulation.receiveAt[visit]!, simulation.computeAt[visit]!, simulation.sendAt[visit]!, simulation.endAt[visit]!];
    if (!(receive >= 0 && compute >= receive + receiveSeconds - eps && send >= compute + computeSeconds - eps && end >= send + sendSeconds - eps)) wrong.push(`visit ${visit} is out of order`);
    const inputs = visits.isBackward(visit)
      ? [visits.forward(s, m), ...pipeline.stages.flatMap(({ sources }, t) => (sources.includes(s) ? [visits.backward(t, m)] : []))]
      : pipeline.stages[s]!.sources.map((source) => visits.forward(source, m));
    for (const input of inputs) {
      const there = simulation.sendAt[input]! + visits.work(input).sendSeconds;
      if (receive < there - eps) wrong.push(`stage ${s}, micro-batch ${m} begins at ${receive}, its input is there at ${there}`);
    }
  }
  return wrong;
}
