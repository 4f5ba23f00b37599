import { describe, expect, it } from 'vitest';
import { timelineOf, timelineView } from '../../../src/engine/timeline';
import { TIMELINE_LANES } from '../../../src/shared/timelineView';
import { chainOf, judgedAnew, plannedOn, steady } from './planned';

/** Two stages: 2 ms and a transfer, a transfer and 1 ms. */
const inference = plannedOn(steady, chainOf(['Relu', 'Relu', 'Relu']), ['gpu:0', 'gpu:0', 'gpu:1']);

/** The same, trained: backward parts of twice the time, and gradients that travel for free. */
const trained = judgedAnew(inference, {
  objective: '1f1b',
  problem: {
    ...inference.problem,
    training: {
      seconds: inference.problem.seconds.map((of) => of.map((seconds) => 2 * seconds)),
      gradientSeconds: inference.problem.nets.map(() => inference.problem.classes.map(() => 0)),
      stashBytes: Float64Array.from(inference.problem.labels, () => 10),
      microBatches: 6,
    },
  },
});

describe('the timeline of a plan', () => {
  it('streams samples, by default enough to see fill and drain', () => {
    const { timeline, offered, steadySeconds, predictedSeconds, notes } = timelineOf(inference, {});
    expect(timeline.options).toMatchObject({ schedule: 'stream', microBatches: 8 });
    expect(offered).toEqual(['stream']);
    expect(steadySeconds).toBeCloseTo(2.1e-3, 9);
    expect(predictedSeconds).toBeCloseTo(2.1e-3, 9);
    // eight samples leave the first stage, the last of them passes the second
    expect(timeline.totalSeconds).toBeCloseTo(8 * 2.1e-3 + 1.1e-3, 9);
    expect(notes).toEqual([]);
  });

  it('trains with the batch of the plan, in the order that it was made for', () => {
    const { timeline, offered } = timelineOf(trained, {});
    expect(timeline.options).toMatchObject({ schedule: '1f1b', microBatches: 6 });
    expect(offered).toEqual(['1f1b', 'gpipe', 'interleaved']);
    expect(timelineOf({ ...trained, objective: 'gpipe' }, {}).offered[0]).toBe('gpipe');
    // two stages keep 2 and 1 micro-batches of 20 and 10 bytes
    expect(timeline.uses.map(({ peakInFlight }) => peakInFlight)).toEqual([2, 1]);
  });

  it('takes the next batch that an interleaved schedule can deal out, and says that it is an estimate', () => {
    const odd = judgedAnew(trained, { problem: { ...trained.problem, training: { ...trained.problem.training!, microBatches: 5 } } });
    const { timeline, notes } = timelineOf(odd, { schedule: 'interleaved' });
    expect(timeline.options.microBatches).toBe(6);
    expect(notes[0]).toMatch(/^An estimate.*2 chunks/);
  });

  it('says where the memory does not suffice', () => {
    const tight = judgedAnew(trained, { problem: { ...trained.problem, classes: trained.problem.classes.map((cls) => ({ ...cls, memoryBytes: 100 })) } });
    const over = (schedule: string): boolean => timelineOf(tight, { schedule }).notes.some((note) => /memory does not suffice: gpu:0 needs \d+ B of 100 B/.test(note));
    expect(over('gpipe')).toBe(true);
  });

  it('refuses what does not fit, in one sentence', () => {
    expect(() => timelineOf(inference, { schedule: 'waltz' })).toThrow(/there is no 'waltz'/);
    expect(() => timelineOf(inference, { schedule: '1f1b' })).toThrow(/no backward part/);
    expect(() => timelineOf(trained, { schedule: 'stream' })).toThrow(/'stream' is inference, and this plan trains/);
    expect(() => timelineView(inference, { microBatches: 100_000 })).toThrow(/more than can be shown\. Choose at most 12000/);
  });
});

describe('the view of a timeline', () => {
  it('offers the numbers of micro-batches that the schedule can run, with those of the plan and of the request', () => {
    expect(timelineView(inference, {}).offeredMicroBatches).toEqual([8, 16, 32, 64, 128]);
    expect(timelineView(trained, { microBatches: 7 }).offeredMicroBatches).toEqual([2, 4, 6, 7, 8, 16, 32, 64]);
    for (const microBatches of timelineView(trained, { schedule: 'interleaved' }).offeredMicroBatches) expect(() => timelineView(trained, { schedule: 'interleaved', microBatches })).not.toThrow();
  });

  it('carries every piece of work once, within the time, and memory against capacity', () => {
    for (const schedule of ['1f1b', 'gpipe', 'interleaved']) {
      const view = timelineView(trained, { schedule });
      const [chunks, stages, passes] = [schedule === 'interleaved' ? 2 : 1, 2, 2];
      const compute = view.devices.flatMap(({ slices }) => slices.lane.map((lane, i) => ({ lane, id: [slices.stage[i], slices.chunk[i], slices.microBatch[i], slices.backward[i]].join() }))).filter(({ lane }) => TIMELINE_LANES[lane] === 'compute');
      expect(new Set(compute.map(({ id }) => id)).size).toBe(chunks * stages * passes * view.microBatches);
      expect(compute.length).toBe(chunks * stages * passes * view.microBatches);
      view.devices.forEach(({ slices, memory, peakBytes, capacityBytes, busySeconds, bubbles, stages: own }, device) => {
        expect(own).toEqual([device]);
        slices.start.forEach((start, i) => expect(start + slices.seconds[i]!).toBeLessThanOrEqual(view.totalSeconds * (1 + 1e-12)));
        expect([...slices.start].sort((a, b) => a - b)).toEqual(slices.start);
        expect(Math.max(...memory.bytes)).toBe(peakBytes);
        expect(capacityBytes).toBe(1e6);
        expect(busySeconds + bubbles.seconds.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(view.totalSeconds, 12);
      });
    }
  });
});
