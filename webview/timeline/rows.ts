import { TIMELINE_LANES, type SlicesView, type TimelineDeviceView, type TimelineView } from '../../src/shared/timelineView';
import type { TimeWindow } from './timeWindow';

/** The lanes of a row as they are drawn: computing shares its lane with the exchange of gradients. */
export type DrawnLane = 'receive' | 'work' | 'send';

export const SYNC_LANE = TIMELINE_LANES.indexOf('sync');

/** One device: what it does by lanes, as indices into its slices, each lane by time. Slices of a lane follow each other. */
export interface Row {
  readonly device: TimelineDeviceView;
  readonly lanes: Readonly<Record<DrawnLane, Int32Array>>;
}

/** A piece of work on a device's computing lane. */
export interface Cell {
  readonly row: number;
  /** index into the slices of the row's device */
  readonly slice: number;
}

export function rowsOf({ devices }: TimelineView): readonly Row[] {
  return devices.map((device) => {
    const of = (...lanes: readonly (typeof TIMELINE_LANES)[number][]): Int32Array =>
      Int32Array.from(device.slices.lane.flatMap((lane, i) => (lanes.includes(TIMELINE_LANES[lane]!) ? [i] : [])));
    return { device, lanes: { receive: of('receive'), work: of('compute', 'sync'), send: of('send') } };
  });
}

/** Seconds of the shortest work, Infinity if there is none. */
export const shortestWork = (rows: readonly Row[]): number =>
  rows.reduce((least, { device, lanes }) => lanes.work.reduce((soFar, i) => Math.min(soFar, device.slices.seconds[i]!), least), Infinity);

/** Position in a lane of the first slice that ends after a moment; the lane's length if none does. */
export function firstEndingAfter({ start, seconds }: SlicesView, lane: Int32Array, moment: number): number {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const i = lane[middle]!;
    if (start[i]! + seconds[i]! > moment) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The slice of a lane at a moment, or -1. */
export function sliceAt(slices: SlicesView, lane: Int32Array, moment: number): number {
  const i = lane[firstEndingAfter(slices, lane, moment)] ?? -1;
  return i >= 0 && slices.start[i]! <= moment ? i : -1;
}

/** Slices that are drawn as one: a single one, or several that are too thin to be told apart. Pixels from the left end of the lanes. */
export interface Run {
  readonly left: number;
  readonly right: number;
  /** the first of them */
  readonly slice: number;
  readonly count: number;
  /** share of them that goes backward */
  readonly backward: number;
}

/** Pixels below which a slice is too thin to be drawn by itself. */
const THIN = 1.6;

/** What is seen of a lane. Slices out of sight are not looked at; thin neighbours become one run, so that no lane has more runs than pixels. */
export function visibleRuns(slices: SlicesView, lane: Int32Array, { from, perSecond }: TimeWindow, width: number): Run[] {
  const runs: Run[] = [];
  const leftOf = (i: number): number => (slices.start[i]! - from) * perSecond;
  for (let at = firstEndingAfter(slices, lane, from); at < lane.length; at++) {
    const slice = lane[at]!;
    const left = leftOf(slice);
    if (left > width) break;
    let right = left + slices.seconds[slice]! * perSecond;
    let count = 1;
    let backward = slices.backward[slice]!;
    while (right - left < THIN && at + 1 < lane.length && leftOf(lane[at + 1]!) < left + THIN) {
      const next = lane[++at]!;
      right = leftOf(next) + slices.seconds[next]! * perSecond;
      count++;
      backward += slices.backward[next]!;
    }
    runs.push({ left, right, slice, count, backward: backward / count });
  }
  return runs;
}
