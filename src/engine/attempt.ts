import { t } from '@vscode/l10n';
import { basename, resolve } from 'node:path';
import { buildProblem, type PlanningOptions } from '../cost/buildProblem';
import type { ClusterFile } from '../cost/clusterFile';
import { InfeasibleError } from '../placement/infeasible';
import type { Solution } from '../placement/problem';
import { solvePlacement } from '../placement/solvePlacement';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { noPlacement } from './fitError';
import { measuredTimes } from './measuredTimes';
import { problemWithPins, sortPins, type SortedPins } from './pins';
import type { Attempt } from './planned';
import { prepareModel } from './prepareModel';
import type { PartitionRequest } from './requests';
import { resolveCluster, type ResolvedCluster } from './resolveCluster';
import { existingPlacement } from './sidecarPath';

/**
 * Reads what a request names and makes the problem of it, with the pins of the placement that is there.
 *
 * @param sidecarPath absolute; the placement whose pins are kept, if it exists
 * @throws UserError if anything that the request names cannot be read or used
 */
export function attemptOf(
  request: PartitionRequest,
  sidecarPath: string,
  control: Control,
): { readonly attempt: Attempt; readonly resolved: ResolvedCluster; readonly base: string; readonly pins: SortedPins; readonly warnings: readonly string[]; readonly previous: ReturnType<typeof existingPlacement> } {
  const base = request.clusterBase ?? process.cwd();
  const modelPath = resolve(request.modelPath);
  const resolved = resolveCluster(request.cluster, base);
  const previous = existingPlacement(sidecarPath);
  const prepared = prepareModel(modelPath, request.bind ?? {}, request.assumeSuggestions ?? true, control);
  if (prepared.graph.operators.length === 0) throw new UserError(basename(modelPath), t('has no operators.'), t('There is nothing to place.'));
  const { objective = 'throughput' } = request;
  const { measured, warnings } = measuredTimes(request, prepared, resolved.cluster, sidecarPath);
  const planning = { ...planningOptions(request, resolved.cluster), ...(measured && { measured }) };
  const input = buildProblem(prepared.graph, prepared.costs, resolved.cluster, planning);
  if (input.nodes.length === 0) throw new UserError(basename(modelPath), t('gives values that are known before it runs.'), t('There is nothing to place.'));
  const pins = sortPins(previous?.file.pins ?? [], prepared.graph, input);
  const problem = problemWithPins(input, pins.pinned);
  throwIfCancelled(control);
  return { attempt: { prepared, cluster: resolved.cluster, input, problem, pinned: pins.pinned, objective, planning }, resolved, base, pins, warnings: [...warnings, ...pins.warnings], previous };
}

/** @throws UserError that says what would fit, where it is proven that nothing does */
export async function solveOrExplain(attempt: Attempt, request: Pick<PartitionRequest, 'method' | 'timeLimitSeconds' | 'slots'>, control: Control): Promise<Solution> {
  const { objective, problem } = attempt;
  const { method = 'auto', timeLimitSeconds, slots } = request;
  try {
    return await solvePlacement(problem, { objective, method, ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }), ...(slots === undefined ? {} : { slots }) }, control);
  } catch (error) {
    if (error instanceof InfeasibleError) throw noPlacement(attempt, basename(attempt.prepared.model.path));
    throw error;
  }
}

/** Micro-batches for each device of the cluster, with which the bubbles of GPipe take about a fifth of the time (Huang et al., NeurIPS 2019, section 2). */
const MICRO_BATCHES_PER_DEVICE = 4;

/**
 * What a plan for a request is made for.
 *
 * @throws UserError if what it asks for does not go together
 */
export function planningOptions({ objective = 'throughput', training, replicas = 1, slots }: PartitionRequest, cluster: ClusterFile): PlanningOptions {
  const trains = objective === '1f1b' || objective === 'gpipe';
  if (training !== undefined && !trains) throw new UserError('training', t('the objective {0} does not train.', objective), t('Choose {0} or {1}.', '1f1b', 'gpipe'));
  if (slots !== undefined && objective !== 'latency') throw new UserError('slots', t('the objective {0} has none.', objective), t('Choose {0}.', 'latency'));
  if (replicas > 1 && objective === 'latency') throw new UserError('replicas', t('they do not shorten the latency of one sample.'), t('Choose another objective.'));
  const devices = cluster.devices.reduce((sum, { count, host }) => sum + (host === true ? 0 : count), 0);
  return {
    ...(trains && { training: { optimizer: training?.optimizer ?? 'adam', microBatches: training?.microBatches ?? MICRO_BATCHES_PER_DEVICE * Math.max(1, devices) } }),
    ...(replicas > 1 && { replicas }),
  };
}
