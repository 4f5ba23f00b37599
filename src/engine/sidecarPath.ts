import { t } from '@vscode/l10n';
import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../shared/userError';
import { PLACEMENT_SUFFIX, type PlacementFile } from '../sidecar/placementFile';
import { MAX_PLACEMENT_LENGTH, readPlacementFile } from '../sidecar/readPlacementFile';
import { readTextFile } from '../sidecar/textFile';
import { isInside } from './resolveCluster';

/** Where the placement of a model belongs unless the user says otherwise: beside it. */
export const sidecarPathOf = (modelPath: string): string => `${resolve(modelPath)}${PLACEMENT_SUFFIX}`;

/**
 * The model's path as its placement records it.
 *
 * @throws UserError if the model does not lie in the placement's folder or below it
 */
export function recordedModelPath(sidecarPath: string, modelPath: string): string {
  const folder = dirname(sidecarPath);
  if (!isInside(modelPath, folder)) {
    throw new UserError(basename(sidecarPath), t('cannot name {0}, which does not lie in its folder or below it.', basename(modelPath)), t('Write the placement beside the model.'));
  }
  return relative(folder, modelPath).split(sep).join('/');
}

/** Absolute path of the model that a placement was made for. The path was checked not to leave the placement's folder. */
export const modelPathOf = (sidecarPath: string, file: PlacementFile): string => join(dirname(sidecarPath), ...file.model.path.split('/'));

/**
 * The placement that is there already, with its bytes; null if there is none.
 *
 * @throws UserError if there is one that cannot be read: it is not overwritten unseen
 */
export function existingPlacement(sidecarPath: string, subject = basename(sidecarPath)): { text: string; file: PlacementFile } | null {
  if (!existsSync(sidecarPath)) return null;
  const text = readTextFile(sidecarPath, subject, MAX_PLACEMENT_LENGTH * 4);
  return { text, file: readPlacementFile(text, subject) };
}
