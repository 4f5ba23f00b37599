import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inChunks } from '../../../src/schedule/chunks';
import { inFlightLimits } from '../../../src/schedule/order';
import { stageLoad, type Pipeline } from '../../../src/schedule/pipeline';
import { makeTimeline, predictedSeconds, schedulesFor, steadySeconds } from '../../../src/schedule/timeline';
import { aPipeline, equal, faults, pipelineOf, work } from './pipelines';

const all = ['none', 'compute', 'duplex', 'full'] as const;
const text = (pipeline: Pipeline, schedule: 'stream' | 'gpipe' | '1f1b' | 'interleaved', microBatches: number, chunks?: number): string[] => {
  const { simulation: { orders, visits } } = makeTimeline(pipeline, { schedule, microBatches, ...(chunks !== undefined && { chunks }) });
  return orders.map((order) => order.map((visit) => `${visits.isBackward(visit) ? 'B' : 'F'}${visits.microBatch(visit)}${chunks === undefined ? '' : `.${Math.floor(visits.stage(visit) / pipeline.devices.length)}`}`).join(' '));
};

describe('a stream of samples', () => {
  it('runs as computed by hand', () => {
    // d0: compute 2, send 1; d1: receive 1, compute 1
    const pipeline = pipelineOf([{ forward: work(2, 0, 1) }, { forward: work(1, 1, 0) }]);
    const { simulation, totalSeconds, firstSeconds, fillSeconds, drainSeconds, uses, bubbleFraction } = makeTimeline(pipeline, { schedule: 'stream', microBatches: 3 });
    expect([...simulation.computeAt]).toEqual([0, 3, 6, 4, 7, 10]);
    expect([...simulation.sendAt]).toEqual([2, 5, 8, 5, 8, 11]);
    expect({ totalSeconds, firstSeconds, fillSeconds, drainSeconds }).toEqual({ totalSeconds: 11, firstSeconds: 5, fillSeconds: 3, drainSeconds: 2 });
    expect(uses[0]!.bubbles).toEqual([{ startSeconds: 9, seconds: 2, kind: 'drain' }]);
    expect(uses[1]!.bubbles).toEqual([{ startSeconds: 0, seconds: 3, kind: 'fill' }, { startSeconds: 5, seconds: 1, kind: 'wait' }, { startSeconds: 8, seconds: 1, kind: 'wait' }]);
    expect(bubbleFraction).toBeCloseTo(1 - (9 + 6) / 22, 12);
  });

  it.each([
    // one device: compute 3, receive 2, send 1, three samples
    ['none', 18, 6],
    ['compute', 2 + 9 + 1, 3],
    ['duplex', 2 + 3 + 2 + 3 + 2 + 3 + 1, 5],
    ['full', 2 + 9 + 1, 3],
  ] as const)('overlaps as a device of kind %s does', (overlap, total, steady) => {
    const pipeline = pipelineOf([{ forward: work(3, 2, 1) }], overlap);
    expect(makeTimeline(pipeline, { schedule: 'stream', microBatches: 3 }).totalSeconds).toBe(total);
    expect(steadySeconds(pipeline, { schedule: 'stream', microBatches: 3 })).toBeCloseTo(steady, 12);
    expect(predictedSeconds(pipeline, { schedule: 'stream', microBatches: 3 })).toBe(steady);
  });

  it('deals samples out among replicas', () => {
    const pipeline = pipelineOf([{ forward: work(1) }, { forward: work(3), replicas: 3 }]);
    const { totalSeconds, simulation } = makeTimeline(pipeline, { schedule: 'stream', microBatches: 6 });
    expect(simulation.orders.slice(1).map((order) => order.map((visit) => simulation.visits.microBatch(visit)))).toEqual([[0, 3], [1, 4], [2, 5]]);
    expect(totalSeconds).toBe(9);
  });

  it('is measured by its rhythm, not by the visit at which a device changes the places of receiving and sending', () => {
    const pipeline = pipelineOf(
      [{ forward: work(2.5, 0.875, 4.5), replicas: 3 }, { forward: work(3.75, 5, 4.75), replicas: 4 }, { forward: work(2.75, 0.375, 4.5), replicas: 4 }],
      ['duplex', 'duplex', 'duplex', 'compute', 'compute', 'compute', 'compute', 'none', 'none', 'none', 'none'],
    );
    expect(steadySeconds(pipeline, { schedule: 'stream', microBatches: 1 })).toBeCloseTo((5 + 4.75) / 4, 9);
  });

  it('leaves the full pipeline at intervals of the largest load, whatever overlaps and however often stages are replicated', () => {
    fc.assert(
      fc.property(aPipeline({ trained: false, mostReplicas: 4, overlaps: all, chain: false }), (pipeline) => {
        const options = { schedule: 'stream', microBatches: 1 } as const;
        expect(steadySeconds(pipeline, options)).toBeCloseTo(predictedSeconds(pipeline, options), 9);
      }),
      { numRuns: 500 },
    );
  });
});

