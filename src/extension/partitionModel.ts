import { basename, dirname, resolve } from 'node:path';
import * as vscode from 'vscode';
import { optimizers } from '../cost/training';
import type { AssumedDimension, Bindings, PartitionRequest } from '../engine/requests';
import { presets } from '../cost/presets';
import { objectives } from '../placement/problem';
import type { PlanningChoice } from '../shared/planning';
import { UserError } from '../shared/userError';
import type { JobResult } from '../worker/jobs';
import { fileStamp } from '../worker/fileStamp';
import { askCluster, clusterName } from './clusterQuestion';
import { askBindings } from './questions';
import type { Services } from './services';
import { settings } from './settings';
import { showError, type ErrorAction } from './showError';
import { solving } from './solving';

/** What a caller of the command already knows, so that it is not asked. */
export interface GivenAnswers {
  /** preset name or path of a cluster file */
  readonly cluster?: string;
  readonly bind?: Bindings;
  /** throughput by `auto` if absent */
  readonly planning?: Planning;
}

/** What of a request the panel chooses. */
type Planning = Pick<PartitionRequest, 'objective' | 'method' | 'replicas' | 'slots' | 'training'>;

/** What the panel chose, as the engine takes it: only what belongs to the objective. */
export function requestOf({ objective, method, replicas, slots, microBatches, optimizer }: PlanningChoice): { readonly planning: Planning } {
  const chosen = objectives.find((name) => name === objective) ?? 'throughput';
  const trained = optimizers.find((name) => name === optimizer) ?? 'adam';
  return {
    planning: {
      objective: chosen,
      method,
      ...(chosen === 'latency' ? { slots } : { replicas }),
      ...((chosen === '1f1b' || chosen === 'gpipe') && { training: { optimizer: trained, ...(microBatches !== null && { microBatches }) } }),
    },
  };
}

interface Answers {
  /** preset name or absolute path */
  readonly cluster: string;
  readonly bind: Bindings;
  readonly planning: Planning;
}

/**
 * Partitions a model, keeps the plan as unsaved, and brings a view of it to the front. Errors are shown.
 *
 * @param modelPath absolute
 */
export async function partitionAndKeep(services: Services, modelPath: string, given?: GivenAnswers): Promise<void> {
  const stamp = fileStamp(modelPath);
  const result = await partition(services, modelPath, undefined, given);
  if (!result) return;
  const { sidecarPath, text, previous, view } = result;
  // a plan that is there already, to the byte, has nothing to save
  if (text === previous) services.unsaved.delete(modelPath);
  else services.unsaved.set({ modelPath, sidecarPath, text, previous, made: { view, stamp } });
  services.views.show(vscode.Uri.file(modelPath));
}

/**
 * Asks what it must and partitions a model. A request for a model that is being partitioned takes the place of the one before.
 *
 * @param sidecarPath where the placement will lie; beside the model if absent
 * @returns undefined if it was cancelled, replaced, or failed; then the user has been told
 */
export async function partition(
  services: Services,
  modelPath: string,
  sidecarPath?: string,
  given: GivenAnswers = {},
): Promise<JobResult<'partition'> | undefined> {
  const { underWay } = services;
  underWay.get(modelPath)?.abort();
  const abort = new AbortController();
  underWay.set(modelPath, abort);
  const name = basename(modelPath);
  const base = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(modelPath))?.uri.fsPath ?? dirname(modelPath);
  let cluster: string | undefined;
  try {
    const answers = await ask(services, modelPath, base, given, abort);
    if (!answers) return undefined;
    cluster = answers.cluster;
    return await solveWithProgress(services, modelPath, base, answers, sidecarPath, abort);
  } catch (error) {
    showError(error, services.log, `partitioning ${name}`, actionsFor(error, cluster, base));
    return undefined;
  } finally {
    if (underWay.get(modelPath) === abort) underWay.delete(modelPath);
  }
}

async function ask(services: Services, modelPath: string, base: string, given: GivenAnswers, abort: AbortController): Promise<Answers | undefined> {
  const name = basename(modelPath);
  const cancelled = new vscode.CancellationTokenSource();
  abort.signal.addEventListener('abort', () => cancelled.cancel());
  // The model is read while the user chooses a cluster; one that cannot be read ends the questions.
  const dimensions: Promise<readonly AssumedDimension[]> = services.worker.run('inspect', { modelPath }, { signal: abort.signal }).then(({ assumed }) => assumed);
  dimensions.catch(() => cancelled.cancel());
  try {
    const preferred = [services.answers.cluster(), settings(vscode.Uri.file(modelPath)).defaultCluster].map((cluster) => absolute(cluster, base));
    const cluster = given.cluster === undefined ? await askCluster(name, preferred, cancelled.token) : absolute(given.cluster, base);
    // also where the question was closed: because of what went wrong
    if (cluster === undefined && cancelled.token.isCancellationRequested) await dimensions;
    if (cluster === undefined) return undefined;
    const free = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Reading {0}', name) }, () => dimensions);
    const bind = given.bind ?? (await askBindings(name, free, services.answers.bindings(modelPath), cancelled.token));
    if (!bind) return undefined;
    await services.answers.remember(modelPath, { cluster, bind });
    // the usual way stays two questions long: another objective or method is chosen in the panel, where it can be seen what it brings
    return { cluster, bind, planning: given.planning ?? {} };
  } finally {
    cancelled.dispose();
  }
}

/** A preset's name as it is, a path made absolute; '' for nothing. */
const absolute = (cluster: string | undefined, base: string): string =>
  cluster === undefined || cluster === '' ? '' : presets.has(cluster) ? cluster : resolve(base, cluster);

async function solveWithProgress(
  services: Services,
  modelPath: string,
  base: string,
  { cluster, bind, planning }: Answers,
  sidecarPath: string | undefined,
  abort: AbortController,
): Promise<JobResult<'partition'>> {
  const { timeLimitSeconds } = settings(vscode.Uri.file(modelPath));
  const started = performance.now();
  const result = await solving(services, vscode.l10n.t('Partitioning {0}', basename(modelPath)), abort, (solver, options) =>
    solver.run(
      'partition',
      { modelPath, bind, ...planning, timeLimitSeconds, cluster: clusterName(cluster, base), clusterBase: base, ...(sidecarPath !== undefined && { sidecarPath }) },
      options,
    ),
  );
  services.log.info(`partitioned ${modelPath} for ${cluster} in ${((performance.now() - started) / 1000).toFixed(1)} s: ${result.view.plan?.certificate.sentence ?? ''}`);
  return result;
}

function actionsFor(error: unknown, cluster: string | undefined, base: string): ErrorAction[] {
  if (!(error instanceof UserError) || cluster === undefined || cluster === '' || presets.has(cluster)) return [];
  if (!error.subject.startsWith(clusterName(cluster, base))) return [];
  return [{ title: vscode.l10n.t('Open Cluster File'), run: () => vscode.window.showTextDocument(vscode.Uri.file(cluster)) }];
}
