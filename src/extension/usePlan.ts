import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import type { TargetView } from '../engine/exportPlacement';
import { formatSeconds } from '../shared/format';
import { UserError } from '../shared/userError';
import { PLACEMENT_SUFFIX } from '../sidecar/placementFile';
import { saveAtomically } from '../sidecar/saveAtomically';
import { modelBeside, pathOf } from './files';
import { runtimePlace } from './onnxRuntime';
import { language } from './language';
import { openAsText } from './openAsText';
import { profileModel } from './profileModel';
import type { Services } from './services';
import { work } from './work';

/** What can be done with a plan that lies on the disk. */
interface PlanCommand {
  readonly name: string;
  readonly run: (services: Services, placement: vscode.Uri) => Promise<void>;
}

export const planCommands: readonly PlanCommand[] = [
  { name: 'usePlan', run: choose },
  { name: 'exportPlan', run: saved(exportPlan) },
  { name: 'splitPlan', run: saved(split) },
  { name: 'reportPlan', run: saved(report) },
  { name: 'verifyPlan', run: saved(verify) },
  { name: 'measurePlan', run: saved(measure) },
];

/** The commands as a list, for those who look at the plan. */
async function choose(services: Services, placement: vscode.Uri): Promise<void> {
  const items = [
    { label: vscode.l10n.t('$(export) Export …'), detail: vscode.l10n.t('in the format of an engine, with what it can and cannot carry'), run: saved(exportPlan) },
    { label: vscode.l10n.t('$(split-horizontal) Split Model into Stages'), detail: vscode.l10n.t('one ONNX model for each stage, and what flows between them'), run: saved(split) },
    { label: vscode.l10n.t('$(file-media) Write Report'), detail: vscode.l10n.t('one HTML page with this view, for a pull request'), run: saved(report) },
    { label: vscode.l10n.t('$(pass) Verify Stages'), detail: vscode.l10n.t('runs them in ONNX Runtime and compares them with the whole model'), run: saved(verify) },
    { label: vscode.l10n.t('$(watch) Measure on This Machine'), detail: vscode.l10n.t('runs the stages as a pipeline, and shows measured beside predicted'), run: saved(measure) },
    { label: vscode.l10n.t('$(dashboard) Profile Model on This Machine'), detail: vscode.l10n.t('measures what every operator takes; plans are made with these times from then on'), run: profile },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: vscode.l10n.t('Use Plan'), placeHolder: basename(placement.path) });
  if (chosen) await chosen.run(services, placement);
}

async function profile(services: Services, placement: vscode.Uri): Promise<void> {
  const model = services.views.active()?.source.modelPath() ?? modelBeside(pathOf(placement));
  if (model !== undefined) await profileModel(services, vscode.Uri.file(model));
}

/** Work on a plan needs its file: one that is not saved is offered to be. */
function saved(run: PlanCommand['run']): PlanCommand['run'] {
  return async (services, placement) => {
    const path = pathOf(placement);
    const session = services.views.active();
    if (session?.source.sidecarPath === path && session.shown()?.dirty === true) {
      const save = vscode.l10n.t('Save');
      const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('The plan is not saved yet.'), { modal: true, detail: vscode.l10n.t('What is written and run is the plan in {0}.', basename(path)) }, save);
      if (chosen !== save) return;
      await session.source.save();
    }
    if (!existsSync(path)) throw new UserError(basename(path), vscode.l10n.t('does not exist yet.'), vscode.l10n.t('Partition the model and save the plan.'));
    await run(services, placement);
  };
}

/** `net.onnx` of `net.onnx.placement.json`. */
const nameOf = (sidecarPath: string): string => basename(sidecarPath).slice(0, -PLACEMENT_SUFFIX.length);

/** Asks for a folder, relative to the placement's; undefined if the user turned away. */
async function askFolder(sidecarPath: string, title: string, suggested: string): Promise<string | undefined> {
  const base = dirname(sidecarPath);
  const answer = await vscode.window.showInputBox({ title, prompt: vscode.l10n.t('Folder, relative to {0}', vscode.workspace.asRelativePath(base)), value: suggested, validateInput: (value) => (value.trim() === '' ? vscode.l10n.t('Name a folder.') : undefined) });
  return answer === undefined ? undefined : resolve(base, answer.trim());
}

/** Says what was written, and offers to open the most telling of the files. */
function tellWritten(folder: string, files: readonly string[], open: string | undefined, notes: readonly string[] = []): void {
  const button = vscode.l10n.t('Open {0}', basename(open ?? ''));
  const text = [vscode.l10n.t('{0} files written to {1}.', files.length, vscode.workspace.asRelativePath(folder)), ...notes].join(' ');
  void vscode.window.showInformationMessage(text, ...(open === undefined ? [] : [button])).then((chosen) => (chosen === button && open !== undefined ? openAsText(resolve(folder, open)) : undefined));
}

