import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { presets } from '../cost/presets';
import type { ComparedPlan } from '../engine/comparePlans';
import { methodChoices } from '../shared/planning';
import { clusterFiles, itemOf } from './clusterQuestion';
import { placements } from './files';
import { planAtHead, planBeforeEdits, planByMethod, planOfFile, planOnCluster, type ComparedSubject } from './otherPlans';
import type { Services } from './services';

interface OtherItem extends vscode.QuickPickItem {
  readonly make?: () => Promise<ComparedPlan>;
}

/**
 * Asks what a plan is to be compared with: an earlier state of it, the same problem solved anew, another file, or another cluster.
 *
 * @returns makes the other plan, which may take a solve; undefined if the user turned away
 */
export async function askOther(services: Services, subject: ComparedSubject): Promise<(() => Promise<ComparedPlan>) | undefined> {
  const options = { title: vscode.l10n.t('Compare Placements'), placeHolder: vscode.l10n.t('Compare {0} with …', basename(subject.sidecarPath)), matchOnDescription: true, matchOnDetail: true };
  return (await vscode.window.showQuickPick(otherItems(services, subject), options))?.make;
}

async function otherItems(services: Services, subject: ComparedSubject): Promise<OtherItem[]> {
  const uri = vscode.Uri.file(subject.sidecarPath);
  const { history } = subject;
  const group = (label: string, items: readonly OtherItem[]): OtherItem[] => (items.length > 0 ? [{ label, kind: vscode.QuickPickItemKind.Separator }, ...items] : []);
  const [files, clusters] = await Promise.all([placements(), clusterFiles()]);
  const own = presets.has(subject.clusterFrom) ? subject.clusterFrom : resolve(dirname(subject.sidecarPath), subject.clusterFrom);
  return [
    ...group(vscode.l10n.t('this plan, earlier'), [
      ...(existsSync(subject.sidecarPath) ? [{ label: vscode.l10n.t('$(git-commit) Last commit'), make: () => planAtHead(uri) }] : []),
      ...(history && history.at > 0 ? [{ label: vscode.l10n.t('$(discard) Before the edits'), description: vscode.l10n.t('as it was solved'), make: async () => planBeforeEdits(subject, history) }] : []),
    ]),
    ...group(vscode.l10n.t('the same problem, solved anew'), methodChoices(subject.objective, subject.replicas).map(({ id, label }) => methodItem(services, subject, id, label))),
    ...group(vscode.l10n.t('other placement files'), files.filter((other) => other.toString() !== uri.toString()).map((other) => ({ label: `$(file) ${vscode.workspace.asRelativePath(other)}`, make: async () => planOfFile(other) }))),
    ...group(
      vscode.l10n.t('the best plan on another cluster'),
      [...clusters, ...presets.keys()].filter((cluster) => cluster !== own).map((cluster) => ({ ...itemOf(cluster), make: () => planOnCluster(services, subject, cluster) })),
    ),
  ];
}

function methodItem(services: Services, subject: ComparedSubject, id: string, label: string): OtherItem {
  const best = id === 'auto';
  return {
    label: best ? vscode.l10n.t('$(verified) The optimum, or the best plan that is found') : `$(symbol-method) ${label}`,
    description: id,
    make: () => planByMethod(services, subject, id),
  };
}
