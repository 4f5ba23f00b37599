import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { RuntimePlace } from '../engine/runModels';
import { findOnnxRuntime } from '../runtime/onnxRuntime';
import { CancelledError, UserError } from '../shared/userError';
import type { Services } from './services';
import { settings } from './settings';

/** The package as it is installed on request: without its script, which would fetch CUDA libraries. */
const PACKAGE = 'onnxruntime-node@1.30.0';

/**
 * Where models can be run; what is not there is installed if the user wants that.
 *
 * @returns undefined if the user turned away
 * @throws UserError if the workspace is not trusted, or the installation failed
 */
export async function runtimePlace({ extensionUri, runtimeStorage, log }: Services, modelPath: string): Promise<RuntimePlace | undefined> {
  if (!vscode.workspace.isTrusted) throw new UserError(vscode.l10n.t('This workspace'), vscode.l10n.t('is not trusted, so no model is run.'), vscode.l10n.t('Trust it first, if you do.'));
  const folder = settings(vscode.Uri.file(modelPath)).onnxRuntimeFolder;
  const place: RuntimePlace = { script: vscode.Uri.joinPath(extensionUri, 'dist', 'runtime.js').fsPath, searchFrom: [runtimeStorage], ...(folder !== '' && { folder }) };
  try {
    findOnnxRuntime([dirname(modelPath), runtimeStorage], folder);
    return place;
  } catch (error) {
    // a folder that was configured and is wrong is for the user to mend
    if (!(error instanceof UserError) || folder !== '') throw error;
  }
  const install = vscode.l10n.t('Install');
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('Running models needs ONNX Runtime, which was not found.'),
    { modal: true, detail: vscode.l10n.t('Stagewright can install {0} from the npm registry with "npm install --ignore-scripts" into its own folder, about 290 MB:\n{1}\nOr install it beside the model yourself, or name its folder in the settings.', PACKAGE, runtimeStorage) },
    install,
  );
  if (chosen !== install) return undefined;
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Installing ONNX Runtime'), cancellable: true }, (_, token) => npmInstall(runtimeStorage, token));
  log.info(`installed ${PACKAGE} into ${runtimeStorage}`);
  return place;
}

function npmInstall(folder: string, token: vscode.CancellationToken): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const child = spawn(windows ? 'npm.cmd' : 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', PACKAGE], { cwd: folder, shell: windows, stdio: ['ignore', 'ignore', 'pipe'] });
    let words = '';
    child.stderr.on('data', (text: Buffer) => (words = `${words}${text.toString('utf8')}`.slice(-2000)));
    const cancelling = token.onCancellationRequested(() => child.kill());
    const settle = (then: () => void): void => {
      cancelling.dispose();
      then();
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      settle(() => reject(error.code === 'ENOENT' ? new UserError('npm', vscode.l10n.t('was not found on this machine.'), vscode.l10n.t('Install Node.js, or ONNX Runtime beside the model.')) : error)),
    );
    child.once('exit', (code) =>
      settle(() => {
        if (code === 0) resolve();
        else if (token.isCancellationRequested) reject(new CancelledError());
        else reject(new UserError(PACKAGE, vscode.l10n.t('could not be installed: {0}', words.replaceAll(/\s+/g, ' ').trim().slice(-300)), vscode.l10n.t('Check the network, or install it beside the model.')));
      }),
    );
  });
}
