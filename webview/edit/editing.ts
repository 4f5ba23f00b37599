import './edit.css';
import type { FromWebview, ToWebview } from '../../src/shared/messages';
import type { CutMove, EditedView } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import type { GraphEvents } from '../graph/events';
import { membersOf } from '../inspector/group';
import type { Selection, State } from '../state';
import type { EditContext } from './context';
import { cutsBetween, pairsOf } from './cuts';
import { editBar } from './editBar';
import { editDrags } from './editDrags';
import { editMenus } from './editMenus';
import { moveQuestions } from './questions';

export interface EditingOptions {
  readonly post: (message: FromWebview) => void;
  /** the plan whose picture is on the screen; null where none is, or a newer one has no picture yet */
  readonly view: () => PlanView | null;
  readonly grouping: () => State['grouping'];
  readonly select: (selection: Selection) => void;
  /** gives the focus back to the graph */
  readonly focus: () => void;
  /** outlines operators that would move; null: none */
  readonly onMoving: (operators: readonly number[] | null) => void;
}

export interface Editing {
  /** the line below the header */
  readonly element: HTMLElement;
  readonly graphEvents: Pick<GraphEvents, 'onMenu' | 'canDrag' | 'onDrag' | 'onDrop' | 'onDragEnd' | 'onCutStep'>;
  /** opens the menu of the cut after a stage. @returns false if there is nothing to edit */
  readonly menuAfterStage: (stage: number, x: number, y: number) => boolean;
  readonly update: (view: PlanView | null) => void;
  /** Takes what concerns edits from the host. */
  readonly receive: (message: ToWebview) => void;
  /** what is to be selected after an edit: a cut that was moved stays selected, though it is another tensor now; null: what was */
  readonly selected: (view: PlanView) => Selection;
}

/** Changing a plan by hand: menus, drags, and the line that says what it costs. The host makes the changes; nothing here is kept over a reload. */
export function editing({ post, view, grouping, select, focus, onMoving }: EditingOptions): Editing {
  let edited: EditedView | null = null;
  let refused = '';
  /** the cut that was moved last, until the plan has changed */
  let movedCut: CutMove | null = null;
  const bar = editBar({
    onUndo: () => post({ type: 'undoEdit' }),
    onRedo: () => post({ type: 'redoEdit' }),
    onResolve: () => post({ type: 'resolveWithPins' }),
  });
  const questions = moveQuestions(post, () => {
    menus.refresh();
    drags.refresh();
  });

  // what is typed in a field is undone there: VS Code, which listens to the window, would undo an edit of the plan
  document.body.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && ['z', 'y'].includes(event.key.toLowerCase()) && event.composedPath()[0] instanceof HTMLInputElement) event.stopPropagation();
  });

  const context: EditContext = {
    post, questions, select,
    editable() {
      const shown = view();
      // in a report there is nobody to make the change
      return shown?.plan && shown.plan.stale === null && !document.body.classList.contains('report') ? shown : null;
    },
    groupOf: (index) => grouping().groups[index],
    operatorsOf(shown, grip) {
      const all = grip.kind === 'operator' ? [grip.index] : grip.kind === 'group' ? membersOf(grouping(), grip.index) : [];
      return all.filter((operator) => !shown.operators[operator]!.foldable);
    },
    selectCut(shown, tensors) {
      const wanted = new Set(tensors);
      const [slowest] = shown.plan!.cuts.filter(({ tensor }) => wanted.has(tensor)).sort((a, b) => b.transferSeconds - a.transferSeconds);
      if (slowest) select({ kind: 'tensor', index: slowest.tensor });
    },
    choose(choice, cut) {
      refused = '';
      movedCut = cut ?? (choice.kind === 'cut' ? choice : null);
      post({ type: 'edit', choice });
    },
  };
  const menus = editMenus(context, focus);
  const drags = editDrags(context, onMoving);

  return {
    element: bar.element,
    graphEvents: {
      onMenu: menus.onMenu,
      canDrag: drags.canDrag, onDrag: drags.onDrag, onDrop: drags.onDrop, onDragEnd: drags.onDragEnd,
      onCutStep(tensor, step) {
        const shown = context.editable();
        const [pair] = shown ? pairsOf(shown, [tensor]) : [];
        if (!pair) return false;
        context.choose({ kind: 'cut', ...pair, step });
        return true;
      },
    },
    menuAfterStage: menus.menuAfterStage,
    update(shown) {
      bar.update({ view: shown, edited, refused });
    },
    receive(message) {
      switch (message.type) {
        case 'plan':
        case 'edited':
          edited = message.edited ?? null;
          refused = '';
          questions.forget();
          return menus.close();
        case 'editRefused':
          refused = message.reason;
          movedCut = null;
          return bar.update({ view: view(), edited, refused });
        case 'pinOptions':
          return menus.pinOptionsCame(message);
        default:
          questions.receive(message);
      }
    },
    selected(now) {
      const cut = movedCut;
      movedCut = null;
      const [first] = cut ? cutsBetween(now, cut) : [];
      return first ? { kind: 'tensor', index: first.tensor } : null;
    },
  };
}
