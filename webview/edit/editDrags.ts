import { t } from '@vscode/l10n';
import { formatWhole } from '../../src/shared/format';
import type { MoveChoice, MoveOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { shortName } from '../graph/boxText';
import type { GraphEvents } from '../graph/events';
import type { Grip, Over } from '../graph/grips';
import { groupTitle } from '../graph/groups';
import { stageSwatch } from '../inspector/parts';
import { icon } from '../ui/dom';
import type { EditContext } from './context';
import { cutTarget, previewLines, type UnderCut } from './cutDrag';
import { pairsOf, type StagePair } from './cuts';
import { dragHint } from './dragHint';

/** What is dragged, and where it is. */
interface Drag {
  readonly grip: Grip;
  readonly over: Over;
  readonly x: number;
  readonly y: number;
}

/** Operators, groups and cuts that are dragged over the picture: a hint says what dropping them would do. */
export interface EditDrags extends Pick<GraphEvents, 'canDrag' | 'onDrag' | 'onDrop' | 'onDragEnd'> {
  /** the host said more of where operators may move, or what a move would come to */
  readonly refresh: () => void;
}

/** @param onMoving outlines operators that would move; null: none */
export function editDrags({ questions, editable, groupOf, operatorsOf, select, selectCut, choose }: EditContext, onMoving: (operators: readonly number[] | null) => void): EditDrags {
  const hint = dragHint();
  let drag: Drag | null = null;

  const underCut = (shown: PlanView, { grip }: Over): UnderCut => {
    if (grip === null) return { operators: [], name: '' };
    const group = grip.kind === 'group' ? groupOf(grip.index) : undefined;
    return { operators: operatorsOf(shown, grip), name: group ? groupTitle(group) : operatorTitle(shown, grip.index) };
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
        choose({ kind: 'move', ...move }, { ...pair, step: 'best' });
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
    refresh() {
      if (drag) showDrag(drag);
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
