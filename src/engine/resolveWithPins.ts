import { t } from '@vscode/l10n';
import { basename, resolve } from 'node:path';
import type { PlanView } from '../shared/planView';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import type { PlacementFile } from '../sidecar/placementFile';
import { readPlacementFile } from '../sidecar/readPlacementFile';
import { writePlacementFile } from '../sidecar/writePlacementFile';
import { layOver } from './openPlacement';
import { problemWithPins, sortPins } from './pins';
import { placementFileOf } from './placementFileOf';
import { withPlacement, type Attempt, type Planned } from './planned';
import { planView } from './planView';
import { solveWithPins } from './solveWithPins';

/** A plan whose pins are to be kept: its file's text, which need not be saved. */
export interface ResolveRequest {
  /** absolute */
  readonly sidecarPath: string;
  readonly text: string;
  readonly timeLimitSeconds?: number;
}

export interface ResolvedPlan {
  /** the placement file's canonical bytes */
  readonly text: string;
  readonly file: PlacementFile;
  readonly view: PlanView;
  readonly planned: Planned;
}

/**
 * Finds the best plan that keeps the pins of a placement, for the cluster, objective and dimensions that it records. Nothing is written.
 *
 * @throws UserError if the placement or its model cannot be read, the model changed since, or no plan keeps the pins
 * @throws CancelledError if the control says so
 */
export async function resolveWithPins({ sidecarPath, text, timeLimitSeconds }: ResolveRequest, control: Control): Promise<ResolvedPlan> {
  const path = resolve(sidecarPath);
  const subject = basename(path);
  const file = readPlacementFile(text, subject);
  const { base, placement: before, staleness } = layOver(path, file, control);
  if (!before) throw new UserError(subject, staleness.state === 'fresh' ? t('is not valid.') : `${staleness.sentence}.`, t('Partition the model again.'));
  const pins = sortPins(file.pins, base.prepared.graph, base.input);
  const attempt: Attempt = { ...base, pinned: pins.pinned, problem: problemWithPins(base.input, pins.pinned) };
  const slots = Math.max(1, ...before.order.map((device) => before.order.filter((other) => other === device).length));
  const options = { ...(timeLimitSeconds !== undefined && { timeLimitSeconds }), ...(file.objective === 'latency' && { slots }) };
  const { placement, certificate } = await solveWithPins(attempt, options, control);
  const planned = withPlacement(attempt, placement);
  const next = placementFileOf(planned, certificate, { modelPath: file.model.path, clusterFrom: file.cluster.from }, pins.kept, file);
  const cluster = { name: file.cluster.name, from: file.cluster.from };
  return { text: writePlacementFile(next), file: next, view: planView(planned, certificate, cluster, pins.warnings), planned };
}
