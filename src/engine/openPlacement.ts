import { t } from '@vscode/l10n';
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { buildProblem } from '../cost/buildProblem';
import { COST_MODEL } from '../cost/costModel';
import type { ClusterFile } from '../cost/clusterFile';
import { judge } from '../placement/judge';
import type { Placement } from '../placement/problem';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import type { PlacementFile } from '../sidecar/placementFile';
import { MAX_PLACEMENT_LENGTH, readPlacementFile } from '../sidecar/readPlacementFile';
import { staleness, type Staleness } from '../sidecar/staleness';
import { readTextFile } from '../sidecar/textFile';
import { recordedTimes } from './measuredTimes';
import { sortPins } from './pins';
import { withPlacement, type Planned } from './planned';
import { planView, staleView } from './planView';
import { prepareModel, type PreparedModel } from './prepareModel';
import { driftOf } from './recordedFigures';
import type { OpenedPlacement } from './requests';
import { modelPathOf } from './sidecarPath';

/**
 * Reads a placement and lays it over its model as the model is now. Where the model did not change, all loads are computed anew, so that a
 * cut that was moved by hand shows its true load; where it did, they are shown as recorded, with what changed.
 *
 * @param text the file's content where it is not what is on the disk (an editor's unsaved text)
 * @throws UserError if the placement is not valid or its model cannot be read
 */
export function openPlacement(sidecarPath: string, control: Control, text?: string): OpenedPlacement {
  const path = resolve(sidecarPath);
  const subject = basename(path);
  const file = readPlacementFile(text ?? readTextFile(path, subject, MAX_PLACEMENT_LENGTH * 4), subject);
  const laid = layOver(path, file, control);
  const modelPath = modelPathOf(path, file);
  if (laid.staleness.state === 'inconsistent') {
    throw new UserError(subject, `${laid.staleness.sentence}.`, t('Restore the file from version control, or partition the model again.'));
  }
  const { outdated } = laid;
  const warnings = outdated === null ? [] : [t({ message: 'The times of this placement cannot be compared with those recorded: {0}.', args: [outdated], comment: 'What is filled in is the reason' })];
  const pins = sortPins(file.pins, laid.prepared.graph, laid.base.input);
  if (laid.staleness.state === 'stale' || !laid.placement) {
    return { file, modelPath, view: staleView(laid.base, file, laid.staleness.sentence, warnings), planned: null };
  }
  const { placement } = laid;
  const judged = judge(laid.base.problem, placement, file.objective);
  const planned: Planned = { ...withPlacement({ ...laid.base, pinned: pins.pinned }, placement, judged), ...operatorsOf(file, laid) };
  const { value, violations: broken } = judged;
  if (broken.length > 0) warnings.push(rulesBroken(broken));
  const drift = driftOf(file, value);
  if (drift !== null) warnings.push(`${drift} ${t('Save the placement to record what is shown.')}`);
  const certificate = {
    value,
    lowerBound: Math.min(file.certificate.lowerBound, value),
    // what was proven holds for the placement that was recorded, not for one that was edited since
    optimal: file.certificate.optimal && drift === null && broken.length === 0,
    method: file.certificate.method,
  };
  const cluster = { name: file.cluster.name, from: file.cluster.from };
  return { file, modelPath, view: planView(planned, certificate, cluster, [...warnings, ...pins.warnings]), planned };
}

/** What rules of the problem a placement breaks, in a sentence. */
export const rulesBroken = (violations: readonly string[]): string => t('The placement breaks its own rules: {0}.', violations.slice(0, 3).join('; '));

/** What comparing a placement with its model gives. */
export interface LaidOver {
  readonly prepared: PreparedModel;
  readonly staleness: Staleness;
  /** why the recorded times are not those computed now, though the model is the same: another cost model, another profile; null if they are */
  readonly outdated: string | null;
  /** the model on the recorded cluster, without a placement */
  readonly base: Planned;
  /** the recorded placement in terms of the problem; null unless it is fresh */
  readonly placement: Placement | null;
}

/**
 * Reads a placement's model and compares the two.
 *
 * @throws UserError if the model is missing or cannot be read
 */
export function layOver(sidecarPath: string, file: PlacementFile, control: Control): LaidOver {
  const subject = basename(sidecarPath);
  const modelPath = modelPathOf(sidecarPath, file);
  if (!existsSync(modelPath)) throw new UserError(subject, t('its model {0} is missing.', file.model.path), t('Put the model back, or remove the placement.'));
  const { from: _from, ...cluster }: ClusterFile & { from: string } = file.cluster;
  const prepared = prepareRecorded(modelPath, file, control);
  const { measured, outdated } = recordedTimes(sidecarPath, file, prepared);
  const planning = { ...(file.training && { training: file.training }), ...(file.replicas !== undefined && { replicas: file.replicas }), ...(measured && { measured }) };
  const input = buildProblem(prepared.graph, prepared.costs, cluster, planning);
  const base: Planned = { prepared, cluster, input, problem: input.problem, pinned: new Map(), objective: file.objective, planning, placement: null, devices: null, stages: null, loads: null };
  const state = staleness(file, prepared.graph);
  return { prepared, staleness: state, outdated: otherCostModel(file) ?? outdated, base, placement: state.state === 'fresh' ? placementOf(file, base) : null };
}

/** Bindings of dimensions that the model no longer has are left out: they show as a changed topology, not as an error. */
function prepareRecorded(modelPath: string, file: PlacementFile, control: Control): PreparedModel {
  return prepareModel(modelPath, file.model.bound, false, control, true);
}

function placementOf(file: PlacementFile, { prepared, input, problem }: Planned): Placement {
  const deviceByName = new Map(input.devices.map((device, i) => [device.name, i]));
  const order = file.stages.map((stage) => deviceByName.get(stage.device)!);
  const stageOfId = new Map(file.stages.flatMap((stage, i) => stage.operators.map(([id]) => [id, i] as const)));
  const stageOf = Int32Array.from(problem.labels, (_, node) => stageOfId.get(prepared.graph.operators[input.nodes[node]!]!.id)!);
  return {
    assignment: stageOf.map((stage) => order[stage]!),
    order,
    ...(file.stages.some(({ replicas }) => replicas !== undefined) && { replicas: file.stages.map(({ replicas = 1 }) => replicas) }),
    ...(new Set(order).size < order.length && { stageOf }),
  };
}

/** Where the file lists each operator: foldable ones stand where it says, too. */
function operatorsOf(file: PlacementFile, { prepared, base }: LaidOver): Pick<Planned, 'devices' | 'stages'> {
  const deviceByName = new Map(base.input.devices.map((device, i) => [device.name, i]));
  const stageOfId = new Map(file.stages.flatMap((stage, i) => stage.operators.map(([id]) => [id, i] as const)));
  const stages = Int32Array.from(prepared.graph.operators, (operator) => stageOfId.get(operator.id)!);
  return { stages, devices: stages.map((stage) => deviceByName.get(file.stages[stage]!.device)!) };
}

/** Says which cost model the recorded times are of, if not of this program's; null if they are. */
function otherCostModel(file: PlacementFile): string | null {
  const { name, version } = file.costModel;
  if (name === COST_MODEL.name && version === COST_MODEL.version) return null;
  return t('it was made with the cost model {0}, and this Stagewright computes with {1}', `${name} ${version}`, `${COST_MODEL.name} ${COST_MODEL.version}`);
}
