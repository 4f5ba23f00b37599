import type { MethodRow, PlanComparison } from './comparisonView';
import type { FidelityView } from './fidelityView';
import type { PlanStatement } from './explanationView';
import type { LayoutView } from './layoutView';
import type { EditChoice, EditedView, MoveChoice, MoveOption, MovePreview, PinOption } from './planEdits';
import type { PlanChange } from './planChange';
import type { PlanningChoice } from './planning';
import type { PlanView } from './planView';
import type { TimelineChoice, TimelineView } from './timelineView';

export const PICTURES = ['graph', 'timeline'] as const;
export type PictureOf = (typeof PICTURES)[number];

/** What the host tells the plan panel. */
export type ToWebview =
  | { readonly type: 'loading'; readonly modelName: string; readonly phase: string }
  /**
   * `edited`: how the plan was changed by hand since it was solved; absent if it was not. `compared`: a comparison goes on, and what it says of this
   * state of the plan follows
   */
  | { readonly type: 'plan'; readonly view: PlanView; readonly dirty: boolean; readonly edited?: EditedView; readonly compared?: boolean }
  /** another plan of the same model took the place of the one on view: all that differs. `timeline`: the same over time, by the choice that was asked for last; absent if it was not computed. `compared` as above */
  | { readonly type: 'edited'; readonly change: PlanChange; readonly dirty: boolean; readonly edited?: EditedView; readonly timeline?: TimelineView; readonly compared?: boolean }
  /** the answer to 'moveOptions'; empty for what has no place of its own */
  | { readonly type: 'moveOptions'; readonly question: number; readonly options: readonly MoveOption[] }
  /** the answer to 'previewMove' */
  | { readonly type: 'movePreview'; readonly question: number; readonly preview: MovePreview }
  /** the answer to 'pinOptions' */
  | { readonly type: 'pinOptions'; readonly operator: number; readonly scope: string; readonly options: readonly PinOption[] }
  /** why an edit was not made, in a sentence */
  | { readonly type: 'editRefused'; readonly reason: string }
  | { readonly type: 'layout'; readonly layout: LayoutView }
  | { readonly type: 'dirty'; readonly dirty: boolean }
  | { readonly type: 'failed'; readonly message: string }
  /** the answer to 'explain': why the operator is where it is, in a sentence or two */
  | { readonly type: 'explanation'; readonly operator: number; readonly text: string }
  /** the methods compared so far; `running` says which is at work, null when all are done */
  | { readonly type: 'comparison'; readonly objective: string; readonly rows: readonly MethodRow[]; readonly running: string | null }
  /** how the plan on view differs from another one; null: no longer compared. `fresh`: somebody asked for it just now */
  | { readonly type: 'planComparison'; readonly comparison: PlanComparison | null; readonly fresh: boolean }
  /** the answer to 'explainPlan', or how far it is */
  | { readonly type: 'planExplanation'; readonly statements: readonly PlanStatement[] | null; readonly running: string | null; readonly failed: string | null }
  /** what running the plan on view showed */
  | { readonly type: 'fidelity'; readonly fidelity: FidelityView }
  /** the answer to 'timeline': a view, or why there is none */
  | { readonly type: 'timeline'; readonly view: TimelineView | null; readonly failed: string | null }
  /** the host asks for a picture: the answer is 'savePicture', once there is something to draw */
  | { readonly type: 'takePicture'; readonly what: PictureOf }
  /** the host asks the view to show this operator */
  | { readonly type: 'reveal'; readonly operatorId: string };

/** What the plan panel tells the host. */
export type FromWebview =
  | { readonly type: 'ready' }
  /** null: the host asks what it must, and plans for throughput */
  | { readonly type: 'partition'; readonly planning: PlanningChoice | null }
  | { readonly type: 'save' }
  /** the view wants coordinates, with or without foldable operators, in groups even if the model is small, with the insides of these groups (by their keys) */
  | { readonly type: 'layout'; readonly showFoldable: boolean; readonly grouped: boolean; readonly expanded: readonly string[] }
  /** the view wants to know why an operator (index into the plan view) is where it is */
  | { readonly type: 'explain'; readonly operator: number }
  /** what do all methods make of the problem on view? */
  | { readonly type: 'compareMethods' }
  /** how does the plan on view differ from what a method makes of its problem? null: from a plan that the host asks for */
  | { readonly type: 'comparePlan'; readonly method: string | null }
  | { readonly type: 'endComparison' }
  /** why is the plan as it is? */
  | { readonly type: 'explainPlan' }
  /** export, split, verify, measure: the host asks which */
  | { readonly type: 'usePlan' }
  /** what does the plan do over time? */
  | { readonly type: 'timeline'; readonly choice: TimelineChoice }
  /** the timeline came into sight or out of it: while it is seen, edits are told with what they do over time */
  | { readonly type: 'timelineShown'; readonly shown: boolean }
  /** the same as a file for trace viewers; the host asks where */
  | { readonly type: 'exportTrace'; readonly choice: TimelineChoice }
  /** where may operators (indices into the plan view) move? The answer has the question's number */
  | { readonly type: 'moveOptions'; readonly question: number; readonly operators: readonly number[] }
  /** what would a move come to? */
  | { readonly type: 'previewMove'; readonly question: number; readonly move: MoveChoice }
  /** where may an operator be pinned, or all operators of a scope that it lies in ('' for the operator alone)? */
  | { readonly type: 'pinOptions'; readonly operator: number; readonly scope: string }
  | { readonly type: 'edit'; readonly choice: EditChoice }
  | { readonly type: 'undoEdit' }
  | { readonly type: 'redoEdit' }
  | { readonly type: 'resolveWithPins' }
  /** a picture of the graph or the timeline, to be saved in the format of the file that is chosen; `png` is base64 */
  | { readonly type: 'savePicture'; readonly what: PictureOf; readonly svg: string; readonly png: string }
  | { readonly type: 'openSidecar' }
  | { readonly type: 'copy'; readonly text: string };
