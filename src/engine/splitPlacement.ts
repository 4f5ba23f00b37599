import { basename, resolve } from 'node:path';
import { checkStages } from '../export/stages/checkStages';
import type { PipelineManifest } from '../export/stages/manifest';
import { stageModels, type DataChoice } from '../export/stages/stageModels';
import { writeExport } from '../export/writeExport';
import type { ExportPlan } from '../export/exportPlan';
import type { Control } from '../shared/progress';
import { openExportPlan } from './exportPlacement';

/** Plain data: it crosses to a worker. */
export interface SplitRequest {
  readonly sidecarPath: string;
  readonly folder: string;
  /** `shared` if absent */
  readonly data?: DataChoice;
}

export interface SplitResult {
  readonly manifest: PipelineManifest;
  /** relative to the folder */
  readonly files: readonly string[];
}

export const MANIFEST_NAME = 'pipeline.json';

/**
 * Writes one model for each stage of a plan, and a manifest of what flows between them; then reads them back and checks that together they are
 * the model.
 *
 * @throws UserError if the placement does not fit its model, the type of a cut tensor is unknown, or a file cannot be written; CancelledError
 */
export function splitPlacement(request: SplitRequest, control: Control): SplitResult {
  return splitPlan(openExportPlan(request.sidecarPath, control), request, control);
}

/** The same of a plan that is open already. */
export function splitPlan(plan: ExportPlan, { sidecarPath, folder, data = 'shared' }: SplitRequest, control: Control): SplitResult {
  const target = resolve(folder);
  const { files, manifest } = stageModels(plan, data, (file) => file, basename(sidecarPath));
  const written = writeExport([...files, { path: MANIFEST_NAME, kind: 'text', text: `${JSON.stringify(manifest, null, 2)}\n` }], plan.model, target, control);
  const faults = checkStages(target, manifest, plan.model, control);
  if (faults.length > 0) throw new Error(`the stage models in ${target} are not the model: ${faults.slice(0, 3).join('; ')}`);
  return { manifest, files: written };
}
