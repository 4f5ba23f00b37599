import { COST_MODEL } from '../cost/costModel';
import { evaluate } from '../placement/evaluate';
import type { Certificate, Placement } from '../placement/problem';
import { carryUnknown } from '../sidecar/carryUnknown';
import { PLACEMENT_SCHEMA, PLACEMENT_VERSION, type PlacementFile, type PlacementStage } from '../sidecar/placementFile';
import { typeName } from '../sidecar/staleness';
import { topologyHash } from '../sidecar/topologyHash';
import type { Pin } from './pins';
import type { Planned } from './planned';
import { loadParts } from './planView';

/** Times are recorded with nine digits: enough to compare, few enough to read. */
const recorded = (seconds: number): number => Number(seconds.toPrecision(9));

/**
 * A plan as its file records it.
 *
 * @param planned with a placement
 * @param previous the file that it replaces, whose unknown fields are kept
 */
export function placementFileOf(
  planned: Planned,
  certificate: Certificate,
  names: { readonly modelPath: string; readonly clusterFrom: string },
  pins: readonly Pin[],
  previous: PlacementFile | null,
): PlacementFile {
  const { prepared, placement, devices } = planned;
  if (!placement || !devices) throw new Error('placementFileOf: there is no placement');
  const file: PlacementFile = {
    $schema: PLACEMENT_SCHEMA,
    version: PLACEMENT_VERSION,
    model: { path: names.modelPath, topology: topologyHash(prepared.graph, prepared.bound), operators: prepared.graph.operators.length, bound: prepared.bound },
    cluster: { from: names.clusterFrom, ...planned.cluster },
    objective: 'throughput',
    costModel: { ...COST_MODEL },
    certificate: { value: recorded(certificate.value), lowerBound: recorded(certificate.lowerBound), optimal: certificate.optimal, method: certificate.method },
    stages: stagesOf(planned, placement, devices),
    pins,
  };
  return previous ? carryUnknown(previous, file) : file;
}

function stagesOf({ prepared, input, problem }: Planned, placement: Placement, devices: Int32Array): PlacementStage[] {
  const loads = new Map(evaluate(problem, placement.assignment).loads.map((load) => [load.device, load]));
  return placement.order.map((device, stage) => {
    const load = loads.get(device);
    if (!load) throw new Error(`placementFileOf: the evaluator has no load for device ${device}`);
    const { computeSeconds, communicationSeconds } = loadParts(load);
    return {
      name: String(stage),
      device: input.devices[device]!.name,
      load: { computeSeconds: recorded(computeSeconds), communicationSeconds: recorded(communicationSeconds) },
      memory: { weightBytes: load.residentBytes, activationBytes: load.workspaceBytes },
      operators: prepared.graph.operators
        .filter((operator) => devices[operator.index] === device)
        .map((operator): [string, string, string] => [operator.id, typeName(operator), operator.name]),
    };
  });
}
