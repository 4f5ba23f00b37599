import { t } from '@vscode/l10n';
import { judge } from '../placement/judge';
import type { Certificate, Placement } from '../placement/problem';
import { looseMethods } from '../placement/solvePlacement';
import type { PlanEdit } from '../shared/planEdits';
import { afterMove, movable, moveFault, movedWith, placementAfter, type Movable } from './moveOperators';
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
export type EditOutcome = { readonly editable: Editable; readonly said: string } | { readonly refused: string };

/**
 * @param planned with a placement
 * @param method what made the plan: some methods make plans whose stages need not be contiguous
 */
export function editable(planned: Planned, method: string): Editable {
  const { placement, input, objective } = planned;
  if (!placement) throw new Error('editable: there is no placement');
  return { planned, movable: movable(input.problem, objective, placement, objective !== 'latency' && !looseMethods.includes(method)) };
}

/** Takes one step. The plan given stays as it is. @param judged false for a step that was found legal before: what it leads to is not judged again */
export function applyEdit(before: Editable, edit: PlanEdit, judged = true): EditOutcome {
  const operators = operatorsOf(before.planned, edit.operators);
  if (typeof operators === 'string') return { refused: operators };
  switch (edit.kind) {
    case 'move':
      return move(before, operators, edit.stage, edit.along, judged);
    case 'pin':
      return withPins(before, pinTo(before.planned, operators, 'stage' in edit ? { stage: edit.stage } : { device: edit.device }));
    case 'unpin':
      return withPins(before, unpinned(before.planned, operators));
  }
}

/** Indices of operators that stand somewhere by themselves, or what is wrong with one. */
function operatorsOf({ prepared, input }: Planned, ids: readonly string[]): readonly number[] | string {
  const wanted = new Set(ids);
  const found = prepared.graph.operators.filter(({ id }) => wanted.has(id)).map(({ index }) => index);
  if (found.length < wanted.size) return t('The model has no such operator any more.');
  const placed = found.filter((operator) => input.nodeOf[operator]! >= 0);
  return placed.length > 0 ? placed : t('It is computed beforehand, wherever its value is used, and has no place of its own.');
}

function move(before: Editable, operators: readonly number[], to: number, along: boolean, judged: boolean): EditOutcome {
  const { planned, movable: from } = before;
  if (to >= from.placement.order.length) return { refused: t('There is no stage {0}.', to) };
  const nodes = operators.map((operator) => planned.input.nodeOf[operator]!);
  if (nodes.every((node) => from.stageOf[node] === to)) return { refused: t('It is in stage {0} already.', to) };
  const moved = movedWith(from, nodes, to, along);
  const fault = pinFault(planned, moved, from.placement.order[to]!) ?? (judged ? moveFault(from, moved, to) : null);
  if (fault !== null) return { refused: fault };
  const placement = placementAfter(from, moved, to);
  return { editable: withMoved(before, placement), said: moved.size === 1 ? t('Moved 1 operator to stage {0}.', to) : t('Moved {0} operators to stage {1}.', moved.size, to) };
}

const withMoved = ({ planned, movable: from }: Editable, placement: Placement): Editable => ({ planned: withPlacement(planned, placement), movable: afterMove(from, placement) });

const withPins = (before: Editable, outcome: PinOutcome): EditOutcome =>
  'refused' in outcome ? outcome : { editable: { ...before, planned: { ...before.planned, pinned: outcome.pinned } }, said: outcome.said };

/**
 * How good a plan is after it was edited. A bound that was proven when it was solved still holds, unless a pin that it relied on is gone; the
 * plan is optimal only where it reaches that bound and keeps its pins.
 *
 * @param solved the certificate of the plan before the edits, and the pins that it was made with
 */
export function editedCertificate({ planned, movable: { placement, contiguous } }: Editable, solved: { readonly certificate: Certificate; readonly planned: Planned }): Certificate {
  const { certificate } = solved;
  const { value, violations } = judge(planned.input.problem, placement, planned.objective, contiguous);
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
