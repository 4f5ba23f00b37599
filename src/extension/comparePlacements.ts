import { basename } from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../shared/userError';
import { readPlacementFile } from '../sidecar/readPlacementFile';
import { readTextFile } from '../sidecar/textFile';
import { askOther } from './compareQuestion';
import { isPlacement, pathOf, placements } from './files';
import { planAtHead, planOfFile, subjectOnView, type ComparedSubject } from './otherPlans';
import { PLACEMENT_EDITOR } from './placementEditor';
import type { PlanSession } from './planSession';
import type { Services } from './services';

/**
 * Compares two placements and shows the later one with what changed. From a menu with two files selected: these two. From Source Control: with the last commit. Otherwise
 * with what the user chooses; the plan is the one on view, saved or not, or the one of a file.
 *
 * @param inFront a placement whose text is open in front
 * @throws UserError if there is nothing to compare, or the two cannot be compared
 */
export async function comparePlacements(services: Services, resource: unknown, selected: unknown, inFront: vscode.Uri | undefined): Promise<void> {
  const fromScm = resourceOf(resource) ?? diffed(resource);
  const clicked = fromScm ?? (resource instanceof vscode.Uri && isPlacement(resource) ? resource : undefined);
  const uris = (Array.isArray(selected) ? selected : []).flatMap((value: unknown) => (value instanceof vscode.Uri && isPlacement(value) ? [value] : []));
  const other = uris.find((uri) => uri.toString() !== clicked?.toString());
  const session = services.views.active();
  if (session && !fromScm && !other && (!clicked || session.source.sidecarPath === clicked.fsPath) && (await compareOnView(services, session, null))) return;
  const after = clicked ?? inFront ?? (await choosePlacement(vscode.l10n.t('Which plan?')));
  if (!after) return;
  const make = fromScm ? () => planAtHead(after) : other ? async () => planOfFile(other) : await askOther(services, subjectOfFile(after));
  if (!make) return;
  const before = await make();
  await vscode.commands.executeCommand('vscode.openWith', after, PLACEMENT_EDITOR);
  await services.views.ofPlacement(pathOf(after))?.compareWith(before);
}

/**
 * Compares the plan that a view shows.
 *
 * @param by what to compare it with, made from it; null: what the user chooses
 * @returns false if the view shows no plan
 */
export async function compareOnView(services: Services, session: PlanSession, by: ((subject: ComparedSubject) => ReturnType<typeof planAtHead>) | null): Promise<boolean> {
  const shown = session.shown();
  const subject = shown && subjectOnView(shown, session.source);
  if (!subject) return false;
  const make = by ? () => by(subject) : await askOther(services, subject);
  if (make) await session.compareWith(await make());
  return true;
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

/** @throws UserError if it is no placement */
function subjectOfFile(uri: vscode.Uri): ComparedSubject {
  const { path, text: open } = planOfFile(uri);
  const text = open ?? readTextFile(path, basename(path));
  const { model, objective, replicas = 1, cluster } = readPlacementFile(text, basename(path));
  return { sidecarPath: path, text, modelName: basename(model.path), objective, replicas, clusterFrom: cluster.from, history: undefined };
}

/** One of the workspace's placements, as the user chooses. @throws UserError if there is none */
export async function choosePlacement(placeHolder: string): Promise<vscode.Uri | undefined> {
  const files = await placements();
  if (files.length === 0) throw new UserError(vscode.l10n.t('This workspace'), vscode.l10n.t('has no placement files.'), vscode.l10n.t('Partition a model and save its plan first.'));
  const items = files.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.uri;
}
