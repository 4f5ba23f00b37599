import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../shared/userError';

/** The part of the built-in Git extension's interface (version 1) that is used here. */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): {
    getRepository(uri: vscode.Uri): { show(ref: string, path: string): Promise<string> } | null;
    openRepository?(root: vscode.Uri): Promise<{ show(ref: string, path: string): Promise<string> } | null>;
  };
}

/**
 * A file's text in the last commit.
 *
 * @throws UserError if there is no Git, no repository, or the file is not in its last commit
 */
export async function textAtHead(uri: vscode.Uri): Promise<string> {
  const name = basename(uri.path);
  const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
  if (!extension) throw new UserError(name, vscode.l10n.t('cannot be read from the last commit: the built-in Git extension is not there.'), vscode.l10n.t('Enable it, or compare with another placement file.'));
  const git = extension.isActive ? extension.exports : await extension.activate();
  if (!git.enabled) throw new UserError(name, vscode.l10n.t('cannot be read from the last commit: Git is turned off.'), vscode.l10n.t('Set git.enabled, or compare with another placement file.'));
  const api = git.getAPI(1);
  const repository = api.getRepository(uri) ?? (await api.openRepository?.(vscode.Uri.joinPath(uri, '..'))) ?? null;
  if (!repository) throw new UserError(name, vscode.l10n.t('lies in no Git repository.'), vscode.l10n.t('Compare it with another placement file.'));
  try {
    return await repository.show('HEAD', uri.fsPath);
  } catch {
    throw new UserError(name, vscode.l10n.t('is not in the last commit.'), vscode.l10n.t('Commit it first, or compare it with another placement file.'));
  }
}
