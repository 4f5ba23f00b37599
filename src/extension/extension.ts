import './words';
import * as vscode from 'vscode';
import { makeWorkerClient } from '../worker/client';
import { registerCommands } from './commands';
import { registerDecorations } from './decorations';
import { registerLanguageModelTools } from './languageModelTools';
import { makeLog } from './log';
import { registerModelEditor } from './modelEditor';
import { registerPlacementEditor } from './placementEditor';
import { makePlanViews, type PlanViews } from './planViews';
import { makeRememberedAnswers } from './rememberedAnswers';
import { registerSchemas } from './schemas';
import { registerStatusBar } from './statusBar';
import type { Services } from './services';
import { openUnsavedPlans } from './unsavedPlans';

/** How long the thread that reads models waits for the next question, ms: it remembers the model that was asked about last. */
const LINGER = 60_000;

let flush: (() => Promise<void>) | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = makeLog();
  const script = vscode.Uri.joinPath(context.extensionUri, 'dist', 'worker.js').fsPath;
  const words = vscode.l10n.bundle;
  const worker = makeWorkerClient({ script, words, lingerMilliseconds: LINGER });
  const drawing = makeWorkerClient({ script, words, lingerMilliseconds: LINGER });
  const background = makeWorkerClient({ script, words });
  const storage = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'unsaved');
  const unsaved = await openUnsavedPlans(storage.fsPath, log);
  flush = unsaved.flush;

  const views: PlanViews = makePlanViews(() => services);
  const services: Services = {
    extensionUri: context.extensionUri,
    runtimeStorage: vscode.Uri.joinPath(context.globalStorageUri, 'onnxruntime').fsPath,
    log,
    worker,
    drawing,
    solver: () => makeWorkerClient({ script, words }),
    answers: makeRememberedAnswers(context.workspaceState),
    unsaved,
    views,
    underWay: new Map(),
  };
  context.subscriptions.push(
    log,
    worker,
    drawing,
    background,
    unsaved,
    views,
    registerModelEditor(services),
    registerPlacementEditor(services),
    registerCommands(services),
    registerDecorations(background, log),
    registerSchemas(context.extensionUri),
    registerLanguageModelTools(services),
    registerStatusBar(views),
    { dispose: () => services.underWay.forEach((abort) => abort.abort()) },
  );
}

/** What is being written to the disk gets there. */
export const deactivate = (): Promise<void> | undefined => flush?.();
