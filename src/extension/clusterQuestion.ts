import { basename, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import type { ClusterFile } from '../cost/clusterFile';
import { DEFAULT_PRESET, presets } from '../cost/presets';
import { formatBytes } from '../shared/format';
import { NOT_SEARCHED } from './files';

const MOST_FILES = 100;

interface ClusterItem extends vscode.QuickPickItem {
  /** preset name or absolute path; undefined for "Browse…" */
  readonly cluster?: string;
}

/**
 * Asks for the cluster: what was used last or is set as the default comes first, then the workspace's cluster files, then the presets.
 *
 * @param first names or paths to offer before all others, in this order
 * @returns a preset's name or an absolute path; undefined if the user turned away
 */
export async function askCluster(modelName: string, first: readonly string[], token: vscode.CancellationToken): Promise<string | undefined> {
  const items = clusterItems(first);
  const options = { title: vscode.l10n.t('Partition {0}: cluster', modelName), placeHolder: vscode.l10n.t('What is the model to run on?'), matchOnDescription: true, matchOnDetail: true };
  const chosen = await vscode.window.showQuickPick(items, options, token);
  if (!chosen || token.isCancellationRequested) return undefined;
  return chosen.cluster ?? browse();
}

async function clusterItems(first: readonly string[]): Promise<ClusterItem[]> {
  const found = await clusterFiles();
  const preferred = [...new Set(first)].filter((name) => name !== '');
  const rest = (names: readonly string[]): ClusterItem[] => names.filter((name) => !preferred.includes(name)).map(itemOf);
  const files = rest(found);
  const others = rest([DEFAULT_PRESET, ...[...presets.keys()].filter((name) => name !== DEFAULT_PRESET)]);
  const group = (label: string, items: readonly ClusterItem[]): ClusterItem[] => (items.length > 0 ? [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items] : []);
  return [
    ...group(vscode.l10n.t('used last, or set as the default'), preferred.map(itemOf)),
    ...group(vscode.l10n.t('cluster files of this workspace'), files),
    ...group(vscode.l10n.t('presets'), others),
    ...group('', [{ label: vscode.l10n.t('$(folder-opened) Browse for a cluster file…'), alwaysShow: true }]),
  ];
}

/** Absolute paths of the workspace's cluster files. */
export const clusterFiles = async (): Promise<string[]> =>
  (await vscode.workspace.findFiles('**/*.cluster.json', NOT_SEARCHED, MOST_FILES)).filter(({ scheme }) => scheme === 'file').map(({ fsPath }) => fsPath).sort();

/** How a preset, or the file at an absolute path, is offered. */
export function itemOf(cluster: string): ClusterItem {
  const preset = presets.get(cluster);
  return preset ? { label: preset.name, description: cluster, detail: devicesOf(preset), cluster } : { label: `$(server) ${basename(cluster)}`, description: describe(cluster), cluster };
}

const describe = (cluster: string): string => (presets.has(cluster) ? cluster : vscode.workspace.asRelativePath(cluster));

/** "4 × a100 (80 GB), 1 × cpu" */
export const devicesOf = (cluster: ClusterFile): string =>
  cluster.devices.map((device) => `${device.count} × ${device.class}${device.memoryBytes === undefined ? '' : ` (${formatBytes(device.memoryBytes)})`}`).join(', ');

async function browse(): Promise<string | undefined> {
  const [file] =
    (await vscode.window.showOpenDialog({ title: vscode.l10n.t('Cluster File'), filters: { [vscode.l10n.t('Cluster files')]: ['json'] }, canSelectMany: false })) ?? [];
  return file?.scheme === 'file' ? file.fsPath : undefined;
}

/** How a cluster file is named to the engine: relative to the workspace folder where it lies in it, so that messages are short. */
export function clusterName(cluster: string, base: string): string {
  if (presets.has(cluster)) return cluster;
  const way = relative(base, cluster);
  return way.startsWith('..') || way === '' ? cluster : `.${sep}${way}`;
}
