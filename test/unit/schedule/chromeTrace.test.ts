import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chromeTrace } from '../../../src/schedule/chromeTrace';
import { makeTimeline } from '../../../src/schedule/timeline';
import { aPipeline, pipelineOf, work } from './pipelines';

interface Event { ph: string; pid: number; tid: number; ts: number; dur: number; id: number; name: string; args: Record<string, unknown>; bp?: string }
const read = (text: string): { displayTimeUnit: string; traceEvents: Event[] } => JSON.parse(text) as { displayTimeUnit: string; traceEvents: Event[] };

describe('a Chrome trace', () => {
  it('says in microseconds what happens on each lane', () => {
    const pipeline = pipelineOf([{ forward: work(2, 0, 1), weightBytes: 7 }, { forward: work(1, 1, 0) }]);
    const { displayTimeUnit, traceEvents } = read(chromeTrace(makeTimeline(pipeline, { schedule: 'stream', microBatches: 1 }), 'm.onnx'));
    expect(displayTimeUnit).toBe('ms');
    const slices = traceEvents.filter(({ ph }) => ph === 'X').map(({ pid, tid, name, ts, dur }) => ({ pid, tid, name, ts, dur }));
    expect(slices).toEqual([
      { pid: 0, tid: 1, name: 'F0', ts: 0, dur: 2e6 }, { pid: 0, tid: 3, name: 'F0', ts: 2e6, dur: 1e6 },
      { pid: 1, tid: 2, name: 'F0', ts: 3e6, dur: 1e6 }, { pid: 1, tid: 1, name: 'F0', ts: 4e6, dur: 1e6 },
    ]);
    expect(traceEvents.filter(({ name }) => name === 'process_name').map(({ args }) => args['name'])).toEqual(['d0: stage 0', 'd1: stage 1']);
    expect(traceEvents.filter(({ name }) => name === 'thread_name').map(({ pid, args }) => `${pid} ${args['name'] as string}`)).toEqual(['0 compute', '0 send', '1 receive', '1 compute']);
    expect(traceEvents.filter(({ ph }) => ph === 'C' ).map(({ pid, ts, args }) => [pid, ts, args['bytes']])).toEqual([[0, 0, 7], [1, 0, 0]]);
    expect(traceEvents.filter(({ ph }) => ph === 's' || ph === 'f').map(({ ph, pid, tid, ts, bp }) => [ph, pid, tid, ts, bp])).toEqual([['s', 0, 3, 2.5e6, undefined], ['f', 1, 2, 3.5e6, 'e']]);
  });

  it('has slices of one thread beside each other, and arrows that begin and end within slices and forward in time', () => {
    fc.assert(
      fc.property(aPipeline({ trained: true, mostReplicas: 2, overlaps: ['none', 'compute', 'duplex', 'full'], chain: false }), fc.integer({ min: 1, max: 6 }), fc.constantFrom('stream', '1f1b', 'gpipe'), (pipeline, microBatches, schedule) => {
        const { traceEvents } = read(chromeTrace(makeTimeline(pipeline, { schedule, microBatches }), ''));
        const byThread = new Map<string, Event[]>();
        for (const event of traceEvents.filter(({ ph }) => ph === 'X')) {
          const key = `${event.pid} ${event.tid}`;
          byThread.set(key, [...(byThread.get(key) ?? []), event]);
        }
        for (const slices of byThread.values()) {
          slices.sort((a, b) => a.ts - b.ts).forEach(({ ts }, i) => expect(i === 0 ? 0 : slices[i - 1]!.ts + slices[i - 1]!.dur).toBeLessThanOrEqual(ts + 1e-3));
        }
        const within = ({ pid, tid, ts }: Event): boolean => byThread.get(`${pid} ${tid}`)!.some((slice) => slice.ts <= ts && ts <= slice.ts + slice.dur);
        const starts = new Map(traceEvents.filter(({ ph }) => ph === 's').map((event) => [event.id, event]));
        const ends = traceEvents.filter(({ ph }) => ph === 'f');
        expect(ends.length).toBe(starts.size);
        for (const end of ends) {
          expect(within(end) && within(starts.get(end.id)!)).toBe(true);
          expect(starts.get(end.id)!.ts).toBeLessThan(end.ts);
        }
      }),
    );
  });
});
