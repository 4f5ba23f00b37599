import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatFlops, formatPercent, formatSeconds } from '../../../src/shared/format';

describe('numbers as people read them', () => {
  it.each<[string, string]>([
    [formatBytes(0), '0 B'],
    [formatBytes(999), '999 B'],
    [formatBytes(999.6), '1.00 kB'],
    [formatBytes(999_499), '999 kB'],
    [formatBytes(999_500), '1.00 MB'],
    [formatBytes(31.2e9), '31.2 GB'],
    [formatBytes(4.56e18), '4560 PB'],
    [formatBytes(Infinity), 'unlimited'],
    [formatFlops(604e6), '604 MFLOP'],
    [formatSeconds(0), '0 s'],
    [formatSeconds(0.00137), '1.37 ms'],
    [formatSeconds(0.9996), '1.00 s'],
    [formatSeconds(0.0009996), '1.00 ms'],
    [formatSeconds(2.1e-6), '2.10 µs'],
    [formatSeconds(3e-10), '0.300 ns'],
    [formatSeconds(123.4), '123 s'],
    [formatSeconds(-0.002), '-2.00 ms'],
    [formatCount(12), '12'],
    [formatCount(25.6e6), '25.6 M'],
    [formatPercent(0.018), '1.80 %'],
    [formatPercent(0), '0 %'],
    [formatPercent(1e-7), 'under 0.01 %'],
    [formatPercent(1), '100 %'],
    [formatPercent(Number.NaN), 'unknown'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });

  it('keeps three significant digits and the value, whatever the size', () => {
    const units: Record<string, number> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
    fc.assert(
      fc.property(fc.double({ min: 1, max: 9.99e17, noNaN: true }), (bytes) => {
        const [number = '', unit = ''] = formatBytes(bytes).split(' ');
        expect(Math.abs(Number(number) * units[unit]! - bytes)).toBeLessThanOrEqual(0.00501 * bytes);
        expect(number.replace('.', '').length).toBeLessThanOrEqual(3);
      }),
    );
  });
});
