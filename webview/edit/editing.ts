import './edit.css';
import { t } from '@vscode/l10n';
import { formatWhole } from '../../src/shared/format';
import type { GroupView } from '../../src/shared/layoutView';
import type { FromWebview, ToWebview } from '../../src/shared/messages';
import { scopeMembers, type CutMove, type EditChoice, type EditedView, type MoveChoice, type MoveOption, type PinOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { shortName } from '../graph/boxText';
import type { GraphEvents } from '../graph/graphView';
import type { Grip, Over } from '../graph/grips';
import { groupTitle } from '../graph/groups';
import { membersOf } from '../inspector/group';
import { stageSwatch } from '../inspector/parts';
import type { Selection, State } from '../state';
import { icon } from '../ui/dom';
import { cutTarget, previewLines, type UnderCut } from './cutDrag';
import { cutMenu } from './cutMenu';
import { cutsBetween, pairsOf, type StagePair } from './cuts';
import { dragHint } from './dragHint';
import { editBar } from './editBar';
import { groupMenu } from './groupMenu';
import { openMenu, type Menu } from './menu';
import { moveEntries } from './moveEntries';
import { moveScopeLabel, operatorMenu } from './operatorMenu';
import { pinMenu, pinMenuTitle, pinToLabel } from './pinMenu';
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

type SecondLevel =
  | { readonly kind: 'move'; readonly scope: string }
  /** `known`: where it may be pinned; null until the host said so */
  | { readonly kind: 'pin'; readonly operator: number; readonly scope: string; readonly known: readonly PinOption[] | null };

/** What is dragged, and where it is. */
interface Drag {
  readonly grip: Grip;
  over: Over;
  x: number;
  y: number;
}

/** Changing a plan by hand: menus, drags, and the line that says what it costs. The host makes the changes; nothing here is kept over a reload. */
export function editing({ post, view, grouping, select, focus, onMoving }: EditingOptions): Editing {
  let edited: EditedView | null = null;
  let refused = '';
  let menu: { readonly menu: Menu; readonly fill: (shown: PlanView) => void } | null = null;
  /** the second level of an operator's menu, while that is open */
  let level: SecondLevel | null = null;
  let drag: Drag | null = null;
  /** the cut that was moved last, until the plan has changed */
  let movedCut: CutMove | null = null;
  const hint = dragHint();
  const bar = editBar({
    onUndo: () => post({ type: 'undoEdit' }),
    onRedo: () => post({ type: 'redoEdit' }),
    onResolve: () => post({ type: 'resolveWithPins' }),
  });
  const questions = moveQuestions(post, () => {
    const shown = editable();
    if (menu && shown && level?.kind !== 'pin') menu.fill(shown);
    if (drag) showDrag(drag);
  });

  // what is typed in a field is undone there: VS Code, which listens to the window, would undo an edit of the plan
  document.body.addEventListener('keydown', (event) => {
    if ((event.ctrlKey || event.metaKey) && ['z', 'y'].includes(event.key.toLowerCase()) && event.composedPath()[0] instanceof HTMLInputElement) event.stopPropagation();
  });

  const editable = (): PlanView | null => {
    const shown = view();
    // in a report there is nobody to make the change
    return shown?.plan && shown.plan.stale === null && !document.body.classList.contains('report') ? shown : null;
  };
  const choose = (choice: EditChoice): void => {
    refused = '';
    movedCut = choice.kind === 'cut' ? choice : null;
    post({ type: 'edit', choice });
  };
  const open = (title: string, x: number, y: number, fill: (menu: Menu, shown: PlanView) => void): void => {
    const shown = editable()!;
    menu?.menu.close();
    const before = document.activeElement;
    const opened = openMenu(title, x, y, () => {
      menu = level = null;
      // back to where it was opened, if that is still there
      if (before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus({ preventScroll: true });
      else focus();
    });
    menu = { menu: opened, fill: (now) => fill(opened, now) };
    fill(opened, shown);
  };
  const placed = (shown: PlanView, operators: readonly number[]): number[] => operators.filter((operator) => !shown.operators[operator]!.foldable);
  const groupOf = (index: number): GroupView | undefined => grouping().groups[index];
  /** The operators that are moved with a grip; none for a cut. */
  const operatorsOf = (shown: PlanView, grip: Grip): number[] => (grip.kind === 'operator' ? [grip.index] : grip.kind === 'group' ? placed(shown, membersOf(grouping(), grip.index)) : []);

  /** The menu of an operator, or one of its second levels. @param focus label of the item that gets the focus; absent: the first that can be chosen */
  const fillOperator = (opened: Menu, shown: PlanView, operator: number, focus?: string): void => {
    const { name, id, foldable } = shown.operators[operator]!;
    const turn = (next: SecondLevel | null, from?: string): void => {
      level = next;
      const now = editable();
      if (now) fillOperator(opened, now, operator, from);
    };
    if (level?.kind === 'pin') {
      const { scope, known } = level;
      return opened.fill(pinMenu(shown, operator, scope, known, choose), { title: pinMenuTitle(name || id, scope), back: () => turn(null, pinToLabel(scope)) });
    }
    if (level?.kind === 'move') {
      const { scope } = level;
      const members = scopeMembers(shown.operators, scope);
      const stages = [...new Set(members.map((member) => shown.operators[member]!.stage))];
      const entries = moveEntries(shown, members, stages.length === 1 ? stages[0]! : -1, questions.options(members), choose);
      return opened.fill(entries, { title: moveScopeLabel(scope), back: () => turn(null, moveScopeLabel(scope)) });
    }
    const levels = {
      moveScope: (scope: string) => turn({ kind: 'move', scope }),
      pinTo(scope: string) {
        post({ type: 'pinOptions', operator, scope });
        turn({ kind: 'pin', operator, scope, known: null });
      },
    };
    opened.fill(operatorMenu(shown, operator, foldable ? [] : questions.options([operator]), choose, levels), focus === undefined ? {} : { focus });
  };

  /** The menu of a group, or where its scope may be pinned. @param focus label of the item that gets the focus */
  const fillGroup = (opened: Menu, shown: PlanView, group: GroupView, members: readonly number[], focus?: string): void => {
    const turn = (next: SecondLevel | null, from?: string): void => {
      level = next;
      const now = editable();
      if (now) fillGroup(opened, now, group, members, from);
    };
    if (level?.kind === 'pin') {
      const { operator, scope, known } = level;
      return opened.fill(pinMenu(shown, operator, scope, known, choose), { title: pinMenuTitle('', scope), back: () => turn(null, pinToLabel(scope)) });
    }
    const pinTo = (scope: string): void => {
      post({ type: 'pinOptions', operator: members[0]!, scope });
      turn({ kind: 'pin', operator: members[0]!, scope, known: null });
    };
    opened.fill(groupMenu(shown, group, members, members.length === 0 ? [] : questions.options(members), choose, pinTo), focus === undefined ? {} : { focus });
  };

  const onMenu = (grip: Grip, x: number, y: number): boolean => {
    const shown = editable();
    if (!shown) return false;
    if (grip.kind === 'operator') {
      select(grip);
      const { type, name, id } = shown.operators[grip.index]!;
      open(`${type} ${name || id}`, x, y, (opened, now) => fillOperator(opened, now, grip.index));
      return true;
    }
    if (grip.kind === 'group') {
      const group = groupOf(grip.index);
      if (!group) return false;
      select(grip);
      const members = operatorsOf(shown, grip);
      open(groupTitle(group), x, y, (opened, now) => fillGroup(opened, now, group, members));
      return true;
    }
    const pairs = pairsOf(shown, grip.tensors);
    if (pairs.length === 0) return false;
    selectCut(shown, grip.tensors);
    open(t('Cut'), x, y, (opened, now) => opened.fill(cutMenu(now, pairs, choose)));
    return true;
  };
  /** Selects the slowest of some tensors that cross stages. */
  const selectCut = (shown: PlanView, tensors: readonly number[]): void => {
    const wanted = new Set(tensors);
    const [slowest] = shown.plan!.cuts.filter(({ tensor }) => wanted.has(tensor)).sort((a, b) => b.transferSeconds - a.transferSeconds);
    if (slowest) select({ kind: 'tensor', index: slowest.tensor });
  };

  const underCut = (shown: PlanView, { grip }: Over): UnderCut => {
    if (grip === null) return { operators: [], name: '' };
    const group = grip.kind === 'group' ? groupOf(grip.index) : undefined;
    return { operators: placed(shown, operatorsOf(shown, grip)), name: group ? groupTitle(group) : operatorTitle(shown, grip.index) };
  };
  /** What dropping a cut would do; null where it would do nothing. */
  const cutMove = (shown: PlanView, tensors: readonly number[], over: Over): MoveChoice | null => {
    const [pair] = pairsOf(shown, tensors);
    const target = pair && cutTarget(shown, pair, underCut(shown, over));
    return target && 'move' in target ? target.move : null;
  };
  const showCut = (shown: PlanView, pair: StagePair, { over, x, y }: Drag): void => {
    const target = cutTarget(shown, pair, underCut(shown, over));
    if ('reason' in target) {
      onMoving(null);
      return hint.show(icon(over.grip === null ? 'move' : 'circle-slash'), [target.reason], x, y);
    }
    const preview = questions.preview(target.move);
    onMoving(preview?.moved ?? target.move.operators);
    const lines = preview === null ? [] : previewLines(target.move, preview, shown.plan!.certificate.value);
    hint.show(preview !== null && preview.refused !== null ? icon('circle-slash') : stageSwatch(shown, target.move.stage), [target.title, ...lines], x, y);
  };
  const optionFor = (operators: readonly number[], stage: number): MoveOption | undefined => questions.options(operators)?.find((option) => option.stage === stage);
  const showMove = (shown: PlanView, { grip, over: { stage }, x, y }: Drag): void => {
    const operators = operatorsOf(shown, grip);
    if (operators.length === 0) return;
    const option = optionFor(operators, stage);
    const there = option?.operators === 0;
    const blocked = option !== undefined && !there && option.alone !== null && option.along !== null;
    hint.show(stage < 0 ? icon('move') : blocked ? icon('circle-slash') : stageSwatch(shown, stage), moveLines(operators.length, stage, option), x, y);
  };
  const showDrag = (of: Drag): void => {
    const shown = editable();
    if (!shown) return;
    if (of.grip.kind !== 'cut') return showMove(shown, of);
    const [pair] = pairsOf(shown, of.grip.tensors);
    if (pair) showCut(shown, pair, of);
  };

  return {
    element: bar.element,
    graphEvents: {
      onMenu,
      canDrag(grip) {
        const shown = editable();
        if (!shown) return false;
        return grip.kind === 'cut' ? pairsOf(shown, grip.tensors).length > 0 : grip.kind === 'group' || !shown.operators[grip.index]!.foldable;
      },
      onDrag(grip, over, x, y) {
        drag = { grip, over, x, y };
        showDrag(drag);
      },
      onDrop(grip, over) {
        const shown = editable();
        if (!shown) return;
        if (grip.kind === 'cut') {
          const move = cutMove(shown, grip.tensors, over);
          const [pair] = pairsOf(shown, grip.tensors);
          if (!move || !pair) return;
          selectCut(shown, grip.tensors);
          choose({ kind: 'move', ...move });
          movedCut = { ...pair, step: 'best' };
          return;
        }
        const operators = operatorsOf(shown, grip);
        if (over.stage < 0 || operators.every((operator) => shown.operators[operator]!.stage === over.stage)) return;
        select(grip);
        choose({ kind: 'move', operators, stage: over.stage, along: (optionFor(operators, over.stage)?.alone ?? null) !== null });
      },
      onDragEnd() {
        drag = null;
        questions.endPreview();
        onMoving(null);
        hint.hide();
      },
      onCutStep(tensor, step) {
        const shown = editable();
        const [pair] = shown ? pairsOf(shown, [tensor]) : [];
        if (!pair) return false;
        choose({ kind: 'cut', ...pair, step });
        return true;
      },
    },
    menuAfterStage(stage, x, y) {
      const shown = editable();
      if (!shown || stage + 1 >= shown.plan!.stages.length) return false;
      open(t('Cut'), x, y, (opened, now) => opened.fill(cutMenu(now, [{ from: stage, to: stage + 1 }], choose)));
      return true;
    },
    update(shown) {
      bar.update({ view: shown, edited, refused });
    },
    receive(message) {
      if (message.type === 'plan' || message.type === 'edited') {
        edited = message.edited ?? null;
        refused = '';
        questions.forget();
        menu?.menu.close();
      } else if (message.type === 'editRefused') {
        refused = message.reason;
        movedCut = null;
        bar.update({ view: view(), edited, refused });
      } else if (message.type === 'pinOptions') {
        const shown = editable();
        if (level?.kind !== 'pin' || level.operator !== message.operator || level.scope !== message.scope) return;
        level = { ...level, known: message.options };
        if (menu && shown) menu.fill(shown);
      } else questions.receive(message);
    },
    selected(now) {
      const cut = movedCut;
      movedCut = null;
      const [first] = cut ? cutsBetween(now, cut) : [];
      return first ? { kind: 'tensor', index: first.tensor } : null;
    },
  };
}

/** What dropping operators on a stage would do. */
function moveLines(count: number, stage: number, option: MoveOption | undefined): string[] {
  if (stage < 0) return [t('Drop it on a stage')];
  if (option?.operators === 0) return [t('In stage {0} already', stage)];
  const what = count === 1 ? t('Move to stage {0}', stage) : t('Move {0} operators to stage {1}', formatWhole(count), stage);
  if (option === undefined || option.alone === null) return [what];
  if (option.along !== null) return [option.along];
  const follow = option.operators - count;
  return [what, follow === 1 ? t('with 1 that must follow') : t('with {0} that must follow', follow)];
}

/** How an operator under a cut is called. */
const operatorTitle = ({ operators }: PlanView, index: number): string => {
  const { type, name, id } = operators[index]!;
  return `${type.replace(/^.*:/, '')} ${shortName(name, type) || id}`;
};
