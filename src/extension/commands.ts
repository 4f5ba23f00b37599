import { basename } from 'node:path';
import * as vscode from 'vscode';
import { presets } from '../cost/presets';
import { UserError } from '../shared/userError';
import { devicesOf } from './clusterQuestion';
import { choosePlacement, comparePlacements } from './comparePlacements';
import { isModel, isPlacement, modelBeside, NOT_SEARCHED, pathOf } from './files';
import { openAsText } from './openAsText';
import { partitionAndKeep, type GivenAnswers } from './partitionModel';
import { PLACEMENT_EDITOR } from './placementEditor';
import { MODEL_EDITOR } from './planViews';
import { profileModel } from './profileModel';
import type { Services } from './services';
import { planCommands } from './usePlan';
import { showError } from './showError';

/** Registers the commands of package.json. Errors are shown, none reaches VS Code. */
export function registerCommands(services: Services): vscode.Disposable {
  // menus that know no file names show what is ours only where we are at work
  void vscode.commands.executeCommand('setContext', 'stagewright.active', true);
  const command = (name: string, run: (...args: readonly unknown[]) => Promise<void>): vscode.Disposable =>
    vscode.commands.registerCommand(`stagewright.${name}`, (...args: unknown[]) => run(...args).catch((error: unknown) => showError(error, services.log, name)));
  return vscode.Disposable.from(
    command('partition', async (resource, answers) => {
      const session = services.views.active();
      // the view itself knows where its plan goes: into the model's sidecar, or into the editor's text
      if (session && (!isUri(resource) || resource.fsPath === session.source.sidecarPath)) return session.source.partition(givenAnswers(answers));
      const model = await modelFor(resource);
      if (model) await partitionAndKeep(services, pathOf(model), givenAnswers(answers));
    }),
    command('savePlan', async () => {
      await services.views.active()?.source.save();
    }),
    command('undoEdit', async () => {
      await services.views.active()?.editing.undo();
    }),
    command('redoEdit', async () => {
      await services.views.active()?.editing.redo();
    }),
    command('saveGraphPicture', async () => services.views.active()?.takePicture('graph')),
    command('saveTimelinePicture', async () => services.views.active()?.takePicture('timeline')),
    command('openSidecar', async (resource) => {
      const session = services.views.active();
      if (isUri(resource) && isPlacement(resource)) await openAsText(pathOf(resource));
      else if (session) await openAsText(session.source.sidecarPath);
    }),
    command('openPlan', async (resource) => {
      const uri = isUri(resource) ? resource : activeResource();
      if (uri && isPlacement(uri)) await vscode.commands.executeCommand('vscode.openWith', uri, PLACEMENT_EDITOR);
    }),
    command('openModel', async (resource) => {
      const shown = services.views.active()?.source.modelPath();
      const model = !isUri(resource) && shown !== undefined ? vscode.Uri.file(shown) : await modelFor(resource);
      if (model) await vscode.commands.executeCommand('vscode.openWith', model, MODEL_EDITOR);
    }),
    command('comparePlacements', (resource, selected) => {
      const front = activeResource();
      return comparePlacements(services, resource, selected, front && isPlacement(front) ? front : undefined);
    }),
    ...planCommands.map(({ name, run }) =>
      command(name, async (resource) => {
        const session = services.views.active();
        const uri = isUri(resource) && isPlacement(resource) ? resource : session ? vscode.Uri.file(session.source.sidecarPath) : await choosePlacement(vscode.l10n.t('Which plan?'));
        if (uri) await run(services, uri);
      }),
    ),
    command('profileModel', async (resource) => {
      const shown = services.views.active()?.source.modelPath();
      const model = !isUri(resource) && shown !== undefined ? vscode.Uri.file(shown) : await modelFor(resource);
      if (model) await profileModel(services, model);
    }),
    command('newCluster', newCluster),
    command('showLog', async () => services.log.show()),
  );
}

/** The title menu of a panel gives a resource, too, which stands for nothing. */
const isUri = (value: unknown): value is vscode.Uri => value instanceof vscode.Uri && value.scheme !== 'webview-panel';

/** What a caller may give beside the model; a menu gives the list of selected files there. */
function givenAnswers(value: unknown): GivenAnswers | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { cluster, bind } = value as Record<string, unknown>;
  const sizes = typeof bind === 'object' && bind !== null ? Object.entries(bind).filter((entry): entry is [string, number] => typeof entry[1] === 'number') : undefined;
  return { ...(typeof cluster === 'string' && { cluster }), ...(sizes && { bind: Object.fromEntries(sizes) }) };
}

/** The model that is meant: the one that was clicked, the one that is open, or one of the workspace's that the user chooses. */
async function modelFor(resource: unknown): Promise<vscode.Uri | undefined> {
  const uri = isUri(resource) ? resource : activeResource();
  if (uri && isModel(uri)) return uri;
  if (uri && isPlacement(uri)) {
    const model = modelBeside(pathOf(uri));
    if (model === undefined) throw new UserError(basename(uri.path), vscode.l10n.t('its model does not lie beside it.'), vscode.l10n.t('Partition the model itself.'));
    return vscode.Uri.file(model);
  }
  return isUri(resource) ? undefined : chooseModel();
}

/** The resource of the editor that is open in front, of whatever kind. */
function activeResource(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
}

async function chooseModel(): Promise<vscode.Uri | undefined> {
  const models = await vscode.workspace.findFiles('**/*.onnx', NOT_SEARCHED, 500);
  if (models.length === 0) throw new UserError(vscode.l10n.t('This workspace'), vscode.l10n.t('has no .onnx model.'), vscode.l10n.t('Open a folder that has one.'));
  const items = models.map((uri) => ({ label: basename(uri.path), description: vscode.workspace.asRelativePath(uri), uri })).sort((a, b) => (a.description < b.description ? -1 : 1));
  return (await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Partition Model'), placeHolder: vscode.l10n.t('Which model?'), matchOnDescription: true }))?.uri;
}

/** Starts a cluster file from a preset, as a text that is not saved yet. */
async function newCluster(): Promise<void> {
  const items = [...presets].map(([name, cluster]) => ({ label: cluster.name, description: name, detail: devicesOf(cluster), cluster }));
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('New Cluster File'), placeHolder: vscode.l10n.t('Which machine comes closest?') });
  if (!chosen) return;
  const { $schema: _schema, ...cluster } = chosen.cluster;
  const content = `${JSON.stringify(cluster, null, 2)}\n`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'json', content }));
    return;
  }
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(folder, `${chosen.description}.cluster.json`), filters: { [vscode.l10n.t('Cluster files')]: ['cluster.json'] } });
  if (!target) return;
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(content));
  await vscode.window.showTextDocument(target);
}
