import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../shared/userError';
import { PLACEMENT_SUFFIX } from '../sidecar/placementFile';

/** @throws UserError if the resource is not a file of this machine: large models are read where they lie */
export function pathOf(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw new UserError(basename(uri.path), vscode.l10n.t('lies in a virtual file system ({0}).', `${uri.scheme}:`), vscode.l10n.t('Open a copy on the disk.'));
}

export const isModel = (uri: vscode.Uri): boolean => uri.path.toLowerCase().endsWith('.onnx');
export const isPlacement = (uri: vscode.Uri): boolean => uri.path.endsWith(PLACEMENT_SUFFIX);

/** Folders in which nobody keeps models of their own. */
export const NOT_SEARCHED = '**/{node_modules,.git}/**';

/** The workspace's placement files, by path. */
export const placements = async (): Promise<vscode.Uri[]> => (await vscode.workspace.findFiles(`**/*${PLACEMENT_SUFFIX}`, NOT_SEARCHED, 500)).sort((a, b) => (a.path < b.path ? -1 : 1));

export const sidecarOf = (modelPath: string): string => modelPath + PLACEMENT_SUFFIX;

/** The model beside a placement, by the names of the two; undefined if there is none. */
export function modelBeside(placementPath: string): string | undefined {
  const path = placementPath.slice(0, -PLACEMENT_SUFFIX.length);
  return placementPath.endsWith(PLACEMENT_SUFFIX) && existsSync(path) ? path : undefined;
}

/** Tells of every change to one file, wherever it lies, once it was left alone for a moment. */
export function watchFile(path: string, changed: () => void): vscode.Disposable {
  const uri = vscode.Uri.file(path);
  const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), escapeGlob(basename(path))));
  const later = debounce(changed, 250);
  const subscriptions = [watcher.onDidChange(later.call), watcher.onDidCreate(later.call), watcher.onDidDelete(later.call)];
  return vscode.Disposable.from(watcher, later, ...subscriptions);
}

/** A name as a pattern that matches this name alone. */
const escapeGlob = (name: string): string => name.replace(/[[\]{}*?]/g, (character) => `[${character}]`);

/** Calls once after the last of several calls. */
export function debounce(run: () => void, milliseconds: number): vscode.Disposable & { readonly call: () => void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    call: () => {
      clearTimeout(timer);
      timer = setTimeout(run, milliseconds);
    },
    dispose: () => clearTimeout(timer),
  };
}
