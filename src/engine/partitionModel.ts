import { basename, resolve } from 'node:path';
import { buildProblem, type PlanningOptions } from '../cost/buildProblem';
import type { ClusterFile } from '../cost/clusterFile';
import { InfeasibleError } from '../placement/infeasible';
import { judge } from '../placement/judge';
import type { Solution } from '../placement/problem';
import { looseMethods, solvePlacement } from '../placement/solvePlacement';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { writePlacementFile } from '../sidecar/writePlacementFile';
import { noPlacement } from './fitError';
import { problemWithPins, settlePins, sortPins } from './pins';
import { placementFileOf } from './placementFileOf';
import { withPlacement, type Planned } from './planned';
import { planView } from './planView';
import { prepareModel } from './prepareModel';
import type { Partition, PartitionRequest } from './requests';
import { clusterOrigin, resolveCluster } from './resolveCluster';
import { existingPlacement, recordedModelPath, sidecarPathOf } from './sidecarPath';

/**
 * Splits a model over the devices of a cluster. Nothing is written: the result holds the bytes of the placement file and where they belong.
 * Pins of a placement that is there already are kept, and so are its unknown fields.
 *
 * @throws UserError if anything that the request names cannot be read or used, or if the model cannot fit the cluster
 * @throws CancelledError if the control says so
 */
export async function partitionModel(request: PartitionRequest, control: Control): Promise<Partition> {
  if (looseMethods.includes(request.method ?? 'auto')) {
    throw new UserError(`method ${request.method}`, 'gives placements that are not contiguous, and the stages of a plan follow each other.', "Use 'auto', or 'ordered-integer'.");
  }
  const base = request.clusterBase ?? process.cwd();
  const modelPath = resolve(request.modelPath);
  const sidecarPath = resolve(request.sidecarPath ?? sidecarPathOf(modelPath));
  const recordedPath = recordedModelPath(sidecarPath, modelPath);
  const resolved = resolveCluster(request.cluster, base);
  const previous = existingPlacement(sidecarPath);

  const prepared = prepareModel(modelPath, request.bind ?? {}, request.assumeSuggestions ?? true, control);
  if (prepared.graph.operators.length === 0) throw new UserError(basename(modelPath), 'has no operators.', 'There is nothing to place.');
  const { objective = 'throughput' } = request;
  const planning = planningOptions(request, resolved.cluster);
  const input = buildProblem(prepared.graph, prepared.costs, resolved.cluster, planning);
  if (input.nodes.length === 0) throw new UserError(basename(modelPath), 'gives values that are known before it runs.', 'There is nothing to place.');
  const pins = sortPins(previous?.file.pins ?? [], prepared.graph, input);
  const problem = problemWithPins(input, pins.pinned);
  throwIfCancelled(control);

  const attempt = { prepared, cluster: resolved.cluster, input, problem, pinned: pins.pinned, objective, planning };
  const solution = await solveOrExplain(attempt, request, control);
  const placement = settlePins(solution.placement, input, pins.pinned);
  const { violations } = judge(problem, placement, objective);
  if (violations.length > 0) throw new Error(`the placement found is not valid: ${violations.slice(0, 3).join('; ')}`);

  const planned = withPlacement(attempt, placement);
  const from = clusterOrigin(resolved, sidecarPath, base);
  const file = placementFileOf(planned, solution.certificate, { modelPath: recordedPath, clusterFrom: from }, pins.kept, previous?.file ?? null);
  return {
    sidecarPath,
    file,
    text: writePlacementFile(file),
    previous: previous?.text ?? null,
    view: planView(planned, solution.certificate, { name: resolved.cluster.name, from }, pins.warnings),
    assumed: prepared.assumed,
    solveSeconds: solution.solveSeconds,
    planned,
  };
}

async function solveOrExplain(attempt: Omit<Planned, 'placement' | 'devices' | 'stages'>, request: PartitionRequest, control: Control): Promise<Solution> {
  const { objective } = attempt;
  const { method = 'auto', timeLimitSeconds, slots } = request;
  try {
    return await solvePlacement(attempt.problem, { objective, method, ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }), ...(slots === undefined ? {} : { slots }) }, control);
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
  if (training !== undefined && !trains) throw new UserError('training', `the objective ${objective} does not train.`, 'Choose 1f1b or gpipe.');
  if (slots !== undefined && objective !== 'latency') throw new UserError('slots', `the objective ${objective} has none.`, 'Choose latency.');
  if (replicas > 1 && objective === 'latency') throw new UserError('replicas', 'they do not shorten the latency of one sample.', 'Choose another objective.');
  const devices = cluster.devices.reduce((sum, { count, host }) => sum + (host === true ? 0 : count), 0);
  return {
    ...(trains && { training: { optimizer: training?.optimizer ?? 'adam', microBatches: training?.microBatches ?? MICRO_BATCHES_PER_DEVICE * Math.max(1, devices) } }),
    ...(replicas > 1 && { replicas }),
  };
}