async function exportPlan(services: Services, placement: vscode.Uri): Promise<void> {
  const sidecarPath = pathOf(placement);
  const targets = await work(services, vscode.l10n.t('Looking at what engines can carry'), 'listTargets', { sidecarPath });
  const chosen = await vscode.window.showQuickPick(targets.map(targetItem), { title: vscode.l10n.t('Export Plan'), placeHolder: vscode.l10n.t('For which engine?'), matchOnDescription: true });
  if (!chosen) return;
  const { target } = chosen;
  const inside = target.expressible.find(({ aspect, state }) => aspect === 'cuts' && state === 'partly');
  if (inside && !(await confirmRounding(inside.note))) return;
  const folder = await askFolder(sidecarPath, vscode.l10n.t('Export to {0}', target.name), `${nameOf(sidecarPath)}.${target.name}`);
  if (folder === undefined) return;
  const { files, notes } = await work(services, vscode.l10n.t('Exporting to {0}', target.name), 'export', { sidecarPath, target: target.name, folder, ...(inside && { round: true }) });
  tellWritten(folder, files, files.find((file) => /\.(json|env|args|pbtxt)$/.test(file)), notes);
}

function targetItem(target: TargetView): vscode.QuickPickItem & { readonly target: TargetView } {
  const limits = target.expressible.filter(({ state }) => state !== 'yes').map(({ aspect, state, note }) => `${state === 'no' ? '$(circle-slash)' : '$(warning)'} ${aspect}: ${note}`);
  return { label: target.name, description: target.summary, detail: limits.length === 0 ? vscode.l10n.t('$(check) carries all of this plan') : limits.join('  '), target };
}

async function confirmRounding(note: string): Promise<boolean> {
  const round = vscode.l10n.t('Round to Whole Layers');
  return (await vscode.window.showWarningMessage(vscode.l10n.t('A cut of this plan falls inside a layer.'), { modal: true, detail: note }, round)) === round;
}

async function split(services: Services, placement: vscode.Uri): Promise<void> {
  const sidecarPath = pathOf(placement);
  const folder = await askFolder(sidecarPath, vscode.l10n.t('Split Model into Stages'), `${nameOf(sidecarPath)}.stages`);
  if (folder === undefined) return;
  const { files } = await work(services, vscode.l10n.t('Splitting {0}', nameOf(sidecarPath)), 'split', { sidecarPath, folder });
  tellWritten(folder, files, files.find((file) => file.endsWith('.json')));
}

async function report(services: Services, placement: vscode.Uri): Promise<void> {
  const sidecarPath = pathOf(placement);
  const suggested = vscode.Uri.file(resolve(dirname(sidecarPath), `${nameOf(sidecarPath)}.report.html`));
  const target = await vscode.window.showSaveDialog({ title: vscode.l10n.t('Write Report'), defaultUri: suggested, filters: { [vscode.l10n.t('Web pages')]: ['html'] } });
  if (!target) return;
  const assets = vscode.Uri.joinPath(services.extensionUri, 'dist', 'webview').fsPath;
  const html = await work(services, vscode.l10n.t('Writing the report of {0}', nameOf(sidecarPath)), 'report', { sidecarPath, assets, language: language() });
  saveAtomically(pathOf(target), html);
  const open = vscode.l10n.t('Open in Browser');
  void vscode.window.showInformationMessage(vscode.l10n.t('Report written to {0}.', vscode.workspace.asRelativePath(target)), open).then((chosen) => (chosen === open ? vscode.env.openExternal(target) : undefined));
}

async function verify(services: Services, placement: vscode.Uri): Promise<void> {
  const sidecarPath = pathOf(placement);
  const runtime = await runtimePlace(services, modelBeside(sidecarPath) ?? sidecarPath);
  if (!runtime) return;
  const { equal, tolerance, manifest, outputs, firstDifference, runtime: version } = await work(services, vscode.l10n.t('Verifying {0}', nameOf(sidecarPath)), 'verify', { sidecarPath, runtime });
  if (equal) {
    const how = outputs.every(({ identical }) => identical) ? vscode.l10n.t('bit for bit') : vscode.l10n.t('within {0} of the largest magnitude', tolerance);
    void vscode.window.showInformationMessage(vscode.l10n.t('{0} stage models of {1} compute what the whole model computes, {2} (ONNX Runtime {3}).', manifest.models.length, nameOf(sidecarPath), how, version));
  } else {
    const where = firstDifference ? vscode.l10n.t('first in {0}', firstDifference.tensor) : '';
    void vscode.window.showWarningMessage(vscode.l10n.t('The stage models of {0} do not compute what the whole model computes; they differ {1}.', nameOf(sidecarPath), where));
  }
}

async function measure(services: Services, placement: vscode.Uri): Promise<void> {
  const sidecarPath = pathOf(placement);
  const runtime = await runtimePlace(services, modelBeside(sidecarPath) ?? sidecarPath);
  if (!runtime) return;
  const fidelity = await work(services, vscode.l10n.t('Measuring {0}', nameOf(sidecarPath)), 'fidelity', { sidecarPath, runtime });
  for (const session of services.views.showing(sidecarPath)) session.showFidelity(fidelity);
  const { measuredSeconds, predictedSeconds, wholeSeconds } = fidelity;
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} per sample, predicted {1}; {2} times as fast as one process.', formatSeconds(measuredSeconds), formatSeconds(predictedSeconds), (wholeSeconds / measuredSeconds).toFixed(2)),
  );
}
