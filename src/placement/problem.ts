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
}

export type Objective =
  /** minimise the largest load of a device: seconds per sample of a full pipeline */
  'throughput';

/** What one device is busy with per sample. */
export interface DeviceLoad {
  readonly device: number;
  /** index into `classes` */
  readonly class: number;
  readonly computeSeconds: number;
  readonly receiveSeconds: number;
  readonly sendSeconds: number;
  /** combined by the class's overlap */
  readonly loadSeconds: number;
  readonly residentBytes: number;
  readonly workspaceBytes: number;
}

/** Devices are numbered class by class: class 0's devices first. */
export interface Placement {
  /** operator -> device */
  readonly assignment: Int32Array;
  /** used devices in pipeline order: a device's inputs come from earlier ones (contiguous placements) */
  readonly order: readonly number[];
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
