import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { PlacementCheck } from '../engine/checkPlacements';
import { CancelledError } from '../shared/userError';
import { PLACEMENT_SUFFIX } from '../sidecar/placementFile';
import type { WorkerClient } from '../worker/client';
import { fileStamp } from '../worker/fileStamp';
import { isModel, isPlacement, sidecarOf } from './files';
import type { Log } from './log';
import { settings } from './settings';

/** What one model's badge says, for one state of the model and its placement. */
interface Checked {
  readonly stamp: string;
  readonly check: Pick<PlacementCheck, 'state' | 'message' | 'stages'>;
}

/**
 * Marks models that have a placement with its number of stages, or as stale. The placement is checked in a worker, one at a time, and only
 * again once either file was written.
 *
 * @param worker of its own: nobody waits for it
 */
export function registerDecorations(worker: WorkerClient, log: Log): vscode.Disposable {
  const checked = new Map<string, Checked>();
  const pending = new Set<string>();
  const changes = new vscode.EventEmitter<vscode.Uri | vscode.Uri[] | undefined>();

  const check = async (model: vscode.Uri, stamp: string): Promise<void> => {
    const path = model.fsPath;
    if (pending.has(path)) return;
    pending.add(path);
    try {
      const [result] = await worker.run('check', { paths: [sidecarOf(path)] });
      if (result) checked.set(path, { stamp, check: result });
    } catch (error) {
      if (error instanceof CancelledError) return;
      log.error(`checking the placement of ${path}`, error);
      // not to be tried again and again
      checked.set(path, { stamp, check: { state: 'invalid', message: vscode.l10n.t('cannot be checked'), stages: 0 } });
    } finally {
      pending.delete(path);
    }
    changes.fire(model);
  };

  const provide = (uri: vscode.Uri): vscode.FileDecoration | undefined => {
    if (uri.scheme !== 'file' || !isModel(uri) || !settings(uri).decorations) return undefined;
    const sidecar = sidecarOf(uri.fsPath);
    if (!existsSync(sidecar)) return void checked.delete(uri.fsPath);
    const stamp = `${fileStamp(uri.fsPath)} ${fileStamp(sidecar)}`;
    const known = checked.get(uri.fsPath);
    if (known?.stamp !== stamp) void check(uri, stamp);
    // until the new state is known, the old one is the best guess, and nothing flickers
    return known && decoration(known.check);
  };

  const watcher = vscode.workspace.createFileSystemWatcher('**/*.{onnx,onnx.placement.json}');
  const touched = (uri: vscode.Uri): void => changes.fire(isPlacement(uri) ? uri.with({ path: uri.path.slice(0, -PLACEMENT_SUFFIX.length) }) : uri);
  return vscode.Disposable.from(
    changes,
    watcher,
    watcher.onDidChange(touched),
    watcher.onDidCreate(touched),
    watcher.onDidDelete(touched),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('stagewright.decorations')) changes.fire(undefined);
    }),
    vscode.window.registerFileDecorationProvider({ onDidChangeFileDecorations: changes.event, provideFileDecoration: provide }),
  );
}

function decoration({ state, message, stages }: Checked['check']): vscode.FileDecoration {
  if (state === 'fresh') return new vscode.FileDecoration(badge(stages), vscode.l10n.t('Placed on {0} stages', stages));
  if (state === 'stale') return new vscode.FileDecoration('!', vscode.l10n.t('Its placement is {0}', message), new vscode.ThemeColor('list.warningForeground'));
  return new vscode.FileDecoration('✗', vscode.l10n.t('Its placement is not valid: {0}', message), new vscode.ThemeColor('list.errorForeground'));
}

/** At most two characters fit. */
const badge = (stages: number): string => (stages < 100 ? String(stages) : '99');
