import { t } from '@vscode/l10n';
import { formatWhole } from '../shared/format';
import type { Certificate } from '../placement/problem';
import { looseMethods } from '../placement/solvePlacement';
import type { CutMove, MovePreview, PlanEdit } from '../shared/planEdits';
import { moveCut } from './moveCut';
import { afterMove, colocatedIn, movable, movedWith, type Movable } from './moveOperators';
import { pinFault, pinTo, unpinned, type PinOutcome } from './pinOperators';
import { brokenPins } from './pins';
import { samePlace } from './pinTargets';
import { withPlacement, type Planned } from './planned';

/** What every edited plan's certificate names as its method. */
export const EDITED = 'edited';

/** A plan that is changed by hand, step by step. */
export interface Editable {
  readonly planned: Planned;
  readonly movable: Movable;
}

/** A step taken, and what it did; or why it cannot be taken, each in one sentence. */
export type EditOutcome = { readonly editable: Editable; readonly said: string } | Refused;

export interface Refused {
  readonly refused: string;
}

/**
 * @param planned with a placement
 * @param method what made the plan: some methods make plans whose stages need not be contiguous
 */
export function editable(planned: Planned, method: string): Editable {
  const { placement, input, objective } = planned;
  if (!placement) throw new Error('editable: there is no placement');
  return { planned, movable: movable(input.problem, objective, placement, objective !== 'latency' && !looseMethods.includes(method)) };
}

/** Takes one step. The plan given stays as it is. */
export function applyEdit(before: Editable, edit: PlanEdit): EditOutcome {
  const operators = operatorsOf(before.planned, edit.operators);
  if (typeof operators === 'string') return { refused: operators };
  switch (edit.kind) {
    case 'move':
      return move(before, operators, edit.stage, edit.along);
    case 'pin':
      return withPins(before, pinTo(before.planned, operators, 'stage' in edit ? { stage: edit.stage } : { device: edit.device }));
    case 'unpin':
      return withPins(before, unpinned(before.planned, operators));
  }
}

/** Moves a cut. @returns also the edit that comes to the same, by the operators that it moves */
export function applyCut(before: Editable, cut: CutMove): (Exclude<EditOutcome, Refused> & { readonly edit: PlanEdit }) | Refused {
  const { planned, movable: from } = before;
  const { placement } = from;
  const found = moveCut(from, cut, (moved, stage) => pinFault(planned, moved, placement.order[stage]!));
  if ('refused' in found) return found;
  const { moved, to, plan } = found;
  const edit = { kind: 'move', operators: idsOf(planned, moved), stage: to, along: true } as const;
  return { editable: withMoved(before, plan), said: saidOfCut(cut, moved.size, to), edit };
}

function saidOfCut({ from, to, step }: CutMove, count: number, goal: number): string {
  if (step === 'best') {
    return count === 1
      ? t('Moved the cut between stages {0} and {1} to the best place found: 1 operator to stage {2}.', from, to, goal)
      : t('Moved the cut between stages {0} and {1} to the best place found: {2} operators to stage {3}.', from, to, count, goal);
  }
  if (step === 'earlier') {
    return count === 1
      ? t('Moved the cut between stages {0} and {1} one step earlier: 1 operator to stage {1}.', from, to)
      : t('Moved the cut between stages {0} and {1} one step earlier: {2} operators to stage {1}.', from, to, count);
  }
  return count === 1
    ? t('Moved the cut between stages {0} and {1} one step later: 1 operator to stage {0}.', from, to)
    : t('Moved the cut between stages {0} and {1} one step later: {2} operators to stage {0}.', from, to, count);
}

/** What a move would come to. @param operators their indices in the model; at least one of them with a place of its own */
export function previewMove({ planned, movable: from }: Editable, operators: readonly number[], to: number, along: boolean): MovePreview {
  const { order } = from.placement;
  const nodes = operators.map((operator) => planned.input.nodeOf[operator] ?? -1).filter((node) => node >= 0);
  if (nodes.length === 0) return { refused: noPlace(), moved: [], colocated: 0, value: null };
  if (to >= order.length) return { refused: noStage(to), moved: [], colocated: 0, value: null };
  const moving = nodes.filter((node) => from.stageOf[node] !== to);
  if (moving.length === 0) return { refused: isThere(nodes.length, to), moved: [], colocated: 0, value: null };
  const moved = movedWith(from, moving, to, along);
  const pinned = pinFault(planned, moved, order[to]!);
  const after = pinned === null ? afterMove(from, moved, to) : { refused: pinned };
  const [refused, value] = 'refused' in after ? [after.refused, null] : [null, after.judged.value];
  return { refused, moved: Array.from(moved, (node) => planned.input.nodes[node]!), colocated: colocatedIn(from, moving, to, along, moved), value };
}

