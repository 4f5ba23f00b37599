import type { GroupView } from '../../src/shared/layoutView';
import type { FromWebview } from '../../src/shared/messages';
import type { CutMove, EditChoice } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import type { Grip } from '../graph/grips';
import type { Selection } from '../state';
import type { MoveQuestions } from './questions';

/** What menus and drags know of the plan that is changed, and how they change it. */
export interface EditContext {
  readonly post: (message: FromWebview) => void;
  readonly questions: MoveQuestions;
  /** the plan whose picture is on the screen; null where it cannot be changed */
  readonly editable: () => PlanView | null;
  readonly groupOf: (index: number) => GroupView | undefined;
  /** the operators with a place of their own that are moved with a grip; none for a cut */
  readonly operatorsOf: (shown: PlanView, grip: Grip) => number[];
  readonly select: (selection: Selection) => void;
  /** selects the slowest of some tensors that cross stages */
  readonly selectCut: (shown: PlanView, tensors: readonly number[]) => void;
  /** @param cut that stays selected, though it will be another tensor */
  readonly choose: (choice: EditChoice, cut?: CutMove) => void;
}
