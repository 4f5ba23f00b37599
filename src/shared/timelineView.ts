import { t } from '@vscode/l10n';
import type { Choice } from './planning';

/** What the view shows of a pipeline over time. Plain data, as columns where there are many. Units: seconds from the start, bytes. */

/** Ids are those of the schedules. */
export const scheduleChoices = (): readonly Choice[] => [
  { id: 'stream', label: t('Stream of samples') },
  { id: '1f1b', label: '1F1B' },
  { id: 'gpipe', label: 'GPipe' },
  { id: 'interleaved', label: t('Interleaved 1F1B') },
];

/** Which timeline of a plan is wanted; null for what suits the plan. */
export interface TimelineChoice {
  readonly schedule: string | null;
  readonly microBatches: number | null;
}

/** Lanes of a device's row; slices name them by index. */
export const TIMELINE_LANES = ['receive', 'compute', 'send', 'sync'] as const;

/** Kinds of bubbles, named by index: before the first work, between, after the last. */
export const BUBBLE_KINDS = ['fill', 'wait', 'drain'] as const;

/** Pieces of work of one device, by their start; one entry each. */
export interface SlicesView {
  readonly lane: readonly number[];
  /** index into the plan's stages */
  readonly stage: readonly number[];
  /** 0 unless the device holds several chunks of the model */
  readonly chunk: readonly number[];
  readonly microBatch: readonly number[];
  /** 1 for the backward pass */
  readonly backward: readonly number[];
  readonly start: readonly number[];
  readonly seconds: readonly number[];
}

export interface TimelineDeviceView {
  readonly name: string;
  /** indices into the plan's stages */
  readonly stages: readonly number[];
  readonly busySeconds: number;
  readonly peakBytes: number;
  /** what is there all the time: weights, and in training what the optimiser keeps */
  readonly weightBytes: number;
  /** null if unbounded */
  readonly capacityBytes: number | null;
  /** most micro-batches between their forward and their backward part */
  readonly peakInFlight: number;
  /** bytes from a moment on */
  readonly memory: { readonly seconds: readonly number[]; readonly bytes: readonly number[] };
  readonly bubbles: { readonly kind: readonly number[]; readonly start: readonly number[]; readonly seconds: readonly number[] };
  readonly slices: SlicesView;
}

export interface TimelineView {
  readonly schedule: string;
  readonly microBatches: number;
  /** schedules that mean something for this plan, the usual one first */
  readonly offered: readonly string[];
  /** numbers of micro-batches that the schedule can run and the view can show, ascending */
  readonly offeredMicroBatches: readonly number[];
  readonly totalSeconds: number;
  /** when the first micro-batch is done */
  readonly firstSeconds: number;
  readonly fillSeconds: number;
  readonly drainSeconds: number;
  /** share of all devices' time in which they do nothing */
  readonly bubbleFraction: number;
  /** per micro-batch once the pipeline is full, measured; null if that would take too much */
  readonly steadySeconds: number | null;
  /** the same by the placement's loads */
  readonly predictedSeconds: number;
  readonly devices: readonly TimelineDeviceView[];
  /** what one should know, in sentences */
  readonly notes: readonly string[];
}
