import { COST_MODEL } from '../cost/costModel';
import type { MeasuredTimes } from '../cost/measured';
import type { Certificate, Placement } from '../placement/problem';
import { carryUnknown } from '../sidecar/carryUnknown';
import { PLACEMENT_SCHEMA, PLACEMENT_VERSION, type PlacementFile, type PlacementStage, type RecordedProfile } from '../sidecar/placementFile';
import { typeName } from '../sidecar/staleness';
import { topologyHash } from '../sidecar/topologyHash';
import type { Pin } from './pins';
import type { Planned } from './planned';
import { loadParts } from './stageLoads';

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
  const { prepared, placement, objective, planning } = planned;
  if (!placement) throw new Error('placementFileOf: there is no placement');
  const file: PlacementFile = {
    $schema: PLACEMENT_SCHEMA,
    version: PLACEMENT_VERSION,
    model: { path: names.modelPath, topology: topologyHash(prepared.graph, prepared.bound), operators: prepared.graph.operators.length, bound: prepared.bound },
    cluster: { from: names.clusterFrom, ...planned.cluster },
    objective,
    ...(planning.training && { training: planning.training }),
    ...(planning.replicas !== undefined && { replicas: planning.replicas }),
    costModel: { ...COST_MODEL, ...(planning.measured && { profile: recordedProfile(planning.measured, planned.input.nodes.length) }) },
    certificate: { value: recorded(certificate.value), lowerBound: recorded(certificate.lowerBound), optimal: certificate.optimal, method: certificate.method },
    stages: stagesOf(planned, placement),
    pins,
  };
  return previous ? carryUnknown(previous, file) : file;
}

/** @param operators that take time */
const recordedProfile = ({ origin, deviceClass, seconds }: MeasuredTimes, operators: number): RecordedProfile => ({
  path: origin.path,
  class: deviceClass,
  digest: origin.digest,
  coverage: Number((seconds.size / Math.max(1, operators)).toFixed(4)),
});

function stagesOf(planned: Planned, placement: Placement): PlacementStage[] {
  const { prepared, input, stages, loads } = planned;
  return placement.order.map((device, stage) => {
    const load = loads![stage]!;
    const replicas = placement.replicas?.[stage] ?? 1;
    const { computeSeconds, communicationSeconds } = loadParts(load);
    return {
      name: String(stage),
      device: input.devices[device]!.name,
      ...(replicas > 1 && { replicas }),
      load: { computeSeconds: recorded(computeSeconds), communicationSeconds: recorded(communicationSeconds) },
      memory: { weightBytes: load.residentBytes, activationBytes: load.workspaceBytes + load.stashBytes },
      operators: prepared.graph.operators
        .filter((operator) => stages?.[operator.index] === stage)
        .map((operator): [string, string, string] => [operator.id, typeName(operator), operator.name]),
    };
  });
}
