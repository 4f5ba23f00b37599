import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../shared/userError';

/**
 * Opens a placement as the JSON that it is.
 *
 * @throws UserError if it was not saved yet
 */
export async function openAsText(sidecarPath: string): Promise<void> {
  if (!existsSync(sidecarPath)) throw new UserError(basename(sidecarPath), vscode.l10n.t('does not exist yet.'), vscode.l10n.t('Save the plan first.'));
  await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(sidecarPath), 'default', vscode.ViewColumn.Active);
}
