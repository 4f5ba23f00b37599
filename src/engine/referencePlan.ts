import { t } from '@vscode/l10n';
import { basename, resolve } from 'node:path';
import { buildProblem } from '../cost/buildProblem';
import type { ClusterFile } from '../cost/clusterFile';
import { looseMethods } from '../placement/solvePlacement';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { readPlacementFile } from '../sidecar/readPlacementFile';
import { writePlacementFile } from '../sidecar/writePlacementFile';
import { layOver } from './openPlacement';
import { problemWithPins, sortPins } from './pins';
import { placementFileOf } from './placementFileOf';
import { withPlacement, type Attempt, type Planned } from './planned';
import { clusterOrigin, resolveCluster } from './resolveCluster';
import { solveWithPins } from './solveWithPins';

/** What a plan is to be held against: the same problem, solved by another method or for another machine. */
export interface ReferenceRequest {
  /** absolute; where the plan's file is, or would be */
  readonly sidecarPath: string;
  /** the plan, as the text of its file */
  readonly text: string;
  /** `auto` if absent */
  readonly method?: string;
  /** preset or path of a cluster file; the recorded cluster if absent */
  readonly cluster?: string;
  /** absolute; folder that a relative path in `cluster` starts from */
  readonly clusterBase?: string;
  readonly timeLimitSeconds?: number;
}

/**
 * Solves the problem of a plan anew: its model, dimensions, objective and pins, by another method or on another cluster. Pins to devices that the other cluster does not
 * have are left out, and so are times that were measured on a device class that it does not have. Nothing is written.
 *
 * @returns the text of a placement file
 * @throws UserError if the plan, its model or the cluster cannot be read, the model changed since, or there is no such plan
 * @throws CancelledError if the control says so
 */
export async function referencePlan(request: ReferenceRequest, control: Control): Promise<{ readonly text: string }> {
  const { sidecarPath, text, method = 'auto', timeLimitSeconds, clusterBase = process.cwd() } = request;
  if (looseMethods.includes(method)) throw new UserError(`method ${method}`, t('gives placements that are not contiguous, and the stages of a plan follow each other.'), t('Choose another method.'));
  const path = resolve(sidecarPath);
  const subject = basename(path);
  const file = readPlacementFile(text, subject);
  const { base: recorded, placement: before, staleness } = layOver(path, file, control);
  if (!before) throw new UserError(subject, staleness.state === 'fresh' ? t('is not valid.') : `${staleness.sentence}.`, t('Partition the model again.'));
  const other = request.cluster === undefined ? undefined : resolveCluster(request.cluster, clusterBase);
  const base = other ? onCluster(recorded, other.cluster) : recorded;
  const pins = sortPins(file.pins, base.prepared.graph, base.input);
  const attempt: Attempt = { ...base, pinned: pins.pinned, problem: problemWithPins(base.input, pins.pinned) };
  const slots = Math.max(1, ...before.order.map((device) => before.order.filter((same) => same === device).length));
  const options = { method, ...(timeLimitSeconds !== undefined && { timeLimitSeconds }), ...(file.objective === 'latency' && { slots }) };
  const { placement, certificate } = await solveWithPins(attempt, options, control);
  const clusterFrom = other ? clusterOrigin(other, path, clusterBase) : file.cluster.from;
  return { text: writePlacementFile(placementFileOf(withPlacement(attempt, placement), certificate, { modelPath: file.model.path, clusterFrom }, pins.kept, null)) };
}

/** The same model and objective on other devices. */
function onCluster({ planning: { measured, ...planning }, ...rest }: Planned, cluster: ClusterFile): Planned {
  const known = measured && cluster.devices.some(({ class: name }) => name === measured.deviceClass);
  const options = { ...planning, ...(known && { measured }) };
  const input = buildProblem(rest.prepared.graph, rest.prepared.costs, cluster, options);
  return { ...rest, cluster, input, problem: input.problem, planning: options };
}
