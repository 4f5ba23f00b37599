import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ComparedPlan } from '../engine/comparePlans';
import type { ReferenceRequest } from '../engine/referencePlan';
import type { EditHistory } from './editHistory';
import { pathOf } from './files';
import { textAtHead } from './gitHead';
import type { PlanSource, Shown } from './planSource';
import type { Services } from './services';
import { settings } from './settings';
import { solving } from './solving';

/** A plan that is to be compared, as it is on view or lies on the disk, and what must be known of it to offer what it can be compared with. */
export interface ComparedSubject {
  /** absolute */
  readonly sidecarPath: string;
  readonly text: string;
  readonly modelName: string;
  readonly objective: string;
  /** most devices of one stage */
  readonly replicas: number;
  /** preset, or path relative to the placement */
  readonly clusterFrom: string;
  /** the steps by hand that led to it, if there were any */
  readonly history: EditHistory | undefined;
}

/** The plan on view; undefined where there is none. */
export function subjectOnView({ explain, view }: Shown, source: PlanSource): ComparedSubject | undefined {
  if (explain.kind !== 'plan' || view.plan === null) return undefined;
  const { sidecarPath, text } = explain;
  const { objective, planning, cluster } = view.plan;
  return { sidecarPath, text, modelName: view.modelName, objective, replicas: planning?.replicas ?? 1, clusterFrom: cluster.from, history: source.history() };
}

/** A placement as it stands: what an editor holds, if one is open. */
export function planOfFile(uri: vscode.Uri): ComparedPlan {
  const path = pathOf(uri);
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  return { path, name: vscode.workspace.asRelativePath(uri), ...(document && { text: document.getText() }) };
}

/** @throws UserError if there is no Git, no repository, or the file is not in its last commit */
export async function planAtHead(uri: vscode.Uri): Promise<ComparedPlan> {
  return { path: pathOf(uri), name: vscode.l10n.t('{0} (last commit)', basename(uri.path)), text: await textAtHead(uri) };
}

/** The plan as it was solved, before the first edit by hand. */
export const planBeforeEdits = ({ sidecarPath }: ComparedSubject, history: EditHistory): ComparedPlan => ({ path: sidecarPath, text: history.base, name: vscode.l10n.t('the plan before the edits') });

/**
 * The same problem solved by another method; `auto` looks for the best plan.
 *
 * @throws CancelledError if the user ends it before there is a plan
 */
export function planByMethod(services: Services, subject: ComparedSubject, method: string): Promise<ComparedPlan> {
  const name = method === 'auto' ? vscode.l10n.t('auto (solved anew)') : method;
  return solved(services, subject, vscode.l10n.t('Solving {0} by {1}', subject.modelName, method), name, { method });
}

/**
 * The best plan for the same model, dimensions and objective on another cluster.
 *
 * @param cluster preset, or absolute path of a cluster file
 * @throws CancelledError if the user ends it before there is a plan
 */
export function planOnCluster(services: Services, subject: ComparedSubject, cluster: string): Promise<ComparedPlan> {
  const clusterBase = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(subject.sidecarPath))?.uri.fsPath ?? dirname(subject.sidecarPath);
  return solved(services, subject, vscode.l10n.t('Solving {0} for {1}', subject.modelName, basename(cluster)), vscode.l10n.t('the best plan found'), { cluster, clusterBase });
}

async function solved(services: Services, { sidecarPath, text }: ComparedSubject, title: string, name: string, other: Pick<ReferenceRequest, 'method' | 'cluster' | 'clusterBase'>): Promise<ComparedPlan> {
  const { timeLimitSeconds } = settings(vscode.Uri.file(sidecarPath));
  const result = await solving(services, title, new AbortController(), (solver, options) => solver.run('referencePlan', { sidecarPath, text, timeLimitSeconds, ...other }, options));
  return { path: sidecarPath, text: result.text, name };
}
