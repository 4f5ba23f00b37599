/**
 * The device-placement problem, and what a solution of it is.
 * Source: Tarnawski et al., "Efficient Algorithms for Device Placement of DNN Graph Operators" (NeurIPS 2020), section 3,
 * generalised to any number of device classes, to one transfer time per tensor, and to three ways of overlapping.
 */

/** How a device combines the time it computes with the time it sends and receives. */
export type Overlap =
  /** compute + receive + send: the paper's model */
  | 'none'
  /** max(compute, receive + send) */
  | 'compute'
  /** compute + max(receive, send) */
  | 'duplex'
  /** max(compute, receive, send) */
  | 'full';

export interface DeviceClass {
  readonly name: string;
  readonly count: number;
  /** memory of one device in bytes; Infinity if unbounded */
  readonly memoryBytes: number;
  readonly overlap: Overlap;
}

/** A value that one operator writes and others read; it travels at most once to each device that reads it. */
export interface Net {
  readonly producer: number;
  /** ascending, distinct, without the producer; an ordering constraint even if the transfer costs nothing */
  readonly consumers: readonly number[];
  /** time a device of each class is busy to send it, or to receive it, in seconds; 0 on a class that pays nothing (the paper's CPUs) */
  readonly transferSeconds: readonly number[];
}

/** Bytes that several operators share (one initializer, several users): counted once on each device that holds any of them. */
export interface SharedMemory {
  readonly bytes: number;
  /** ascending, distinct, at least two */
  readonly operators: readonly number[];
}

export interface PlacementProblem {
  /** display names, for messages only; length n */
  readonly labels: readonly string[];
  readonly classes: readonly DeviceClass[];
  /** seconds[c][v]: time of operator v on one device of class c; Infinity where the class does not support it */
  readonly seconds: readonly Float64Array[];
  /** bytes that operator v keeps on its device all the time (weights of its own); length n */
  readonly residentBytes: Float64Array;
  /**
   * Bytes that must be free on v's device while v runs (activations alive then); length n. A device needs
   * sum of resident + shared + max of workspace over its operators.
   */
  readonly workspaceBytes: Float64Array;
  readonly sharedMemory: readonly SharedMemory[];
  readonly nets: readonly Net[];
  /** colocation[v]: operators of one non-negative number must share a device; -1 for none; length n */
  readonly colocation: Int32Array;
  /** 1 for operators of the backward pass: only the others must be contiguous; length n */
  readonly backward: Uint8Array;
  /**
   * requiredStage[v]: the stage that operator v must be in, its index in the pipeline's order; -1: any; length n. Stages that are not used do not count: whatever is in
   * stage s has s devices, or replicated stages, before it. Absent: any for all.
   */
  readonly requiredStage?: Int32Array;
  /** present if the problem is to train a graph that has no backward operators of its own */
  readonly training?: Training;
  /** present if a stage may run on several devices, each working on samples of its own */
  readonly replication?: Replication;
  /** present if the devices stand in several servers */
  readonly servers?: Servers;
}

/**
 * Equal servers with a slower link between them: device k of a class of n is in server floor(k / (n / count)). A device pays `transferSeconds`
 * for a value that stays in its server, and `crossSeconds` for one that comes from or goes to another; one that goes to both pays once for
 * each. The devices of a replicated stage are in one server.
 */
export interface Servers {
  /** at least 2; divides the count of every class */
  readonly count: number;
  /** crossSeconds[e][c]: time of net e on a device of class c at either end of a transfer between servers */
  readonly crossSeconds: readonly (readonly number[])[];
  /** the same of its gradient; all 0 where there is none */
  readonly crossGradientSeconds: readonly (readonly number[])[];
}

/**
 * The backward pass of a graph that holds only the forward one, derived operator by operator: each operator's backward part runs on the
 * operator's own device, and the gradient of a value travels the way of the value back. Units are those of the problem.
 */