/** Indices of operators that stand somewhere by themselves, or what is wrong with one. */
function operatorsOf({ prepared, input }: Planned, ids: readonly string[]): readonly number[] | string {
  const wanted = new Set(ids);
  const found = prepared.graph.operators.filter(({ id }) => wanted.has(id)).map(({ index }) => index);
  if (found.length < wanted.size) return t('The model has no such operator any more.');
  const placed = found.filter((operator) => input.nodeOf[operator]! >= 0);
  return placed.length > 0 ? placed : noPlace();
}

const idsOf = ({ prepared, input }: Planned, nodes: Iterable<number>): string[] => Array.from(nodes, (node) => prepared.graph.operators[input.nodes[node]!]!.id);

const noPlace = (): string => t('It is computed beforehand, wherever its value is used, and has no place of its own.');
const noStage = (stage: number): string => t('There is no stage {0}.', stage);
const isThere = (count: number, stage: number): string => (count === 1 ? t('It is in stage {0} already.', stage) : t('They are in stage {0} already.', stage));

function move(before: Editable, operators: readonly number[], to: number, along: boolean): EditOutcome {
  const { planned, movable: from } = before;
  if (to >= from.placement.order.length) return { refused: noStage(to) };
  const nodes = operators.map((operator) => planned.input.nodeOf[operator]!).filter((node) => from.stageOf[node] !== to);
  if (nodes.length === 0) return { refused: isThere(operators.length, to) };
  const moved = movedWith(from, nodes, to, along);
  const fault = pinFault(planned, moved, from.placement.order[to]!);
  if (fault !== null) return { refused: fault };
  const after = afterMove(from, moved, to);
  if ('refused' in after) return after;
  return { editable: withMoved(before, after), said: saidOfMove(moved.size, colocatedIn(from, nodes, to, along, moved), to) };
}

function saidOfMove(count: number, colocated: number, to: number): string {
  if (colocated === 1) return t('Moved {0} operators to stage {1}, 1 of them because it must share a device with another.', formatWhole(count), to);
  if (colocated > 1) return t('Moved {0} operators to stage {1}, {2} of them because they must share a device with others.', formatWhole(count), to, colocated);
  return count === 1 ? t('Moved 1 operator to stage {0}.', to) : t('Moved {0} operators to stage {1}.', formatWhole(count), to);
}

const withMoved = ({ planned }: Editable, next: Movable): Editable => ({ planned: withPlacement(planned, next.placement, next.contiguous ? next.judged : undefined), movable: next });

const withPins = (before: Editable, outcome: PinOutcome): EditOutcome =>
  'refused' in outcome ? outcome : { editable: { ...before, planned: { ...before.planned, pinned: outcome.pinned } }, said: outcome.said };

/**
 * How good a plan is after it was edited. A bound that was proven when it was solved still holds, unless a pin that it relied on is gone; the
 * plan is optimal only where it reaches that bound and keeps its pins.
 *
 * @param solved the certificate of the plan before the edits, and the pins that it was made with
 */
export function editedCertificate({ planned, movable: { placement, judged } }: Editable, solved: { readonly certificate: Certificate; readonly planned: Planned }): Certificate {
  const { certificate } = solved;
  const { value, violations } = judged;
  const bounded = [...solved.planned.pinned].every(([operator, to]) => samePlace(planned.pinned.get(operator), to));
  const lowerBound = bounded ? Math.min(certificate.lowerBound, value) : 0;
  const reached = lowerBound > 0 && value <= lowerBound * (1 + 1e-9);
  const moved = placement !== solved.planned.placement;
  return {
    value,
    lowerBound,
    optimal: violations.length === 0 && brokenPins(planned).length === 0 && bounded && (reached || (!moved && certificate.optimal)),
    // a method whose plans need not be contiguous stays named: it says how the plan is to be judged
    method: moved && !looseMethods.includes(certificate.method) ? EDITED : certificate.method,
  };
}
