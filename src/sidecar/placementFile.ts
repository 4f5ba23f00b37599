import type { ClusterFile } from '../cost/clusterFile';

/** What the name of every placement file ends with: `model.onnx` has `model.onnx.placement.json`. */
export const PLACEMENT_SUFFIX = '.placement.json';

/** The format that this program reads and writes. */
export const PLACEMENT_VERSION = 1;

/**
 * The `$schema` of every file written. The scheme is the extension's own, so that an editor takes the schema that is
 * installed with the extension and asks no server for it.
 */
export const PLACEMENT_SCHEMA = 'stagewright://schemas/placement.schema.json';

/** `model.onnx.placement.json`: a placement as people review and commit it. Units: bytes and seconds. */
export interface PlacementFile {
  readonly $schema: string;
  readonly version: 1;
  readonly model: {
    /** relative to the sidecar's folder, '/' between its parts, never out of it */
    readonly path: string;
    /** `sha256:` and 64 hex digits */
    readonly topology: string;
    readonly operators: number;
    /** dimensions bound by the user */
    readonly bound: Readonly<Record<string, number>>;
  };
  readonly cluster: ClusterFile & {
    /** preset name or relative path of the cluster file that was used */
    readonly from: string;
  };
  readonly objective: 'throughput' | '1f1b' | 'gpipe' | 'latency';
  /** of `1f1b` and `gpipe`: the backward pass is derived from the model */
  readonly training?: { readonly optimizer: 'adam' | 'momentum' | 'sgd'; readonly microBatches: number };
  /** most devices that a stage was allowed; absent: one */
  readonly replicas?: number;
  readonly costModel: {
    readonly name: string;
    readonly version: number;
    /** the measured times that took the place of estimates; absent: all are estimates */
    readonly profile?: RecordedProfile;
  };
  readonly certificate: {
    readonly value: number;
    readonly lowerBound: number;
    readonly optimal: boolean;
    readonly method: string;
  };
  readonly stages: readonly PlacementStage[];
  /** operators set by hand: operator id -> device, or stage by its index in the pipeline */
  readonly pins: readonly ({ readonly operator: string } & ({ readonly device: string } | { readonly stage: number }))[];
}

export interface RecordedProfile {
  /** relative to the sidecar's folder, '/' between its parts, never out of it */
  readonly path: string;
  /** the device class whose times these are */
  readonly class: string;
  /** of the profile's canonical bytes: `sha256:` and 64 hex digits */
  readonly digest: string;
  /** measured share of the operators that take time, 0 to 1 */
  readonly coverage: number;
}

export interface PlacementStage {
  /** '0', '1', ... in pipeline order */
  readonly name: string;
  /** `class:index` */
  readonly device: string;
  /** devices that run the stage: `device` and those that follow it in number; absent: one */
  readonly replicas?: number;
  /** `communicationSeconds` is what transfers add to the time of computing: their sum is the load, whatever overlaps */
  readonly load: { readonly computeSeconds: number; readonly communicationSeconds: number };
  readonly memory: { readonly weightBytes: number; readonly activationBytes: number };
  /** [operator id = first output tensor, operator type, node name], in topological order */
  readonly operators: readonly (readonly [string, string, string])[];
}
