import type { OperatorGraph } from '../graph/operatorGraph';
import type { OnnxModel } from '../onnx/model';
import type { Piece } from '../onnx/write/pieces';
import type { Objective, Placement, PlacementProblem } from '../placement/problem';

/** A plan that holds for its model as it is: what every exporter starts from. */
export interface ExportPlan {
  readonly model: OnnxModel;
  /** operators are the nodes of `model.graph`, by index */
  readonly graph: OperatorGraph;
  /** sizes that the plan was made for, by symbol */
  readonly bound: Readonly<Record<string, number>>;
  /** operator -> stage, foldable operators included */
  readonly stageOf: Int32Array;
  readonly stages: readonly ExportStage[];
  readonly objective: Objective;
  /** of a training plan */
  readonly microBatches?: number;
  readonly problem: PlacementProblem;
  /** problem node -> operator */
  readonly nodes: Int32Array;
  readonly placement: Placement;
}

/** What splitting needs of a plan. */
export type StagePlan = Pick<ExportPlan, 'model' | 'graph' | 'stageOf' | 'stages'>;

export interface ExportStage {
  /** `class:index`, of the first replica */
  readonly device: string;
  readonly host: boolean;
  /** number of its first device among all devices that are not the host, -1 for the host */
  readonly accelerator: number;
  readonly replicas: number;
}

/** How much of one aspect of a plan a target can carry. */
export interface Expressible {
  readonly aspect: 'cuts' | 'devices' | 'replicas' | 'revisits' | 'schedule' | 'types';
  readonly state: 'yes' | 'partly' | 'no';
  /** one sentence for people */
  readonly note: string;
}

export interface ExportOptions {
  /** regular expression with one group, the number of the layer; a usual one if absent */
  readonly layerPattern?: RegExp;
  /** move cuts that fall inside a layer to the nearest layer */
  readonly round?: boolean;
}

/** A file to write, by its path inside the output folder ('/' between its parts). */
export type ExportFile =
  | { readonly path: string; readonly kind: 'text'; readonly text: string }
  /** made of pieces of the model's own file */
  | { readonly path: string; readonly kind: 'model'; readonly pieces: readonly Piece[] }
  /** made of pieces of one of the model's files of external data */
  | { readonly path: string; readonly kind: 'data'; readonly from: string; readonly pieces: readonly Piece[] }
  /** a whole file of the model's external data: shared where the file system can, copied where it cannot */
  | { readonly path: string; readonly kind: 'shared'; readonly from: string };

export interface Exported {
  readonly files: readonly ExportFile[];
  /** what the plan loses, how to use the files: sentences */
  readonly notes: readonly string[];
  /** present if cuts were moved to layers: what the objective's value becomes, in seconds */
  readonly rounding?: Rounding;
}

export interface Rounding {
  readonly plannedSeconds: number;
  readonly roundedSeconds: number;
  /** operators that change their stage */
  readonly moved: number;
}

export interface ExportTarget {
  readonly name: string;
  /** one line */
  readonly summary: string;
  /** engine and version that the format was written against */
  readonly writtenAgainst: string;
  /** what the target can and cannot carry of this plan */
  readonly expressible: (plan: ExportPlan, options: ExportOptions) => readonly Expressible[];
  /** @throws UserError if the target cannot carry the plan, or what was made is not what the plan says */
  readonly make: (plan: ExportPlan, options: ExportOptions, subject: string) => Exported;
}
