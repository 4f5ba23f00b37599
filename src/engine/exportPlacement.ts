import { t } from '@vscode/l10n';
import { basename, resolve } from 'node:path';
import type { ExportOptions, ExportPlan, Expressible, Rounding } from '../export/exportPlan';
import { exportTargets } from '../export/targets/registry';
import { writeExport } from '../export/writeExport';
import { judge } from '../placement/judge';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { openPlacement, rulesBroken } from './openPlacement';
import type { Planned } from './planned';

/** Plain data: it crosses to a worker. */
export interface ExportRequest {
  readonly sidecarPath: string;
  readonly target: string;
  readonly folder: string;
  /** a regular expression with one group, the number of the layer */
  readonly layerPattern?: string;
  readonly round?: boolean;
}

export interface ExportResult {
  readonly target: string;
  readonly writtenAgainst: string;
  /** relative to the folder */
  readonly files: readonly string[];
  readonly notes: readonly string[];
  readonly expressible: readonly Expressible[];
  readonly rounding: Rounding | null;
}

/** What one target can carry of a plan, for a list to choose from. */
export interface TargetView {
  readonly name: string;
  readonly summary: string;
  readonly writtenAgainst: string;
  readonly expressible: readonly Expressible[];
}

/**
 * Writes a plan in the format of an engine.
 *
 * @throws UserError if the placement does not fit its model, there is no such target, or the target cannot carry the plan
 */
export function exportPlacement(request: ExportRequest, control: Control): ExportResult {
  const target = exportTargets.find(({ name }) => name === request.target);
  if (!target) throw new UserError(request.target, 'is no target of export.', `Targets: ${exportTargets.map(({ name }) => name).join(', ')}.`);
  const subject = basename(request.sidecarPath);
  const options = optionsOf(request);
  const plan = openExportPlan(request.sidecarPath, control);
  const { files, notes, rounding } = target.make(plan, options, subject);
  const written = writeExport(files, plan.model, resolve(request.folder), control);
  return { target: target.name, writtenAgainst: target.writtenAgainst, files: written, notes, expressible: target.expressible(plan, options), rounding: rounding ?? null };
}

/** What each target can and cannot carry of a plan. @throws UserError if the placement does not fit its model */
export function listTargets(request: Pick<ExportRequest, 'sidecarPath' | 'layerPattern'>, control: Control): TargetView[] {
  const plan = openExportPlan(request.sidecarPath, control);
  const options = optionsOf(request);
  return exportTargets.map(({ name, summary, writtenAgainst, expressible }) => ({ name, summary, writtenAgainst, expressible: expressible(plan, options) }));
}

function optionsOf({ layerPattern, round }: Pick<ExportRequest, 'layerPattern' | 'round'>): ExportOptions {
  return { ...(layerPattern !== undefined && { layerPattern: patternOf(layerPattern) }), ...(round !== undefined && { round }) };
}

function patternOf(text: string): RegExp {
  try {
    const pattern = new RegExp(text);
    // an alternative that always matches tells how many groups there are
    if (new RegExp(`${text}|`).exec('')!.length !== 2) throw new UserError('--layer-pattern', `"${text}" does not have one group.`, 'Put the number of the layer, and nothing else, in parentheses: "block_(\\d+)".');
    return pattern;
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserError('--layer-pattern', `"${text}" is no regular expression: ${error.message}.`);
    throw error;
  }
}

/** A placement laid over its model, for exporters. @throws UserError as `openPlanned` */
export const openExportPlan = (sidecarPath: string, control: Control): ExportPlan => exportPlanOf(openPlanned(sidecarPath, control));

/** A placement laid over its model. @throws UserError if it does not fit, or breaks its own rules */
export function openPlanned(sidecarPath: string, control: Control): Planned {
  const { planned, view } = openPlacement(resolve(sidecarPath), control);
  const subject = basename(sidecarPath);
  if (!planned?.placement || !planned.stages) throw new UserError(subject, t('is stale: {0}.', view.plan?.stale ?? t('the model changed')), t('Partition the model again.'));
  const { violations } = judge(planned.problem, planned.placement, planned.objective);
  if (violations.length > 0) throw new UserError(subject, `${t('cannot be exported.')} ${rulesBroken(violations)}`, t('Mend the placement, or partition the model again.'));
  return planned;
}

/** What exporters need of a plan. @throws TypeError if there is no placement */
export function exportPlanOf(planned: Planned): ExportPlan {
  const { prepared, placement, stages, problem, input, cluster, objective, planning } = planned;
  if (!placement || !stages) throw new TypeError('there is no placement to export');
  const host = new Set(cluster.devices.filter((device) => device.host === true).map((device) => device.class));
  const isHost = (device: number): boolean => host.has(input.devices[device]!.name.replace(/:\d+$/, ''));
  let accelerators = 0;
  const accelerator = input.devices.map((_, device) => (isHost(device) ? -1 : accelerators++));
  return {
    model: prepared.model,
    graph: prepared.graph,
    bound: prepared.bound,
    stageOf: stages,
    stages: placement.order.map((device, i) => ({ device: input.devices[device]!.name, host: isHost(device), accelerator: accelerator[device]!, replicas: placement.replicas?.[i] ?? 1 })),
    objective,
    ...(planning.training && { microBatches: planning.training.microBatches }),
    problem,
    nodes: input.nodes,
    placement,
  };
}
