import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ComparedPlan } from '../engine/comparePlans';
import { UserError } from '../shared/userError';
import { isPlacement, NOT_SEARCHED, pathOf } from './files';
import { textAtHead } from './gitHead';
import { PLACEMENT_EDITOR } from './placementEditor';
import type { Services } from './services';

/**
 * Compares two placements and shows the later one with what changed. From a menu with two files selected: these two. From Source Control, or with
 * one file: with the last commit, or with a file that the user chooses.
 *
 * @throws UserError if there is nothing to compare, or the two cannot be compared
 */
export async function comparePlacements(services: Services, resource: unknown, selected: unknown, active: vscode.Uri | undefined): Promise<void> {
  const fromScm = resourceOf(resource) ?? diffed(resource);
  const uris = (Array.isArray(selected) ? selected : []).flatMap((value: unknown) => (value instanceof vscode.Uri && isPlacement(value) ? [value] : []));
  const after = fromScm ?? (resource instanceof vscode.Uri && isPlacement(resource) ? resource : undefined) ?? active ?? (await choosePlacement(vscode.l10n.t('Which plan?')));
  if (!after) return;
  const other = uris.find((uri) => uri.toString() !== after.toString());
  const before = fromScm ? await committed(after) : other ? planOf(other) : await chooseBefore(after);
  if (!before) return;
  const comparison = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Comparing placements'), cancellable: true }, (_, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    return services.worker.run('comparePlans', { before, after: planOf(after) }, { signal: abort.signal });
  });
  await vscode.commands.executeCommand('vscode.openWith', after, PLACEMENT_EDITOR);
  services.views.ofPlacement(pathOf(after))?.showComparison(comparison);
}

/** Source Control gives its own object for a changed file; its menus cannot tell one file from another. */
function resourceOf(value: unknown): vscode.Uri | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { resourceUri } = value as { readonly resourceUri?: unknown };
  if (!(resourceUri instanceof vscode.Uri)) return undefined;
  if (!isPlacement(resourceUri)) throw new UserError(basename(resourceUri.path), vscode.l10n.t('is no placement file.'), vscode.l10n.t('Choose a *.placement.json file.'));
  return resourceUri;
}

/** The file whose changes since the last commit are in front, if it is that one. */
function diffed(value: unknown): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (!(input instanceof vscode.TabInputTextDiff) || !(value instanceof vscode.Uri)) return undefined;
  return input.original.scheme === 'git' && isPlacement(value) && input.modified.toString() === value.toString() ? value : undefined;
}

/** A placement as it stands: what an editor holds, if one is open. */
export function planOf(uri: vscode.Uri): ComparedPlan {
  const path = pathOf(uri);
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  return { path, name: vscode.workspace.asRelativePath(uri), ...(document && { text: document.getText() }) };
}

async function committed(uri: vscode.Uri): Promise<ComparedPlan> {
  return { path: pathOf(uri), name: vscode.l10n.t('{0} (last commit)', basename(uri.path)), text: await textAtHead(uri) };
}

async function chooseBefore(after: vscode.Uri): Promise<ComparedPlan | undefined> {
  const files = await placements();
  const items = [
    { label: vscode.l10n.t('$(git-commit) Last commit'), uri: undefined },
    ...files.filter((uri) => uri.toString() !== after.toString()).map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri })),
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Compare Placements'), placeHolder: vscode.l10n.t('Compare {0} with …', basename(after.path)) });
  if (!chosen) return undefined;
  return chosen.uri ? planOf(chosen.uri) : committed(after);
}

/** One of the workspace's placements, as the user chooses. @throws UserError if there is none */
export async function choosePlacement(placeHolder: string): Promise<vscode.Uri | undefined> {
  const files = await placements();
  if (files.length === 0) throw new UserError(vscode.l10n.t('This workspace'), vscode.l10n.t('has no placement files.'), vscode.l10n.t('Partition a model and save its plan first.'));
  const items = files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}

const placements = async (): Promise<vscode.Uri[]> =>
  (await vscode.workspace.findFiles('**/*.placement.json', NOT_SEARCHED, 500)).sort((a, b) => (a.path < b.path ? -1 : 1));
