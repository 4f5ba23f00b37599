/**
 * A pipeline as plain numbers: what runs where and for how long. It knows nothing of models, placements or files.
 * Units: seconds per micro-batch (per sample in inference), bytes.
 */

/** How a device combines computing with receiving and sending; the same four ways as in a placement problem. */
export type Overlap = 'none' | 'compute' | 'duplex' | 'full';

/** What one pass of one micro-batch keeps a device busy with. */
export interface Work {
  readonly computeSeconds: number;
  readonly receiveSeconds: number;
  readonly sendSeconds: number;
}

export interface PipelineDevice {
  /** 'a100:0' */
  readonly name: string;
  readonly overlap: Overlap;
  /** null if unbounded */
  readonly capacityBytes: number | null;
}

export interface PipelineStage {
  readonly name: string;
  /** index of the device that runs the stage; with replicas of the first one, the others follow it in number */
  readonly device: number;
  /** devices that take turns with the micro-batches: micro-batch m runs on replica m mod replicas */
  readonly replicas: number;
  /** stages that it receives from, all of smaller index */
  readonly sources: readonly number[];
  readonly forward: Work;
  /** null in inference */
  readonly backward: Work | null;
  /** time after each backward part to add up gradients with the other replicas; the device does nothing else meanwhile */
  readonly syncSeconds: number;
  readonly weightBytes: number;
  /** needed only while the stage computes */
  readonly workspaceBytes: number;
  /** kept from the forward to the backward part; 0 in inference */
  readonly activationBytesPerMicroBatch: number;
}

export interface Pipeline {
  readonly devices: readonly PipelineDevice[];
  /** in pipeline order */
  readonly stages: readonly PipelineStage[];
}

/** Time that a device needs for a visit if it does nothing else. */
export const aloneSeconds = ({ receiveSeconds, computeSeconds, sendSeconds }: Work): number => receiveSeconds + computeSeconds + sendSeconds;

const IDLE: Work = { computeSeconds: 0, receiveSeconds: 0, sendSeconds: 0 };

function combined(overlap: Overlap, { computeSeconds, receiveSeconds, sendSeconds }: Work): number {
  switch (overlap) {
    case 'none':
      return computeSeconds + receiveSeconds + sendSeconds;
    case 'compute':
      return Math.max(computeSeconds, receiveSeconds + sendSeconds);
    case 'duplex':
      return computeSeconds + Math.max(receiveSeconds, sendSeconds);
    case 'full':
      return Math.max(computeSeconds, receiveSeconds, sendSeconds);
  }
}

const both = (a: Work, b: Work): Work => ({
  computeSeconds: a.computeSeconds + b.computeSeconds,
  receiveSeconds: a.receiveSeconds + b.receiveSeconds,
  sendSeconds: a.sendSeconds + b.sendSeconds,
});

/** Loads of a stage: seconds per micro-batch that each of its devices is busy with, for both passes together and for each alone. */
export interface StageLoad {
  readonly seconds: number;
  readonly forwardSeconds: number;
  readonly backwardSeconds: number;
}

/** The load of a stage by the placement model: passes combined by the device's overlap, shared among the replicas. */
export function stageLoad({ devices }: Pipeline, { device, forward, backward, replicas, syncSeconds }: PipelineStage): StageLoad {
  const { overlap } = devices[device]!;
  const sync = backward === null ? 0 : syncSeconds;
  return {
    seconds: (combined(overlap, both(forward, backward ?? IDLE)) + sync) / replicas,
    forwardSeconds: combined(overlap, forward) / replicas,
    backwardSeconds: (combined(overlap, backward ?? IDLE) + sync) / replicas,
  };
}

/** Whether every stage has a backward part, so that it can be trained. */
export const isTrained = ({ stages }: Pipeline): boolean => stages.length > 0 && stages.every(({ backward }) => backward !== null);
