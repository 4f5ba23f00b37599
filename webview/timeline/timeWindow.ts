/** Which part of the time is seen: x = (seconds − from) · perSecond, in CSS pixels from the left end of the lanes. */
export interface TimeWindow {
  readonly from: number;
  readonly perSecond: number;
}

/** Pixels that the shortest work may be stretched to. */
const WIDEST = 160;
/** Room at the right end, so that the last cell's border is seen. */
const MARGIN = 10;
/** Pixels between two ticks, at least. */
const TICK_SPACING = 84;

/** All of the time. */
export const wholeTime = (totalSeconds: number, width: number): TimeWindow => ({ from: 0, perSecond: Math.max(1, width - MARGIN) / (totalSeconds > 0 ? totalSeconds : 1) });

/** Zooms by a factor so that the moment at pixel `px` stays there; not further out than the whole, nor further in than the shortest work needs. */
export function zoomTime(window: TimeWindow, factor: number, px: number, totalSeconds: number, shortestSeconds: number, width: number): TimeWindow {
  const least = wholeTime(totalSeconds, width).perSecond;
  const perSecond = Math.max(least, Math.min(Math.max(least, WIDEST / shortestSeconds), window.perSecond * factor));
  return keepInTime({ perSecond, from: window.from + px / window.perSecond - px / perSecond }, totalSeconds, width);
}

/** Ends at the ends of the time. */
export function keepInTime(window: TimeWindow, totalSeconds: number, width: number): TimeWindow {
  const latest = totalSeconds - (width - MARGIN) / window.perSecond;
  return { ...window, from: Math.max(0, Math.min(latest, window.from)) };
}

/** Moves as little as possible so that an interval is in sight, its beginning first. */
export function showInterval(window: TimeWindow, start: number, seconds: number, totalSeconds: number, width: number): TimeWindow {
  const seen = width / window.perSecond;
  const margin = Math.min(seen / 4, 24 / window.perSecond);
  const end = start + seconds + margin - seen;
  const from = window.from > start - margin || seconds + 2 * margin > seen ? start - margin : Math.max(window.from, end);
  return keepInTime({ ...window, from }, totalSeconds, width);
}

/** Between two windows, t from 0 to 1: both ends move evenly. */
export function betweenWindows(a: TimeWindow, b: TimeWindow, t: number): TimeWindow {
  const mixed = (from: number, to: number): number => from + (to - from) * t;
  return { from: mixed(a.from, b.from), perSecond: 1 / mixed(1 / a.perSecond, 1 / b.perSecond) };
}

/** Moments at round numbers (1, 2 or 5 times a power of ten), far enough apart to write beside each. */
export function ticks({ from, perSecond }: TimeWindow, width: number): number[] {
  const least = TICK_SPACING / perSecond;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5, 10].find((multiple) => multiple * power >= least * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor((from + width / perSecond) / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}
