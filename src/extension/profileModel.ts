import { basename } from 'node:path';
import * as vscode from 'vscode';
import { saveAtomically } from '../sidecar/saveAtomically';
import { pathOf } from './files';
import { openAsText } from './openAsText';
import { runtimePlace } from './onnxRuntime';
import type { Services } from './services';
import { work } from './work';

/** Runs whose median counts, and runs before those. */
const REPEATS = 10;
const WARM_UP = 2;

/**
 * Measures what the operators of a model take on this machine, and writes the profile beside the model. Sizes of dimensions are those of the last plan.
 *
 * @throws UserError if the model cannot be run or the profile not written
 */
export async function profileModel(services: Services, model: vscode.Uri): Promise<void> {
  const modelPath = pathOf(model);
  const runtime = await runtimePlace(services, modelPath);
  if (!runtime) return;
  const bind = services.answers.ownBindings(modelPath);
  const { profilePath, text, previous, file } = await work(services, vscode.l10n.t('Profiling {0}', basename(modelPath)), 'profile', {
    modelPath, ...(bind && { bind }), source: { kind: 'run', timing: { runtime, repeats: REPEATS, warmUp: WARM_UP } },
  });
  saveAtomically(profilePath, text, previous);
  const open = vscode.l10n.t('Open Profile');
  const { measured, operators } = file.coverage;
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0} of {1} operators of {2} measured on {3}. Plans for this machine are made with these times from now on.', measured, operators, basename(modelPath), file.device.name),
    open,
  );
  if (chosen === open) await openAsText(profilePath);
}
