import type { Pipeline } from './pipeline';
import type { Simulation } from './simulate';

/** What a device does at a time: the lanes of its row. Computing and the exchange of gradients share one. */
export const lanes = ['receive', 'compute', 'send', 'sync'] as const;
export type Lane = (typeof lanes)[number];

/** One piece of one visit. */
export interface Slice {
  readonly visit: number;
  readonly lane: Lane;
  readonly startSeconds: number;
  readonly seconds: number;
}

/** The pieces of a visit that take time, in order. */
export function slicesOf({ visits, receiveAt, computeAt, sendAt, syncAt }: Simulation, visit: number): Slice[] {
  const { receiveSeconds, computeSeconds, sendSeconds } = visits.work(visit);
  const all: Slice[] = [
    { visit, lane: 'receive', startSeconds: receiveAt[visit]!, seconds: receiveSeconds },
    { visit, lane: 'compute', startSeconds: computeAt[visit]!, seconds: computeSeconds },
    { visit, lane: 'send', startSeconds: sendAt[visit]!, seconds: sendSeconds },
    { visit, lane: 'sync', startSeconds: syncAt[visit]!, seconds: visits.syncSeconds(visit) },
  ];
  return all.filter(({ seconds }) => seconds > 0);
}

/** A time in which a device does nothing. */
export interface Bubble {
  readonly startSeconds: number;
  readonly seconds: number;
  /** before its first work, after its last, or waiting between */
  readonly kind: 'fill' | 'drain' | 'wait';
}

/** Bytes from a moment on, until the next one. */
export interface MemoryStep {
  readonly seconds: number;
  readonly bytes: number;
}

export interface DeviceUse {
  /** time in which it does anything; lanes beside each other count once */
  readonly busySeconds: number;
  readonly bubbles: readonly Bubble[];
  readonly memory: readonly MemoryStep[];
  readonly peakBytes: number;
  /** most micro-batches between their forward and their backward part, each of its stages for itself */
  readonly peakInFlight: number;
}

/** Gaps shorter than this share of the whole are rounding. */
const ROUNDING = 1e-12;

/** What a device does and keeps over the time of a simulation. */
export function deviceUse(pipeline: Pipeline, simulation: Simulation, device: number): DeviceUse {
  const slices = simulation.orders[device]!.flatMap((visit) => slicesOf(simulation, visit)).sort((a, b) => a.startSeconds - b.startSeconds);
  const { totalSeconds } = simulation;
  const bubbles: Bubble[] = [];
  const gap = (from: number, to: number, kind: Bubble['kind']): void => {
    if (to - from > totalSeconds * ROUNDING) bubbles.push({ startSeconds: from, seconds: to - from, kind });
  };
  let end = 0;
  let busySeconds = 0;
  for (const { startSeconds, seconds } of slices) {
    const to = startSeconds + seconds;
    if (startSeconds > end) gap(end, startSeconds, end === 0 ? 'fill' : 'wait');
    busySeconds += Math.max(0, to - Math.max(end, startSeconds));
    end = Math.max(end, to);
  }
  gap(end, totalSeconds, slices.length === 0 ? 'fill' : 'drain');
  return { busySeconds, bubbles, ...memoryUse(pipeline, simulation, device) };
}

function memoryUse({ stages }: Pipeline, { visits, orders, computeAt }: Simulation, device: number): Pick<DeviceUse, 'memory' | 'peakBytes' | 'peakInFlight'> {
  const here = stages.filter((stage) => device >= stage.device && device < stage.device + stage.replicas);
  let kept = here.reduce((sum, { weightBytes }) => sum + weightBytes, 0);
  let inFlight = 0;
  let peakInFlight = 0;
  let peakBytes = kept;
  const memory: MemoryStep[] = [];
  const step = (seconds: number, bytes: number): void => {
    peakBytes = Math.max(peakBytes, bytes);
    if (memory.at(-1)?.seconds === seconds) memory.pop();
    if (memory.at(-1)?.bytes !== bytes) memory.push({ seconds, bytes });
  };
  step(0, kept);
  const trained = visits.count > stages.length * visits.microBatches;
  for (const visit of orders[device]!) {
    const { workspaceBytes, activationBytesPerMicroBatch } = stages[visits.stage(visit)]!;
    const start = computeAt[visit]!;
    if (trained && !visits.isBackward(visit)) {
      kept += activationBytesPerMicroBatch;
      peakInFlight = Math.max(peakInFlight, ++inFlight);
    }
    step(start, kept + workspaceBytes);
    if (visits.isBackward(visit)) {
      kept -= activationBytesPerMicroBatch;
      inFlight--;
    }
    step(start + visits.work(visit).computeSeconds, kept);
  }
  return { memory, peakBytes, peakInFlight };
}
