/** Intervals that count as equal, as a share of the time over which they were measured. */
const ROUNDING = 1e-9;

/**
 * Seconds between two ends once they come in a rhythm: over the last period of intervals that repeats. What went before does not count, since a device may
 * take a while to find its rhythm, and may change places of a receive and a send on the way. The mean over all if nothing repeats.
 *
 * @param ends ascending, at least two
 */
export function rhythm(ends: readonly number[]): number {
  const last = ends.length - 1;
  const span = ends[last]! - ends[0]!;
  const interval = (i: number): number => ends[i + 1]! - ends[i]!;
  for (let period = 1; 4 * period <= last; period++) {
    // three periods in a row, and never less than a few intervals
    const repeats = Array.from({ length: 2 * period + 2 }, (_, k) => last - 1 - k).every((i) => i >= period && Math.abs(interval(i) - interval(i - period)) <= ROUNDING * span);
    if (repeats) return (ends[last]! - ends[last - period]!) / period;
  }
  return span / last;
}
