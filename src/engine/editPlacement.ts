import { t } from '@vscode/l10n';
import { basename } from 'node:path';
import type { Certificate } from '../placement/problem';
import { changeTo, withChange, type PlanState } from '../shared/planChange';
import { scopeMembers, type CutMove, type MoveChoice, type MoveOption, type MovePreview, type PinOption, type PlanEdit } from '../shared/planEdits';
import { UserError } from '../shared/userError';
import { writePlacementFile } from '../sidecar/writePlacementFile';
import { applyCut, applyEdit, editable, editedCertificate, previewMove, type Editable, type Refused } from './editPlan';
import { colocatedIn, moveFault, movedWith } from './moveOperators';
import { pinFault, pinOptions } from './pinOperators';
import { pinsOf } from './pins';
import { placementFileOf } from './placementFileOf';
import type { Planned } from './planned';
import { planState } from './planView';
import type { OpenedPlacement } from './requests';
import { modelWarnings } from './warnings';

/** A plan after edits. */
export interface EditedPlacement {
  readonly state: PlanState;
  /** what the last edit did; '' if there was none */
  readonly said: string;
  /** the last edit, by the operators that it moves; null if there was none */
  readonly edit: PlanEdit | null;
  readonly planned: Planned;
}

/** Plans that steps from an opened placement led to: the next step follows the last one. */
export interface EditTrail {
  readonly opened: OpenedPlacement;
  readonly start: Editable;
  /** what is to be said of the model, whatever is changed */
  readonly warnings: readonly string[];
  readonly steps: { readonly edit: string; readonly editable: Editable; readonly said: string }[];
}

/** @throws UserError if the plan is stale: nothing can be said of where its operators go */
export function startTrail(opened: OpenedPlacement): EditTrail {
  const { planned, view, modelPath } = opened;
  if (!planned) throw new UserError(basename(modelPath), view.plan?.stale ? t('changed since this plan was made: {0}.', view.plan.stale) : t('changed since this plan was made.'), t('Partition it again before editing the plan.'));
  return { opened, start: editable(planned, view.plan!.certificate.method), warnings: modelWarnings(planned), steps: [] };
}

/** Follows steps; the trail remembers them in place of those that it had. */
function follow(trail: EditTrail, edits: readonly PlanEdit[]): Editable | Refused {
  const names = edits.map((edit) => JSON.stringify(edit));
  const known = trail.steps.findIndex(({ edit }, i) => edit !== names[i]);
  if (known >= 0) trail.steps.length = known;
  for (let i = trail.steps.length; i < edits.length; i++) {
    const outcome = applyEdit(trail.steps[i - 1]?.editable ?? trail.start, edits[i]!);
    if ('refused' in outcome) return outcome;
    trail.steps.push({ edit: names[i]!, ...outcome });
  }
  return trail.steps.at(-1)?.editable ?? trail.start;
}

/**
 * Takes some steps from an opened placement. Those that the trail has are not taken anew.
 *
 * @param cut moved after the edits; absent: none is
 */
export function editPlacement(trail: EditTrail, edits: readonly PlanEdit[], cut?: CutMove): EditedPlacement | Refused {
  let now = follow(trail, edits);
  if ('refused' in now) return now;
  let edit = edits.at(-1) ?? null;
  if (cut) {
    const outcome = applyCut(now, cut);
    if ('refused' in outcome) return outcome;
    trail.steps.push({ ...outcome, edit: JSON.stringify(outcome.edit) });
    [now, edit] = [outcome.editable, outcome.edit];
  }
  const { planned } = now;
  const state = planState(planned, certificateOf(trail, now), trail.opened.view.plan!.cluster, trail.warnings);
  return { state: edit === null ? { ...state, plan: trail.opened.view.plan!, warnings: trail.opened.view.warnings } : state, said: trail.steps.at(-1)?.said ?? '', edit, planned };
}

const certificateOf = ({ opened }: EditTrail, now: Editable): Certificate => editedCertificate(now, { certificate: opened.view.plan!.certificate, planned: opened.planned! });

/**
 * The placement file after some steps that can be taken, and its canonical bytes.
 *
 * @param edits at least one; without edits the file is what it was
 */
export function writeEdited(trail: EditTrail, edits: readonly PlanEdit[]): OpenedPlacement & { readonly text: string } {
  const now = taken(trail, edits);
  const { opened } = trail;
  const names = { modelPath: opened.file.model.path, clusterFrom: opened.file.cluster.from };
  const certificate = certificateOf(trail, now);
  const file = placementFileOf(now.planned, certificate, names, pinsOf(now.planned), opened.file);
  return { ...opened, file, text: writePlacementFile(file), planned: now.planned };
}

/** A plan after some steps that can be taken, as if it had been opened. */
export function openEdited(trail: EditTrail, edits: readonly PlanEdit[]): OpenedPlacement {
  const { opened } = trail;
  const now = taken(trail, edits);
  const state = planState(now.planned, certificateOf(trail, now), opened.view.plan!.cluster, trail.warnings);
  return { ...opened, planned: now.planned, view: withChange(opened.view, changeTo(opened.view, state)) };
}

/** Follows steps that can be taken. */
function taken(trail: EditTrail, edits: readonly PlanEdit[]): Editable {
  const now = follow(trail, edits);
  if ('refused' in now) throw new Error(`steps that were taken before are refused: ${now.refused}`);
  return now;
}

/**
 * Where operators may move after some steps, stage by stage, and why they may not.
 *
 * @param operators their indices in the model
 */
export function moveOptions(trail: EditTrail, edits: readonly PlanEdit[], operators: readonly number[]): MoveOption[] {
  const { planned, movable: from } = taken(trail, edits);
  const nodes = operators.map((operator) => planned.input.nodeOf[operator] ?? -1).filter((node) => node >= 0);
  if (nodes.length === 0) return [];
  return from.placement.order.map((device, stage) => {
    const moving = nodes.filter((node) => from.stageOf[node] !== stage);
    const here = nodes.length === 1 ? t('It is here.') : t('They are here.');
    if (moving.length === 0) return { stage, alone: here, along: here, operators: 0, colocated: 0 };
    const faultOf = (moved: ReadonlySet<number>): string | null => pinFault(planned, moved, device) ?? moveFault(from, moved, stage);
    const alone = movedWith(from, moving, stage, false);
    const along = movedWith(from, moving, stage, true);
    const fault = faultOf(alone);
    return { stage, alone: fault, along: along.size === alone.size ? fault : faultOf(along), operators: along.size, colocated: colocatedIn(from, moving, stage, true, along) };
  });
}

/**
 * Where an operator, or all operators of a scope that it lies in, may be pinned after some steps.
 *
 * @param scope '' for the operator alone
 */
export function pinOptionsOf(trail: EditTrail, edits: readonly PlanEdit[], operator: number, scope: string): PinOption[] {
  const { planned } = taken(trail, edits);
  const operators = scope === '' ? [operator] : scopeMembers(planned.prepared.graph.operators, scope);
  return pinOptions(planned, operators.filter((member) => (planned.input.nodeOf[member] ?? -1) >= 0));
}

/** What a move would come to after some steps. */
export const movePreview = (trail: EditTrail, edits: readonly PlanEdit[], { operators, stage, along }: MoveChoice): MovePreview => previewMove(taken(trail, edits), operators, stage, along);
