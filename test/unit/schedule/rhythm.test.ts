import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rhythm } from '../../../src/schedule/rhythm';

/** Moments with these intervals between them. */
const endsOf = (intervals: readonly number[]): number[] => intervals.reduce((ends, interval) => [...ends, ends.at(-1)! + interval], [0]);

describe('a rhythm', () => {
  it('is that of what repeats, whatever went before', () => {
    const some = (minLength: number, maxLength: number) => fc.array(fc.integer({ min: 1, max: 9 }), { minLength, maxLength });
    fc.assert(
      fc.property(some(0, 10), some(1, 4), (before, period) => {
        const ends = endsOf([...before, ...Array.from({ length: 12 }, () => period).flat()]);
        expect(rhythm(ends)).toBeCloseTo(period.reduce((sum, interval) => sum + interval, 0) / period.length, 9);
      }),
    );
  });

  it('is the mean where nothing repeats', () => {
    expect(rhythm([0, 1])).toBe(1);
    expect(rhythm(endsOf([1, 2, 3, 4, 5, 6, 7, 8]))).toBe(4.5);
  });
});
