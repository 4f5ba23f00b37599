import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../shared/userError';
import { saveAtomically } from '../sidecar/saveAtomically';
import { readTextFile } from '../sidecar/textFile';
import { openAsText } from './openAsText';
import type { Services } from './services';
import type { UnsavedPlan } from './unsavedPlans';

/**
 * Writes the unsaved plan of a model, if there is one, into its placement file. Where somebody else wrote that file meanwhile, the user decides.
 *
 * @throws UserError if the file cannot be written
 */
export async function saveUnsaved({ unsaved, log }: Services, modelPath: string): Promise<void> {
  const plan = unsaved.get(modelPath);
  if (!plan) return;
  if (changedMeanwhile(plan)) {
    const chosen = await whichToKeep(plan);
    if (chosen === 'file' && unsaved.get(modelPath)?.text === plan.text) unsaved.delete(modelPath);
    if (chosen !== 'plan') return;
  }
  // read again: the answer may have taken its time
  saveAtomically(plan.sidecarPath, plan.text, contentOf(plan.sidecarPath));
  log.info(`saved ${plan.sidecarPath}`);
  if (unsaved.get(modelPath)?.text === plan.text) unsaved.delete(modelPath);
}

const contentOf = (path: string): string | null => (existsSync(path) ? readTextFile(path, basename(path)) : null);

function changedMeanwhile({ sidecarPath, previous, text }: UnsavedPlan): boolean {
  try {
    const now = contentOf(sidecarPath);
    return now !== previous && now !== text;
  } catch (error) {
    // a file that is no text is surely not what was there
    if (error instanceof UserError) return true;
    throw error;
  }
}

/** @returns undefined if that is left open: then both stay as they are */
async function whichToKeep({ sidecarPath }: UnsavedPlan): Promise<'plan' | 'file' | undefined> {
  const overwrite = vscode.l10n.t('Overwrite');
  const discard = vscode.l10n.t('Show What Is in the File');
  const look = vscode.l10n.t('Open File');
  const message = vscode.l10n.t('{0} was changed by someone else since this plan was made.', basename(sidecarPath));
  const detail = vscode.l10n.t('Saving replaces what is in the file now; showing what is in the file discards this plan and its edits.');
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, overwrite, discard, look);
  if (chosen === look) await openAsText(sidecarPath);
  return chosen === overwrite ? 'plan' : chosen === discard ? 'file' : undefined;
}
