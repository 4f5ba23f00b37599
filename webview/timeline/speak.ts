import { formatBytes, formatPercent, formatSeconds } from '../../src/shared/format';
import { BUBBLE_KINDS, TIMELINE_LANES, type TimelineDeviceView, type TimelineView } from '../../src/shared/timelineView';

/** What a timeline amounts to, in words. */
export function summaryOf({ schedule, totalSeconds, steadySeconds, bubbleFraction }: TimelineView): readonly string[] {
  return [
    `${formatSeconds(totalSeconds)} in all`,
    ...(steadySeconds === null ? [] : [`${formatSeconds(steadySeconds)} per ${schedule === 'stream' ? 'sample' : 'micro-batch'} once full`]),
    `${formatPercent(bubbleFraction)} bubbles`,
  ];
}

/** "Backward, micro-batch 3": what a piece of work is. Numbers as drawn, from 0. */
export function titleOf({ slices }: TimelineDeviceView, slice: number, trains: boolean): string {
  const pass = slices.backward[slice] === 1 ? 'backward' : 'forward';
  const doing = {
    receive: trains ? `Receives for ${pass}` : 'Receives',
    compute: trains ? `${pass[0]!.toUpperCase()}${pass.slice(1)}` : 'Computes',
    send: trains ? `Sends from ${pass}` : 'Sends',
    sync: 'Adds up gradients with its replicas',
  }[TIMELINE_LANES[slices.lane[slice]!]!];
  const chunk = slices.chunk[slice]! > 0 || slices.chunk.some((of) => of > 0) ? `, chunk ${slices.chunk[slice]}` : '';
  return `${doing}, ${trains ? 'micro-batch' : 'sample'} ${slices.microBatch[slice]}${chunk}`;
}

export const timesOf = ({ slices }: TimelineDeviceView, slice: number): string => `${formatSeconds(slices.seconds[slice]!)}, from ${formatSeconds(slices.start[slice]!)}`;

/** What a bubble is, in words. */
export function bubbleText({ bubbles }: TimelineDeviceView, bubble: number): readonly [string, string] {
  const why = { fill: 'Waits for its first work', wait: 'Waits for data', drain: 'Has nothing more to do' }[BUBBLE_KINDS[bubbles.kind[bubble]!]!];
  return [why, `${formatSeconds(bubbles.seconds[bubble]!)}, from ${formatSeconds(bubbles.start[bubble]!)}`];
}

/** Bytes in use at a moment, in words. */
export function memoryText({ memory, capacityBytes, weightBytes }: TimelineDeviceView, moment: number): readonly [string, string] {
  const bytes = bytesAt(memory, moment);
  const share = capacityBytes === null ? '' : `${formatPercent(bytes / capacityBytes)} of its memory; `;
  return [`${formatBytes(bytes)} in use at ${formatSeconds(moment)}`, `${share}weights ${formatBytes(weightBytes)}`];
}

const bytesAt = ({ seconds, bytes }: TimelineDeviceView['memory'], moment: number): number => bytes[memoryStepAt(seconds, moment)] ?? 0;

/** The last step at or before a moment; 0 before the first. */
export function memoryStepAt(seconds: readonly number[], moment: number): number {
  let low = 0;
  let high = seconds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (seconds[middle]! <= moment) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}

/** What a screen reader says of a cell: "Backward, micro-batch 3, stage 1 on gpu:1, 84 µs, from 1.02 ms, after waiting 20 µs, 12 MB in use". */
export function spokenCell({ schedule, devices }: TimelineView, row: number, slice: number): string {
  const device = devices[row]!;
  const { slices, bubbles, memory } = device;
  // a bubble that ends where the cell, or the receive before it, begins
  const begin = Math.min(slices.start[slice]!, ...receivesFor(device, slice));
  const waited = bubbles.start.findIndex((start, i) => Math.abs(start + bubbles.seconds[i]! - begin) <= 1e-9 * begin);
  return [
    titleOf(device, slice, schedule !== 'stream'),
    `stage ${slices.stage[slice]} on ${device.name}`,
    timesOf(device, slice),
    ...(waited < 0 ? [] : [`after waiting ${formatSeconds(bubbles.seconds[waited]!)}`]),
    `${formatBytes(bytesAt(memory, slices.start[slice]! + slices.seconds[slice]! / 2))} in use`,
  ].join(', ');
}

function receivesFor({ slices }: TimelineDeviceView, slice: number): number[] {
  const before: number[] = [];
  for (let i = 0; i < slice; i++) {
    if (TIMELINE_LANES[slices.lane[i]!] === 'receive' && slices.microBatch[i] === slices.microBatch[slice] && slices.backward[i] === slices.backward[slice] && slices.stage[i] === slices.stage[slice] && slices.chunk[i] === slices.chunk[slice]) before.push(slices.start[i]!);
  }
  return before;
}