export interface Training {
  /** seconds[c][v]: time of v's backward part on class c; 0 where the forward time is Infinity */
  readonly seconds: readonly Float64Array[];
  /**
   * gradientSeconds[e][c]: time for the gradient of net e. Each device that received the value sends its part of the gradient once; the
   * parts are added up on the way, so that the producer's device receives it once. All 0 where nothing is differentiated.
   */
  readonly gradientSeconds: readonly (readonly number[])[];
  /** bytes that v keeps for each micro-batch in flight, from its forward to its backward part; length n */
  readonly stashBytes: Float64Array;
  /** micro-batches of a batch: no stage has more in flight */
  readonly microBatches: number;
}

/**
 * Data parallelism within a stage: r devices of one class share a stage's samples, so that its load is load / r. In training they add up the
 * gradients of its weights by a ring: 2 (r - 1) / r times the bytes over the link, per sample.
 */
export interface Replication {
  /** most devices of one stage, at least 1 */
  readonly most: number;
  /** bytes of v's own weights that are trained; 0 in inference; length n */
  readonly weightBytes: Float64Array;
  /** the same of each entry of `sharedMemory`, once per stage that holds any of its operators */
  readonly sharedWeightBytes: readonly number[];
  /** bytes per second of the link that replicas of class c exchange gradients over; Infinity where it costs nothing */
  readonly bytesPerSecond: readonly number[];
}

/** What is minimised. */
export type Objective =
  /** the largest load of a device: seconds per sample of a full pipeline. In training the forward and the backward part count together */
  | 'throughput'
  /** training in PipeDream's 1F1B order: the same value, and the memory of a stage grows with the stages after it */
  | '1f1b'
  /** training in GPipe's order: the largest forward load plus the largest backward load; every stage holds all micro-batches */
  | 'gpipe'
  /** the time of a single sample that has all devices to itself */
  | 'latency';

/** All objectives, the usual one first. */
export const objectives = ['throughput', '1f1b', 'gpipe', 'latency'] as const satisfies readonly Objective[];

/** What one device is busy with per sample; in training with its forward and its backward part. A replica has its share of its stage's samples. */
export interface DeviceLoad {
  readonly device: number;
  /** index into `classes` */
  readonly class: number;
  readonly computeSeconds: number;
  readonly receiveSeconds: number;
  readonly sendSeconds: number;
  /** combined by the class's overlap, with `syncSeconds` */
  readonly loadSeconds: number;
  /** the forward part alone, and the backward part with `syncSeconds`, each combined by itself */
  readonly forwardSeconds: number;
  readonly backwardSeconds: number;
  /** time to add up gradients with the other replicas of the stage */
  readonly syncSeconds: number;
  readonly residentBytes: number;
  readonly workspaceBytes: number;
  /** what all micro-batches in flight keep for their backward part */
  readonly stashBytes: number;
  /** micro-batches in flight on this device; 0 on an unused one and outside training */
  readonly inFlight: number;
}

/** Devices are numbered class by class: class 0's devices first. */
export interface Placement {
  /** operator -> device */
  readonly assignment: Int32Array;
  /** used devices in pipeline order: a device's inputs come from earlier ones (contiguous placements); of a replicated stage its first device */
  readonly order: readonly number[];
  /** parallel to `order`: devices that run the stage, this one and those that follow it in number; absent: one each */
  readonly replicas?: readonly number[];
  /**
   * operator -> index into `order`, where a device runs several stages (slots of one sample's latency) and so stands in `order` several
   * times, in the order that it runs them. Absent: each device runs one stage.
   */
  readonly stageOf?: Int32Array;
}

/** How good a placement is, and how that is known. */
export interface Certificate {
  /** the placement's objective value, in seconds, recomputed by the evaluator */
  readonly value: number;
  /** no placement of the kind asked for is below this */
  readonly lowerBound: number;
  /** true if the value is proven best up to 1e-9 relative */
  readonly optimal: boolean;
  /** what proved it: 'ideals', 'linearized', ... */
  readonly method: string;
}

export interface Solution {
  readonly placement: Placement;
  readonly certificate: Certificate;
  /** wall time of the solve */
  readonly solveSeconds: number;
}
