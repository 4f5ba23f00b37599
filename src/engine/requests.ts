import type { TrainingPlan } from '../cost/training';
import type { Objective } from '../placement/problem';
import type { PlacementFile } from '../sidecar/placementFile';
import type { PlanView } from '../shared/planView';
import type { Planned } from './planned';

/** Dimensions bound by the user: symbol to number, as `--bind n=v` and the prompts give them. */
export type Bindings = Readonly<Record<string, number>>;

/** What to look at: a model, as it is. */
export interface InspectRequest {
  /** absolute, or relative to the working folder */
  readonly modelPath: string;
  readonly bind?: Bindings;
  /** take the suggested value for every dimension that `bind` leaves free (default true) */
  readonly assumeSuggestions?: boolean;
  /** cluster whose fastest class gives the seconds of the view; the default preset if absent */
  readonly cluster?: string;
  /** folder that a relative path in `cluster` starts from; the working folder if absent */
  readonly clusterBase?: string;
  /** measured times; the profile beside the model, if there is one, if absent */
  readonly profile?: ProfileChoice;
}

/** Which measured times are used: none, or those of a file for a device class (the one that the file names if absent). */
export type ProfileChoice = 'none' | { readonly path: string; readonly deviceClass?: string };

/** What to partition, and for which machine. Plain data: it travels to the worker as it is. */
export interface PartitionRequest extends InspectRequest {
  /** `throughput` if absent; `1f1b` and `gpipe` train the model, whose backward pass is derived */
  readonly objective?: Objective;
  /** `auto` if absent */
  readonly method?: string;
  readonly timeLimitSeconds?: number;
  /** latency: most subgraphs that an accelerator runs one after the other; 1 if absent */
  readonly slots?: number;
  /** most devices of one stage; 1 if absent */
  readonly replicas?: number;
  /** `1f1b` and `gpipe`: Adam and four micro-batches for each device if absent */
  readonly training?: Partial<TrainingPlan>;
  /** where the sidecar will lie; `<model>.placement.json` beside the model if absent */
  readonly sidecarPath?: string;
}

/** A dimension that was free and got its suggested value. */
export interface AssumedDimension {
  readonly symbol: string;
  readonly value: number;
  /** `input[axis]` */
  readonly occurrences: readonly string[];
}

/** What is known of a model before there is a plan. */
export interface Inspection {
  readonly view: PlanView;
  readonly assumed: readonly AssumedDimension[];
  /** the model, costed, for explanations and for planning; not plain data */
  readonly planned: Planned;
}

/** A plan that was made and not yet saved. */
export interface Partition {
  /** where the sidecar belongs (absolute) */
  readonly sidecarPath: string;
  readonly file: PlacementFile;
  /** the file's canonical bytes */
  readonly text: string;
  /** what the sidecar held when the work began, for `saveAtomically`; null if there was none */
  readonly previous: string | null;
  readonly view: PlanView;
  readonly assumed: readonly AssumedDimension[];
  readonly solveSeconds: number;
  /** for `explainOperator`; not plain data */
  readonly planned: Planned;
}

/** A placement read from its file and laid over its model as the model is now. */
export interface OpenedPlacement {
  readonly file: PlacementFile;
  /** absolute path of the model */
  readonly modelPath: string;
  readonly view: PlanView;
  /** null where the plan is stale: the old plan does not say where the new operators go */
  readonly planned: Planned | null;
}
