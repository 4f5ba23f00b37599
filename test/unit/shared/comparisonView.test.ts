import { describe, expect, it } from 'vitest';
import { comparisonOf, gainSentence, gapOf, type MethodRow, type PlanComparison } from '../../../src/shared/comparisonView';

const row = (method: string, contiguous: boolean, value: number | null, lowerBound: number | null): MethodRow => ({ method, contiguous, value, lowerBound, optimal: false, devices: 1, seconds: 0, problem: value === null ? 'no' : '' });

describe('methods put together', () => {
  it('take a bound on all placements for contiguous ones, and not the reverse', () => {
    const together = comparisonOf('throughput', [row('ideals', true, 12, 12), row('integer', false, 11, 10), row('greedy', true, 15, 0), row('one-device', true, null, null)]);
    expect([together.contiguousBound, together.bound]).toEqual([12, 10]);
    expect(together.rows.map((each) => gapOf(each, together))).toEqual([0, expect.closeTo(0.1, 12), 0.25, null]);
    expect(comparisonOf('throughput', [row('integer', false, 11, 10)]).contiguousBound).toBe(10);
  });
});

describe('what a plan gains', () => {
  const side = { name: 'a', cluster: 'c', objective: 'throughput', value: 2, lowerBound: 1, optimal: false, stages: 2, tensorsCut: 1, bytesCut: 8, maxLoadSeconds: 2, fullest: { device: 'gpu:0', bytes: 1, capacityBytes: null }, stageViews: [] };
  const comparison: PlanComparison = { modelName: 'm', sides: [side, { ...side, value: 9 }], moves: [], moved: ['t'], sameCluster: true, movedBy: 'device', differs: [], stageBefore: [], flows: [], secondOnFirst: 1, incomparable: '' };

  it.each([
    [{}, 'The second takes 50.0 % less time per sample. 1 operator moved.'],
    [{ secondOnFirst: 3, moved: ['t', 'u'] }, 'The second takes 50.0 % more time per sample. 2 operators moved.'],
    [{ secondOnFirst: 2, moved: [] }, 'Both take the same time. No operator moved.'],
    [{ secondOnFirst: null, incomparable: 'the first cluster has no device gpu:2', sameCluster: false }, 'The times are of different things: the first cluster has no device gpu:2. 1 operator moved (devices are compared by class and position, as the clusters differ).'],
    [{ moved: ['t', 'u'], sameCluster: false, movedBy: 'stage' as const }, 'The second takes 50.0 % less time per sample. 2 operators moved (stages are compared by number, as the clusters have other devices).'],
  ])('%j is said on the terms of the first plan', (change, text) => {
    expect(gainSentence({ ...comparison, ...change })).toBe(text);
  });
});
