import { t } from '@vscode/l10n';
import { resolve } from 'node:path';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { MAX_PLACEMENT_LENGTH, PlacementFileError, readPlacementFile } from '../sidecar/readPlacementFile';
import { readTextFile } from '../sidecar/textFile';
import { findPlacements } from './findPlacements';
import { layOver } from './openPlacement';
import { wrongFigure } from './recordedFigures';

/** What checking one placement found. */
export interface PlacementCheck {
  /** as found under the paths that were named */
  readonly path: string;
  /** `fresh`: valid and made for the model as it is. `stale`: the model changed. `invalid`: the file or its model cannot be read or contradict each other. */
  readonly state: 'fresh' | 'stale' | 'invalid';
  /** what changed or is wrong, without the path; '' if fresh */
  readonly message: string;
  /** where, counted from 1 */
  readonly line: number;
  readonly column: number;
  /** of fresh placements */
  readonly stages: number;
}

/**
 * Checks every placement under some paths against its model.
 *
 * @throws UserError if one of the paths does not exist; what is wrong with a placement is in the result
 */
export function checkPlacements(paths: readonly string[], control: Control): PlacementCheck[] {
  const found = findPlacements(paths);
  return found.map((path, i) => {
    throwIfCancelled(control);
    control.report({ phase: t('checking {0}', path), fraction: i / found.length });
    return checkPlacement(path, control);
  });
}

function checkPlacement(path: string, control: Control): PlacementCheck {
  const at = { path, line: 1, column: 1, stages: 0 };
  try {
    const file = readPlacementFile(readTextFile(path, path, MAX_PLACEMENT_LENGTH * 4), path);
    const laid = layOver(resolve(path), file, { report: () => undefined, cancelled: control.cancelled });
    if (laid.staleness.state === 'stale') return { ...at, state: 'stale', message: t('stale: {0}', laid.staleness.sentence) };
    if (laid.staleness.state === 'inconsistent' || !laid.placement) return { ...at, state: 'invalid', message: laid.staleness.sentence };
    if (laid.outdated !== null) return { ...at, state: 'stale', message: t('stale: {0}', laid.outdated) };
    const wrong = wrongFigure(file, laid.base, laid.placement);
    if (wrong !== null) return { ...at, state: 'invalid', message: wrong };
    return { ...at, state: 'fresh', message: '', stages: file.stages.length };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const place = error instanceof PlacementFileError ? error.position : undefined;
    const own = error.subject === path || place !== undefined;
    const message = `${own ? '' : `${error.subject}: `}${error.problem}${error.remedy === '' ? '' : ` ${error.remedy}`}`;
    return { ...at, ...place, state: 'invalid', message };
  }
}
