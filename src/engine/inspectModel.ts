import { resolve } from 'node:path';
import { buildProblem } from '../cost/buildProblem';
import type { Control } from '../shared/progress';
import { measuredTimes } from './measuredTimes';
import { modelView } from './planView';
import { prepareModel } from './prepareModel';
import type { Inspection, InspectRequest } from './requests';
import { resolveCluster } from './resolveCluster';

/**
 * What there is to know of a model before there is a plan: operators, shapes, costs, what is free and what is unknown.
 *
 * @throws UserError if the model or the cluster cannot be read
 */
export function inspectModel(request: InspectRequest, control: Control): Inspection {
  const { cluster } = resolveCluster(request.cluster, request.clusterBase ?? process.cwd());
  const prepared = prepareModel(resolve(request.modelPath), request.bind ?? {}, request.assumeSuggestions ?? true, control);
  const { measured, warnings } = measuredTimes(request, prepared, cluster, undefined);
  const planning = measured ? { measured } : {};
  const input = buildProblem(prepared.graph, prepared.costs, cluster, planning);
  const planned = { prepared, cluster, input, problem: input.problem, pinned: new Map(), objective: 'throughput' as const, planning, placement: null, devices: null, stages: null, loads: null };
  return { view: modelView(planned, warnings), assumed: prepared.assumed, planned };
}
