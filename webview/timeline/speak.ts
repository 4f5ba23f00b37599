import { t } from '@vscode/l10n';
import { formatBytes, formatPercent, formatSeconds } from '../../src/shared/format';
import { BUBBLE_KINDS, TIMELINE_LANES, type TimelineDeviceView, type TimelineView } from '../../src/shared/timelineView';

/** What a timeline amounts to, in words. */
export function summaryOf({ schedule, totalSeconds, steadySeconds, bubbleFraction }: TimelineView): readonly string[] {
  return [
    t({ message: '{0} in all', args: [formatSeconds(totalSeconds)], comment: 'A time' }),
    ...(steadySeconds === null
      ? []
      : [
          schedule === 'stream'
            ? t({ message: '{0} per sample once full', args: [formatSeconds(steadySeconds)], comment: 'A time; once the pipeline is full' })
            : t({ message: '{0} per micro-batch once full', args: [formatSeconds(steadySeconds)], comment: 'A time; once the pipeline is full' }),
        ]),
    t({ message: '{0} bubbles', args: [formatPercent(bubbleFraction)], comment: 'Share of the time in which devices wait' }),
  ];
}

/** "Backward, micro-batch 3": what a piece of work is. Numbers as drawn, from 0. */
export function titleOf({ slices }: TimelineDeviceView, slice: number, trains: boolean): string {
  const batch = slices.microBatch[slice]!;
  return [
    doing(TIMELINE_LANES[slices.lane[slice]!]!, trains, slices.backward[slice] === 1),
    trains ? t('micro-batch {0}', batch) : t('sample {0}', batch),
    ...(slices.chunk.some((of) => of > 0) ? [t({ message: 'chunk {0}', args: [slices.chunk[slice]!], comment: 'Chunk of the model, where a device holds several' })] : []),
  ].join(', ');
}

function doing(lane: (typeof TIMELINE_LANES)[number], trains: boolean, backward: boolean): string {
  switch (lane) {
    case 'receive':
      if (!trains) return t({ message: 'Receives', comment: 'What a device does' });
      return backward ? t({ message: 'Receives for backward', comment: 'What a device does: for the backward pass' }) : t({ message: 'Receives for forward', comment: 'What a device does: for the forward pass' });
    case 'compute':
      if (!trains) return t({ message: 'Computes', comment: 'What a device does' });
      return backward ? t({ message: 'Backward', comment: 'What a device does: the backward pass' }) : t({ message: 'Forward', comment: 'What a device does: the forward pass' });
    case 'send':
      if (!trains) return t({ message: 'Sends', comment: 'What a device does' });
      return backward ? t({ message: 'Sends from backward', comment: 'What a device does: what the backward pass gave' }) : t({ message: 'Sends from forward', comment: 'What a device does: what the forward pass gave' });
    case 'sync':
      return t({ message: 'Adds up gradients with its replicas', comment: 'What a device does' });
  }
}

const fromMoment = (seconds: number, start: number): string => t({ message: '{0}, from {1}', args: [formatSeconds(seconds), formatSeconds(start)], comment: 'How long something takes, and when it begins' });

export const timesOf = ({ slices }: TimelineDeviceView, slice: number): string => fromMoment(slices.seconds[slice]!, slices.start[slice]!);

/** What a bubble is, in words. */
export function bubbleText({ bubbles }: TimelineDeviceView, bubble: number): readonly [string, string] {
  const why = { fill: t('Waits for its first work'), wait: t('Waits for data'), drain: t('Has nothing more to do') }[BUBBLE_KINDS[bubbles.kind[bubble]!]!];
  return [why, fromMoment(bubbles.seconds[bubble]!, bubbles.start[bubble]!)];
}

/** Bytes in use at a moment, in words. */
export function memoryText({ memory, capacityBytes, weightBytes }: TimelineDeviceView, moment: number): readonly [string, string] {
  const bytes = bytesAt(memory, moment);
  return [
    t({ message: '{0} in use at {1}', args: [formatBytes(bytes), formatSeconds(moment)], comment: 'Memory, and a moment' }),
    capacityBytes === null ? t('weights {0}', formatBytes(weightBytes)) : t('{0} of its memory; weights {1}', formatPercent(bytes / capacityBytes), formatBytes(weightBytes)),
  ];
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
    t('stage {0} on {1}', slices.stage[slice]!, device.name),
    timesOf(device, slice),
    ...(waited < 0 ? [] : [t('after waiting {0}', formatSeconds(bubbles.seconds[waited]!))]),
    t({ message: '{0} in use', args: [formatBytes(bytesAt(memory, slices.start[slice]! + slices.seconds[slice]! / 2))], comment: 'Memory' }),
  ].join(', ');
}

function receivesFor({ slices }: TimelineDeviceView, slice: number): number[] {
  const before: number[] = [];
  for (let i = 0; i < slice; i++) {
    if (TIMELINE_LANES[slices.lane[i]!] === 'receive' && slices.microBatch[i] === slices.microBatch[slice] && slices.backward[i] === slices.backward[slice] && slices.stage[i] === slices.stage[slice] && slices.chunk[i] === slices.chunk[slice]) before.push(slices.start[i]!);
  }
  return before;
}
