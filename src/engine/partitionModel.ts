import { t } from '@vscode/l10n';
import { resolve } from 'node:path';
import { looseMethods } from '../placement/solvePlacement';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { writePlacementFile } from '../sidecar/writePlacementFile';
import { attemptOf } from './attempt';
import { placementFileOf } from './placementFileOf';
import { withPlacement } from './planned';
import { planView } from './planView';
import type { Partition, PartitionRequest } from './requests';
import { clusterOrigin } from './resolveCluster';
import { recordedModelPath, sidecarPathOf } from './sidecarPath';
import { solveWithPins } from './solveWithPins';

/**
 * Splits a model over the devices of a cluster. Nothing is written: the result holds the bytes of the placement file and where they belong.
 * Pins of a placement that is there already are kept, and so are its unknown fields.
 *
 * @throws UserError if anything that the request names cannot be read or used, or if the model cannot fit the cluster
 * @throws CancelledError if the control says so
 */
export async function partitionModel(request: PartitionRequest, control: Control): Promise<Partition> {
  if (looseMethods.includes(request.method ?? 'auto')) {
    throw new UserError(`method ${request.method}`, t('gives placements that are not contiguous, and the stages of a plan follow each other.'), t("Use '{0}', or '{1}'.", 'auto', 'ordered-integer'));
  }
  const modelPath = resolve(request.modelPath);
  const sidecarPath = resolve(request.sidecarPath ?? sidecarPathOf(modelPath));
  const recordedPath = recordedModelPath(sidecarPath, modelPath);
  const { attempt, resolved, base, pins, warnings, previous } = attemptOf(request, sidecarPath, control);
  const { prepared } = attempt;
  const solution = await solveWithPins(attempt, request, control);

  const planned = withPlacement(attempt, solution.placement);
  const from = clusterOrigin(resolved, sidecarPath, base);
  const file = placementFileOf(planned, solution.certificate, { modelPath: recordedPath, clusterFrom: from }, pins.kept, previous?.file ?? null);
  return {
    sidecarPath,
    file,
    text: writePlacementFile(file),
    previous: previous?.text ?? null,
    view: planView(planned, solution.certificate, { name: resolved.cluster.name, from }, warnings),
    assumed: prepared.assumed,
    solveSeconds: solution.solveSeconds,
    planned,
  };
}
