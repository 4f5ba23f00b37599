import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { JobOptions } from '../worker/client';
import { stepped, type EditHistory } from './editHistory';
import { modelBeside, pathOf, debounce, watchFile } from './files';
import { partition } from './partitionModel';
import type { PlanSource, Shown } from './planSource';
import type { Services } from './services';

/**
 * A placement as the text of an editor: shows what is typed, and changes it by edits that can be undone and are saved with the editor.
 *
 * @throws UserError if the document is not a file of this machine
 */
export function makePlacementSource(document: vscode.TextDocument, services: Services): PlanSource {
  const sidecarPath = pathOf(document.uri);
  const changes = new vscode.EventEmitter<void>();
  let modelPath = modelBeside(sidecarPath);
  let modelWatch: vscode.Disposable | undefined;
  let last: { readonly text: string; readonly shown: Shown } | undefined;
  /** what led to each text that came of an edit, and what it looks like: the editor's own undo goes back to an earlier one */
  const histories = new Map<string, { readonly history: EditHistory; readonly shown: Shown | undefined }>();

  const replaceText = async (text: string): Promise<void> => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
    await vscode.workspace.applyEdit(edit);
  };

  const watchModel = (path: string): void => {
    if (modelWatch && path === modelPath) return;
    modelWatch?.dispose();
    modelPath = path;
    modelWatch = watchFile(path, () => {
      last = undefined;
      histories.forEach(({ history }, text) => histories.set(text, { history, shown: undefined }));
      changes.fire();
    });
  };
  if (modelPath !== undefined) watchModel(modelPath);

  const load = async (options: JobOptions): Promise<Shown> => {
    const text = document.getText();
    const known = last?.text === text ? last.shown : histories.get(text)?.shown;
    if (known) {
      last = { text, shown: known };
      return { ...known, dirty: document.isDirty };
    }
    const { view, modelPath: found } = await services.worker.run('open', { sidecarPath, text }, options);
    watchModel(found);
    const shown: Shown = { modelPath: found, view, dirty: document.isDirty, explain: { kind: 'plan', sidecarPath, text } };
    last = { text, shown };
    return shown;
  };

  const typed = debounce(() => changes.fire(), 300);
  const subscriptions = [
    changes,
    typed,
    { dispose: () => modelWatch?.dispose() },
    vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document !== document) return;
      // also fires, without changes, when the document becomes clean
      if (histories.size > 0 && histories.has(document.getText())) changes.fire();
      else typed.call();
    }),
    vscode.workspace.onDidSaveTextDocument((saved) => {
      if (saved === document) changes.fire();
    }),
  ];

  return {
    modelName: basename(modelPath ?? sidecarPath),
    modelPath: () => modelPath,
    sidecarPath,
    load,
    partition: async (given) => {
      if (modelPath === undefined) return;
      const result = await partition(services, modelPath, sidecarPath, given);
      if (result) await replaceText(result.text);
    },
    save: async () => void (await document.save()),
    history: () => histories.get(document.getText())?.history,
    put: async (text, history, view) => {
      const before = document.getText();
      histories.set(before, { history: stepped(history, -1), shown: last?.text === before ? last.shown : undefined });
      const shown: Shown | undefined = view && modelPath !== undefined ? { modelPath, view, dirty: true, explain: { kind: 'plan', sidecarPath, text } } : undefined;
      histories.set(text, { history, shown });
      if (shown) last = { text, shown };
      await replaceText(text);
    },
    undo: async () => void (await vscode.commands.executeCommand('undo')),
    redo: async () => void (await vscode.commands.executeCommand('redo')),
    onDidChange: changes.event,
    dispose: () => vscode.Disposable.from(...subscriptions).dispose(),
  };
}
