import type { ExportRequest, ExportResult, TargetView } from '../engine/exportPlacement';
import type { PlacementCheck } from '../engine/checkPlacements';
import type { ComparedPlan } from '../engine/comparePlans';
import type { FidelityRequest } from '../engine/measureFidelity';
import type { ProfileRequest, ProfileResult } from '../engine/profileModel';
import type { ReportRequest } from '../engine/makeReport';
import type { SplitRequest, SplitResult } from '../engine/splitPlacement';
import type { VerifyRequest, VerifyResult } from '../engine/verifyPlacement';
import type { TimelineRequest } from '../engine/timeline';
import type { AssumedDimension, InspectRequest, PartitionRequest } from '../engine/requests';
import type { ReferenceRequest } from '../engine/referencePlan';
import type { ResolveRequest } from '../engine/resolveWithPins';
import type { MethodRow, PlanComparison } from '../shared/comparisonView';
import type { PlanExplanation } from '../shared/explanationView';
import type { FidelityView } from '../shared/fidelityView';
import type { LayoutView } from '../shared/layoutView';
import type { PlanChange, PlanState } from '../shared/planChange';
import type { CutMove, MoveChoice, MoveOption, MovePreview, PinOption, PlanEdit } from '../shared/planEdits';
import type { PlanView } from '../shared/planView';
import type { TimelineView } from '../shared/timelineView';

/** What an operator is explained in: a model without a plan, or a plan as the text of its placement file. */
export type ExplainSource =
  | { readonly kind: 'model'; readonly request: InspectRequest }
  | { readonly kind: 'plan'; readonly sidecarPath: string; readonly text: string };

/** A plan after steps by hand that can be taken; `text` is the placement's content before the first of them. */
export interface EditedPlan {
  readonly sidecarPath: string;
  readonly text: string;
  readonly edits: readonly PlanEdit[];
}

/** Everything that the worker does: what each job takes and gives. Plain data only, since both cross a thread boundary. Paths are absolute. */
export interface Jobs {
  inspect(request: InspectRequest): { readonly view: PlanView; readonly assumed: readonly AssumedDimension[] };
  partition(request: PartitionRequest): {
    readonly sidecarPath: string;
    /** the placement file's canonical bytes */
    readonly text: string;
    /** what the file held when the work began, for `saveAtomically`; null if there was none */
    readonly previous: string | null;
    readonly view: PlanView;
    readonly assumed: readonly AssumedDimension[];
    readonly solveSeconds: number;
  };
  /** `text` is the placement's content, if it is not what is on the disk */
  open(request: { readonly sidecarPath: string; readonly text?: string }): { readonly modelPath: string; readonly view: PlanView };
  explain(request: { readonly source: ExplainSource; readonly operator: number }): string;
  /** what one method makes of the problem that a request names */
  compareMethod(request: { readonly request: PartitionRequest; readonly method: string; readonly timeLimitSeconds: number }): MethodRow;
  /** why a plan is as it is; `text` is the placement's content */
  explainPlan(request: { readonly sidecarPath: string; readonly text: string }): PlanExplanation;
  /** a plan over time; `text` is the placement's content */
  timeline(request: { readonly sidecarPath: string; readonly text: string; readonly request: TimelineRequest }): TimelineView;
  /** the same as Chrome trace JSON */
  timelineTrace(request: { readonly sidecarPath: string; readonly text: string; readonly request: TimelineRequest }): string;
  /** the text of a placement that a plan is to be held against */
  referencePlan(request: ReferenceRequest): { readonly text: string };
  /** how two plans of one model differ */
  comparePlans(request: { readonly before: ComparedPlan; readonly after: ComparedPlan }): PlanComparison;
  /** what steps by hand, and then the moving of a cut, make of a plan, and what that does over time if it is asked for */
  edit(request: EditedPlan & { readonly cut?: CutMove; readonly timeline: TimelineRequest | null }):
    | { readonly state: PlanState; readonly said: string; readonly edit: PlanEdit | null; readonly timeline: TimelineView | null }
    | { readonly refused: string };
  /** what makes the first edit of a plan as fast as the next */
  rehearseEdits(request: EditedPlan): void;
  /** the canonical bytes of the placement file after steps by hand, at least one */
  writeEdited(request: EditedPlan): string;
  /** where operators may move */
  moveOptions(request: EditedPlan & { readonly operators: readonly number[] }): readonly MoveOption[];
  /** what a move would come to */
  previewMove(request: EditedPlan & { readonly move: MoveChoice }): MovePreview;
  /** where an operator, or a scope that it lies in, may be pinned */
  pinOptions(request: EditedPlan & { readonly operator: number; readonly scope: string }): readonly PinOption[];
  /** the best plan that keeps the pins of a placement */
  resolveWithPins(request: ResolveRequest): { readonly text: string; readonly view: PlanView };
  /** a picture will be asked for: what lays it out is loaded meanwhile */
  warmUp(request: null): void;
  /**
   * Coordinates; null if the worker does not have the view. A large view takes long to hand over: the worker keeps the last one under
   * its key, and the same picture with other groups expanded may be asked for without it, or that of a view that a change makes of it.
   */
  layout(request: {
    readonly key: string;
    readonly view: PlanView | { readonly of: string; readonly change: PlanChange } | null;
    readonly showFoldable: boolean;
    readonly grouped: boolean;
    readonly expanded: readonly string[];
    readonly deadlineMilliseconds: number;
  }): LayoutView | null;
  export(request: ExportRequest): ExportResult;
  /** what each target of export can and cannot carry of a plan */
  listTargets(request: Pick<ExportRequest, 'sidecarPath' | 'layerPattern'>): readonly TargetView[];
  /** writes one model for each stage */
  split(request: SplitRequest): SplitResult;
  /** runs the stages and compares them with the whole model */
  verify(request: VerifyRequest): VerifyResult;
  /** runs the stages as a pipeline and measures them */
  fidelity(request: FidelityRequest): FidelityView;
  /** measures the operators of a model, or takes what another program measured */
  profile(request: ProfileRequest): ProfileResult;
  /** a plan as one page of HTML */
  report(request: ReportRequest): string;
  check(request: { readonly paths: readonly string[] }): readonly PlacementCheck[];
}

export type JobName = keyof Jobs;
export type JobArguments<J extends JobName> = Parameters<Jobs[J]>[0];
export type JobResult<J extends JobName> = ReturnType<Jobs[J]>;
