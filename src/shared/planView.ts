import type { PinTarget } from './planEdits';

/**
 * What the view shows of a model and its plan. Plain data: made by the engine, carried to the webview and to reports as it is.
 * Indices refer to the arrays of the same view. Units: bytes, seconds, FLOPs.
 */

export interface OperatorView {
  readonly id: string;
  /** node name; may be empty */
  readonly name: string;
  /** 'MatMul', or 'com.microsoft:Attention' */
  readonly type: string;
  /** tensor indices; inputs without omitted ones, captures of control-flow bodies last */
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** follows from weights and bound dimensions alone, costs nothing; drawn only on request */
  readonly foldable: boolean;
  /** null where shapes are not known */
  readonly flops: number | null;
  readonly bytesRead: number | null;
  readonly bytesWritten: number | null;
  readonly weightBytes: number;
  /** time on the device that the plan gives it, or on the fastest class before there is a plan; null where not known */
  readonly seconds: number | null;
  /** its measured time as a multiple of the estimate; absent if it was not measured */
  readonly measuredRatio?: number;
  /** index into `stages`; -1 before there is a plan, or if the operator is new since the plan was made */
  readonly stage: number;
}

export interface TensorView {
  readonly name: string;
  readonly kind: 'input' | 'weight' | 'activation';
  /** 'float32'; null if unknown */
  readonly elementType: string | null;
  /** null if the rank is unknown; null entries are unknown dimensions */
  readonly shape: readonly (number | string | null)[] | null;
  readonly bytes: number | null;
  /** operator index, or -1 */
  readonly producer: number;
  readonly consumers: readonly number[];
  readonly isGraphOutput: boolean;
}

export interface StageView {
  readonly name: string;
  /** 'a100:0' */
  readonly device: string;
  /** display name of the device's class */
  readonly deviceClass: string;
  /** devices that run the stage, `device` and those after it; absent: one */
  readonly replicas?: number;
  readonly computeSeconds: number;
  readonly communicationSeconds: number;
  readonly loadSeconds: number;
  /** training: the two parts of the load, and micro-batches that are in flight in the stage */
  readonly forwardSeconds?: number;
  readonly backwardSeconds?: number;
  readonly inFlight?: number;
  readonly weightBytes: number;
  readonly activationBytes: number;
  /** null if unbounded */
  readonly memoryCapacityBytes: number | null;
  /** operators that it runs; those that are computed beforehand are not among them */
  readonly operatorCount: number;
  readonly bottleneck: boolean;
  /** what the load consists of, heaviest first, a few entries: "Conv × 12, 61 %" */
  readonly heaviest: readonly { readonly type: string; readonly count: number; readonly seconds: number }[];
}

/** A tensor that crosses stages. */
export interface CutView {
  readonly tensor: number;
  readonly from: number;
  readonly to: readonly number[];
  /** time that a stage is busy with it: the sender or a receiver, whichever takes longer (host devices take none) */
  readonly transferSeconds: number;
}

export interface PinView {
  readonly operator: number;
  readonly to: PinTarget;
  readonly kept: boolean;
}

export interface PlanDetails {
  readonly cluster: { readonly name: string; readonly from: string };
  readonly objective: string;
  /** what was asked for beside the objective; absent in plans of older programs */
  readonly planning?: { readonly replicas: number; readonly slots: number; readonly microBatches: number | null; readonly optimizer: string };
  readonly bound: Readonly<Record<string, number>>;
  readonly stages: readonly StageView[];
  readonly cuts: readonly CutView[];
  /** operators that were pinned by hand, ascending, and whether this plan has them there; absent where the plan does not fit the model */
  readonly pins?: readonly PinView[];
  readonly certificate: {
    readonly value: number;
    readonly lowerBound: number;
    readonly optimal: boolean;
    readonly method: string;
    /** "optimal: no contiguous split of this graph is faster" */
    readonly sentence: string;
  };
  /** null if the plan fits the model as it is now; otherwise what changed: "3 operators are new" */
  readonly stale: string | null;
}

export interface PlanView {
  /** file name of the model */
  readonly modelName: string;
  readonly operators: readonly OperatorView[];
  readonly tensors: readonly TensorView[];
  readonly totals: { readonly flops: number; readonly weightBytes: number; readonly unknownTensors: number };
  /** unbound dimensions of the inputs, with what would be offered for them */
  readonly free: readonly { readonly symbol: string; readonly suggestion: number }[];
  readonly warnings: readonly string[];
  /** operators whose times were measured, of all that take time; absent if all times are estimates */
  readonly measured?: { readonly device: string; readonly deviceClass: string; readonly operators: number; readonly of: number };
  readonly plan: PlanDetails | null;
}