describe('schedules of training', () => {
  it('order micro-batches as computed by hand', () => {
    expect(text(equal(3, 1, 2), 'gpipe', 3)).toEqual(Array(3).fill('F0 F1 F2 B2 B1 B0'));
    expect(text(equal(3, 1, 2), '1f1b', 5)).toEqual(['F0 F1 F2 B0 F3 B1 F4 B2 B3 B4', 'F0 F1 B0 F2 B1 F3 B2 F4 B3 B4', 'F0 B0 F1 B1 F2 B2 F3 B3 F4 B4']);
    expect(text(equal(2, 1, 1), 'interleaved', 4, 2)).toEqual([
      'F0.0 F1.0 F0.1 F1.1 F2.0 B0.1 F3.0 B1.1 F2.1 B0.0 F3.1 B1.0 B2.1 B3.1 B2.0 B3.0',
      'F0.0 F1.0 F0.1 B0.1 F1.1 B1.1 F2.0 B0.0 F3.0 B1.0 F2.1 B2.1 F3.1 B3.1 B2.0 B3.0',
    ]);
  });

  it('take the time computed by hand where stages differ', () => {
    // d0: F 1, B 1; d1: F 2, B 4. 1F1B: d1 is busy from 1 on, then B of the last micro-batch on d0
    expect(makeTimeline(pipelineOf([{ forward: work(1), backward: work(1) }, { forward: work(2), backward: work(4) }]), { schedule: '1f1b', microBatches: 4 }).totalSeconds).toBe(1 + 4 * 6 + 1);
    // GPipe: F 1 + 4 * 2, B 4 * 4 + 1
    expect(makeTimeline(pipelineOf([{ forward: work(1), backward: work(1) }, { forward: work(2), backward: work(4) }]), { schedule: 'gpipe', microBatches: 4 }).totalSeconds).toBe(9 + 17);
  });

  it('leave bubbles of (P - 1) / (M + P - 1) where stages are equal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }), fc.constantFrom('gpipe', '1f1b'), (p, m, f, b, schedule) => {
        const { bubbleFraction, totalSeconds } = makeTimeline(equal(p, f, b), { schedule, microBatches: m });
        expect(totalSeconds).toBeCloseTo((m + p - 1) * (f + b), 9);
        expect(bubbleFraction).toBeCloseTo((p - 1) / (m + p - 1), 9);
      }),
    );
  });

  it('leave bubbles smaller by the number of chunks when interleaved', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (p, groups, v, f, b) => {
        const { bubbleFraction, totalSeconds } = makeTimeline(equal(p, f, b), { schedule: 'interleaved', microBatches: groups * p, chunks: v });
        expect(totalSeconds - groups * p * (f + b)).toBeCloseTo(((p - 1) * (f + b)) / v, 9);
        expect(bubbleFraction).toBeCloseTo((p - 1) / (v * groups * p + p - 1), 9);
      }),
    );
  });

  it('keep the order of data and the limits of devices', () => {
    fc.assert(
      fc.property(aPipeline({ trained: true, mostReplicas: 3, overlaps: all, chain: false }), fc.integer({ min: 1, max: 20 }), fc.constantFrom('stream', 'gpipe', '1f1b'), (pipeline, microBatches, schedule) => {
        const { simulation } = makeTimeline(pipeline, { schedule, microBatches });
        expect(faults(pipeline, simulation)).toEqual([]);
      }),
      { numRuns: 600 },
    );
    fc.assert(
      fc.property(aPipeline({ trained: true, mostReplicas: 1, overlaps: all }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 2, max: 3 }), (pipeline, groups, chunks) => {
        fc.pre(pipeline.stages.length > 1);
        const { simulation, pipeline: chunked } = makeTimeline(pipeline, { schedule: 'interleaved', microBatches: groups * pipeline.stages.length, chunks });
        expect(faults(chunked, simulation)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('keep no more micro-batches in flight in 1F1B than there are devices to the end', () => {
    fc.assert(
      fc.property(aPipeline({ trained: true, mostReplicas: 3, overlaps: all }), fc.integer({ min: 1, max: 20 }), (pipeline, microBatches) => {
        const { uses } = makeTimeline(pipeline, { schedule: '1f1b', microBatches });
        const limits = inFlightLimits(pipeline, microBatches);
        pipeline.stages.forEach(({ device, replicas }, s) => {
          for (let d = device; d < device + replicas; d++) {
            expect(uses[d]!.peakInFlight).toBeLessThanOrEqual(limits[s]!);
            expect(uses[d]!.peakBytes).toBeLessThanOrEqual(limits[s]!);
          }
        });
      }),
    );
    const p = 4;
    const peaks = (schedule: '1f1b' | 'gpipe', m: number): number[] => makeTimeline(equal(p, 1, 2), { schedule, microBatches: m }).uses.map(({ peakBytes }) => peakBytes);
    expect(peaks('1f1b', 10)).toEqual([4, 3, 2, 1]);
    expect(peaks('1f1b', 2)).toEqual([2, 2, 2, 1]);
    expect(peaks('gpipe', 10)).toEqual([10, 10, 10, 10]);
  });

  it('run a full pipeline at the largest load where nothing overlaps', () => {
    fc.assert(
      fc.property(aPipeline({ trained: true, mostReplicas: 1, overlaps: ['none'] }), fc.constantFrom('1f1b', 'gpipe'), (pipeline, schedule) => {
        expect(steadySeconds(pipeline, { schedule, microBatches: 1 })).toBeCloseTo(predictedSeconds(pipeline, { schedule, microBatches: 1 }), 9);
      }),
      { numRuns: 500 },
    );
  });

  it('are never faster than the largest load', () => {
    fc.assert(
      fc.property(aPipeline({ trained: true, mostReplicas: 3, overlaps: all }), fc.constantFrom('1f1b', 'gpipe'), (pipeline, schedule) => {
        const options = { schedule, microBatches: 1 } as const;
        // GPipe's passes meet only once: the loads of each combine by themselves
        expect(steadySeconds(pipeline, options)!).toBeGreaterThanOrEqual(predictedSeconds(pipeline, options) * (1 - 1e-9));
      }),
      { numRuns: 300 },
    );
    fc.assert(
      fc.property(aPipeline({ trained: true, mostReplicas: 3, overlaps: all }), fc.integer({ min: 1, max: 30 }), fc.constantFrom('1f1b', 'gpipe'), (pipeline, microBatches, schedule) => {
        const { totalSeconds } = makeTimeline(pipeline, { schedule, microBatches });
        // a device has at least floor(m / r) of the micro-batches of a stage of r replicas, each of which keeps it busy for r times the load
        for (const stage of pipeline.stages) expect(totalSeconds).toBeGreaterThanOrEqual(stageLoad(pipeline, stage).seconds * stage.replicas * Math.floor(microBatches / stage.replicas) * (1 - 1e-9));
      }),
    );
  });

  it('are the same with one chunk as with none', () => {
    const pipeline = equal(3, 1, 2);
    expect(inChunks(pipeline, 1)).toBe(pipeline);
  });
});

describe('memory over time', () => {
  it('holds weights always, activations from forward to backward, workspace while computing', () => {
    const pipeline = pipelineOf([{ forward: work(1), backward: work(2), weightBytes: 100, workspaceBytes: 10, stash: 1 }]);
    const { uses } = makeTimeline(pipeline, { schedule: 'gpipe', microBatches: 2 });
    expect(uses[0]!.memory).toEqual([
      { seconds: 0, bytes: 111 }, { seconds: 1, bytes: 112 }, { seconds: 4, bytes: 111 }, { seconds: 6, bytes: 100 },
    ]);
    expect(uses[0]).toMatchObject({ peakBytes: 112, peakInFlight: 2 });
  });
});

describe('what is refused', () => {
  it('are schedules that do not fit the pipeline', () => {
    expect(schedulesFor(equal(2, 1, null))).toEqual(['stream']);
    expect(schedulesFor(equal(2, 1, 1))).toEqual(['1f1b', 'gpipe', 'interleaved']);
    expect(schedulesFor(equal(1, 1, 1))).toEqual(['1f1b', 'gpipe']);
    expect(() => makeTimeline(equal(2, 1, null), { schedule: '1f1b', microBatches: 2 })).toThrow(/no backward part/);
    expect(() => makeTimeline(equal(2, 1, 1), { schedule: 'interleaved', microBatches: 5 })).toThrow(/multiple of the 2 stages, got 5\. Choose 4 or 6/);
    expect(() => makeTimeline(equal(2, 1, 1), { schedule: '1f1b', microBatches: 0 })).toThrow(/at least 1/);
    expect(() => makeTimeline(equal(2, 1, 1), { schedule: '1f1b', microBatches: 1e7 })).toThrow(/too many to simulate.*at most 500000/s);
  });

  it('is nothing of an empty pipeline', () => {
    expect(makeTimeline({ devices: [], stages: [] }, { schedule: 'stream', microBatches: 3 })).toMatchObject({ totalSeconds: 0, bubbleFraction: 0 });
  });
});
