import { judge } from '../placement/judge';
import type { Certificate, Placement } from '../placement/problem';
import { looseMethods } from '../placement/solvePlacement';
import type { PlanEdit } from '../shared/planEdits';
import { afterMove, movable, moveFault, movedWith, placementAfter, type Movable } from './moveOperators';
import { brokenPins } from './pins';
import { withPlacement, type Planned } from './planned';
import { counted } from './sentences';

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
      return pin(before, operators, edit.device);
    case 'unpin':
      return unpin(before, operators);
  }
}

/** Indices of operators that stand somewhere by themselves, or what is wrong with one. */
function operatorsOf({ prepared, input }: Planned, ids: readonly string[]): readonly number[] | string {
  const wanted = new Set(ids);
  const found = prepared.graph.operators.filter(({ id }) => wanted.has(id)).map(({ index }) => index);
  if (found.length < wanted.size) return 'The model has no such operator any more.';
  const placed = found.filter((operator) => input.nodeOf[operator]! >= 0);
  return placed.length > 0 ? placed : 'It is computed beforehand, wherever its value is used, and has no place of its own.';
}

function move(before: Editable, operators: readonly number[], to: number, along: boolean, judged: boolean): EditOutcome {
  const { planned, movable: from } = before;
  if (to >= from.placement.order.length) return { refused: `There is no stage ${to}.` };
  const nodes = operators.map((operator) => planned.input.nodeOf[operator]!);
  if (nodes.every((node) => from.stageOf[node] === to)) return { refused: `It is in stage ${to} already.` };
  const moved = movedWith(from, nodes, to, along);
  const fault = pinFault(planned, moved, from.placement.order[to]!) ?? (judged ? moveFault(from, moved, to) : null);
  if (fault !== null) return { refused: fault };
  const placement = placementAfter(from, moved, to);
  return { editable: withMoved(before, placement), said: `Moved ${counted(moved.size, 'operator')} to stage ${to}.` };
}

const withMoved = ({ planned, movable: from }: Editable, placement: Placement): Editable => ({ planned: withPlacement(planned, placement), movable: afterMove(from, placement) });

/** A pinned operator stays where its pin says. */
export function pinFault({ prepared, input, pinned }: Planned, moved: ReadonlySet<number>, device: number): string | null {
  for (const [operator, wanted] of pinned) {
    if (wanted === device || !moved.has(input.nodeOf[operator]!)) continue;
    const { name, id } = prepared.graph.operators[operator]!;
    return `“${name || id}” is pinned to ${input.devices[wanted]!.name}: unpin it first.`;
  }
  return null;
}

function pin(before: Editable, operators: readonly number[], name: string): EditOutcome {
  const { planned } = before;
  const device = planned.input.devices.findIndex((other) => other.name === name);
  if (device < 0) return { refused: `The cluster has no device ${name}.` };
  const { problem, nodeOf } = planned.input;
  const column = problem.seconds[planned.input.devices[device]!.class]!;
  const foreign = operators.find((operator) => !Number.isFinite(column[nodeOf[operator]!]!));
  if (foreign !== undefined) return { refused: `${name} does not support “${problem.labels[nodeOf[foreign]!]!}”.` };
  const pinned = new Map(planned.pinned);
  for (const operator of operators) pinned.set(operator, device);
  const said = `Pinned ${counted(operators.length, 'operator')} to ${name}.`;
  return { editable: { ...before, planned: { ...planned, pinned } }, said };
}

function unpin(before: Editable, operators: readonly number[]): EditOutcome {
  const pinned = new Map(before.planned.pinned);
  const count = operators.filter((operator) => pinned.delete(operator)).length;
  if (count === 0) return { refused: 'It is not pinned.' };
  return { editable: { ...before, planned: { ...before.planned, pinned } }, said: `Unpinned ${counted(count, 'operator')}.` };
}

/**
 * How good a plan is after it was edited. A bound that was proven when it was solved still holds, unless a pin that it relied on is gone; the
 * plan is optimal only where it reaches that bound and keeps its pins.
 *
 * @param solved the certificate of the plan before the edits, and the pins that it was made with
 */
export function editedCertificate({ planned, movable: { placement, contiguous } }: Editable, solved: { readonly certificate: Certificate; readonly planned: Planned }): Certificate {
  const { certificate } = solved;
  const { value, violations } = judge(planned.input.problem, placement, planned.objective, contiguous);
  const bounded = [...solved.planned.pinned].every(([operator, device]) => planned.pinned.get(operator) === device);
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
