import { t } from '@vscode/l10n';
import { basename } from 'node:path';
import { scopeMembers, type MoveOption, type PinOption, type PlanEdit } from '../shared/planEdits';
import type { PlanView } from '../shared/planView';
import { UserError } from '../shared/userError';
import type { PlacementFile } from '../sidecar/placementFile';
import { writePlacementFile } from '../sidecar/writePlacementFile';
import { applyEdit, editable, editedCertificate } from './editPlan';
import { moveFault, movedWith } from './moveOperators';
import { pinFault, pinOptions } from './pinOperators';
import { pinsOf } from './pins';
import { placementFileOf } from './placementFileOf';
import type { Planned } from './planned';
import { planView } from './planView';
import type { OpenedPlacement } from './requests';

/** A plan after edits, not saved; or why the last edit cannot be made, in one sentence. */
export type EditedPlacement =
  | {
      /** the placement file's canonical bytes */
      readonly text: string;
      readonly file: PlacementFile;
      readonly view: PlanView;
      /** what the last edit did */
      readonly said: string;
      readonly planned: Planned;
    }
  | { readonly refused: string };

/** @throws UserError if the plan is stale: nothing can be said of where its operators go */
function fresh({ planned, view, modelPath }: OpenedPlacement): { readonly planned: Planned; readonly view: PlanView } {
  if (!planned) throw new UserError(basename(modelPath), view.plan?.stale ? t('changed since this plan was made: {0}.', view.plan.stale) : t('changed since this plan was made.'), t('Partition it again before editing the plan.'));
  return { planned, view };
}

/**
 * Takes some steps from an opened placement. All but the last were legal when they were made, and are only followed.
 *
 * @param edits at least one
 * @throws UserError if the placement is stale
 */
export function editPlacement(opened: OpenedPlacement, edits: readonly PlanEdit[]): EditedPlacement {
  const { planned: solved, view: before } = fresh(opened);
  const { certificate, cluster } = before.plan!;
  let now = editable(solved, certificate.method);
  let said = '';
  for (const [i, edit] of edits.entries()) {
    const outcome = applyEdit(now, edit, i === edits.length - 1);
    if ('refused' in outcome) return outcome;
    now = outcome.editable;
    said = outcome.said;
  }
  const { planned } = now;
  const after = editedCertificate(now, { certificate, planned: solved });
  const names = { modelPath: opened.file.model.path, clusterFrom: opened.file.cluster.from };
  const file = placementFileOf(planned, after, names, pinsOf(planned), opened.file);
  return { text: writePlacementFile(file), file, view: planView(planned, after, cluster, []), said, planned };
}

/**
 * Where an operator may move, stage by stage, and why it may not.
 *
 * @throws UserError if the placement is stale
 */
export function moveOptions(opened: Pick<OpenedPlacement, 'planned' | 'view' | 'modelPath' | 'file'>, operator: number): MoveOption[] {
  const { planned, view } = fresh(opened);
  const { movable: from } = editable(planned, view.plan!.certificate.method);
  const node = planned.input.nodeOf[operator] ?? -1;
  if (node < 0) return [];
  return from.placement.order.map((device, stage) => {
    if (from.stageOf[node] === stage) return { stage, alone: t('It is here.'), along: t('It is here.'), operators: 0 };
    const faultOf = (moved: ReadonlySet<number>): string | null => pinFault(planned, moved, device) ?? moveFault(from, moved, stage);
    const alone = movedWith(from, [node], stage, false);
    const along = movedWith(from, [node], stage, true);
    const fault = faultOf(alone);
    return { stage, alone: fault, along: along.size === alone.size ? fault : faultOf(along), operators: along.size };
  });
}

/**
 * Where an operator, or all operators of a scope that it lies in, may be pinned.
 *
 * @param scope '' for the operator alone
 * @throws UserError if the placement is stale
 */
export function pinOptionsOf(opened: Pick<OpenedPlacement, 'planned' | 'view' | 'modelPath' | 'file'>, operator: number, scope: string): PinOption[] {
  const { planned } = fresh(opened);
  const operators = scope === '' ? [operator] : scopeMembers(planned.prepared.graph.operators, scope);
  return pinOptions(planned, operators.filter((member) => (planned.input.nodeOf[member] ?? -1) >= 0));
}
