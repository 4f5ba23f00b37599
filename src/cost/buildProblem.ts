import type { OperatorGraph } from '../graph/operatorGraph';
import type { DeviceClass, PlacementProblem, Replication, Servers, SharedMemory, Training } from '../placement/problem';
import type { ClusterFile } from './clusterFile';
import { computeType, operatorSeconds } from './costModel';
import { liveBytes } from './liveness';
import { calibrated, type MeasuredTimes } from './measured';
import { linkOf, netsOf } from './nets';
import { qualifiedType, type OperatorCost } from './operatorCost';
import { differentiate, trainedBytes, trainingOf, type Differentiation, type TrainingPlan } from './training';
import { bodyWeightBytes, weightUsers } from './weights';

export { expandPlacement } from './expandPlacement';

/** A placement problem, and how its nodes and nets relate to the operator graph that it was made from. */
export interface PlacementInput {
  readonly problem: PlacementProblem;
  /** problem node -> operator index, ascending */
  readonly nodes: Int32Array;
  /** operator index -> problem node, -1 for foldable operators */
  readonly nodeOf: Int32Array;
  /** devices in the numbering of `Placement.assignment`; names are `class:index` */
  readonly devices: readonly { readonly name: string; readonly class: number }[];
  /** tensor index -> net, -1 where the tensor never travels */
  readonly netOfTensor: Int32Array;
}

/** What a plan is made for, beside one pass over one device per stage. */
export interface PlanningOptions {
  /** present if the model is to be trained: the backward pass is derived from the graph, see `differentiate` */
  readonly training?: TrainingPlan;
  /** most devices of one stage; 1 if absent */
  readonly replicas?: number;
  /** present if operators were measured on a device class: they take the place of estimates there */
  readonly measured?: MeasuredTimes;
}

/**
 * The problem of placing a graph on a cluster.
 *
 * - Foldable operators are no nodes: they cost nothing and are computed wherever their value is needed. If one depends on real operators
 *   (Shape of an activation), its real readers follow those by nets that cost nothing, so that no stage depends on a later one.
 * - A device pays for a tensor at the rate of its own class's link (see `linkOf`), which also says what overlaps. Graph inputs come from the
 *   host and graph outputs go there, like everything that enters or leaves the pipeline; as in the paper, no device is charged for them.
 * - A weight with one user is resident on the user's device; one with several users is shared memory, once on each device that has a user
 *   (a small one counts for each user).
 * - Times that were measured replace estimates of their class, and calibrate those of the operators that were not (see `calibrated`); memory
 *   that operators were seen to need while they run adds to the activations on every class.
 * - In training a weight takes its gradient and the optimiser's state besides, and replicas exchange gradients over the link of their class.
 */
export function buildProblem(graph: OperatorGraph, costs: readonly OperatorCost[], cluster: ClusterFile, { training, replicas = 1, measured }: PlanningOptions = {}): PlacementInput {
  const nodes = Int32Array.from(graph.operators.filter((operator) => !operator.foldable).map((operator) => operator.index));
  const nodeOf = new Int32Array(graph.operators.length).fill(-1);
  nodes.forEach((operator, node) => (nodeOf[operator] = node));

  const operators = Array.from(nodes, (index) => graph.operators[index]!);
  const kinds = operators.map((operator) => ({ type: qualifiedType(operator), elementType: computeType(graph, operator) }));
  const differentiation = training && differentiate(graph);
  const { residentBytes, sharedMemory, weightBytes, sharedWeightBytes } = memoryOf(graph, nodes, nodeOf, differentiation && training && { differentiation, plan: training });
  const live = liveBytes(graph);
  const { nets, crossSeconds, netOfTensor } = netsOf(graph, nodeOf, cluster);
  const seconds = cluster.devices.map((device) => {
    const estimates = kinds.map(({ type, elementType }, node) => operatorSeconds(device, type, elementType, costs[nodes[node]!]!));
    if (measured?.deviceClass !== device.class) return Float64Array.from(estimates);
    return calibrated(estimates.map((estimate, node) => ({ type: kinds[node]!.type, estimate, measured: measured.seconds.get(operators[node]!.id) })));
  });
  const replication: Replication = { most: replicas, weightBytes, sharedWeightBytes, bytesPerSecond: cluster.devices.map((device) => linkOf(cluster, device)?.bytesPerSecond ?? Infinity) };
  const trained = differentiation && training && trainingOf(differentiation, nodes, seconds, nets, netOfTensor, training.microBatches);
  return {
    problem: {
      labels: operators.map((operator) => operator.name || operator.id),
      classes: cluster.devices.map((device): DeviceClass => ({
        name: device.class,
        count: device.count,
        memoryBytes: device.memoryBytes ?? Infinity,
        overlap: linkOf(cluster, device)?.overlap ?? 'none',
      })),
      seconds,
      residentBytes,
      workspaceBytes: Float64Array.from(nodes, (index, node) => live[index]! + (measured?.memoryBytes.get(operators[node]!.id) ?? 0)),
      sharedMemory,
      nets,
      colocation: new Int32Array(nodes.length).fill(-1),
      backward: new Uint8Array(nodes.length),
      ...(cluster.servers && { servers: serversOf(cluster.servers.count, crossSeconds, trained) }),
      ...(trained && { training: trained }),
      ...(replicas > 1 && { replication }),
    },
    nodes,
    nodeOf,
    devices: cluster.devices.flatMap((device, c) => Array.from({ length: device.count }, (_, i) => ({ name: `${device.class}:${i}`, class: c }))),
    netOfTensor,
  };
}

/** Shared weights up to this size count for each of their users: sharing them saves nothing worth a solver's while. */
const MIN_SHARED_BYTES = 1024;

/** A gradient takes as long between servers as its value, where there is one. */
const serversOf = (count: number, crossSeconds: readonly (readonly number[])[], training: Training | undefined): Servers => ({
  count,
  crossSeconds,
  crossGradientSeconds: crossSeconds.map((of, e) => of.map((t) => (training?.gradientSeconds[e]!.some((g) => g > 0) === true ? t : 0))),
});

interface Memory {
  readonly residentBytes: Float64Array;
  readonly sharedMemory: SharedMemory[];
  /** bytes of trained weights, by node and by entry of `sharedMemory` */
  readonly weightBytes: Float64Array;
  readonly sharedWeightBytes: number[];
}

/** Weights as resident bytes of their only user, or as shared memory; those that have the same users are one group. */
function memoryOf(graph: OperatorGraph, nodes: Int32Array, nodeOf: Int32Array, trained: { readonly differentiation: Differentiation; readonly plan: TrainingPlan } | undefined): Memory {
  const residentBytes = Float64Array.from(nodes, (index) => bodyWeightBytes(graph, graph.operators[index]!));
  const weightBytes = new Float64Array(nodes.length);
  const groups = new Map<string, { bytes: number; weightBytes: number; operators: readonly number[] }>();
  for (const { tensor, bytes, users } of weightUsers(graph, nodeOf)) {
    const isTrained = trained?.differentiation.trainedWeight[tensor] === 1;
    const held = isTrained ? trainedBytes(graph.tensors[tensor]!, bytes, trained.plan.optimizer) : bytes;
    const exchanged = isTrained ? bytes : 0;
    if (users.length === 1 || bytes <= MIN_SHARED_BYTES) {
      for (const user of users) {
        residentBytes[user]! += held;
        weightBytes[user]! += exchanged;
      }
    } else {
      const key = users.join(',');
      const group = groups.get(key);
      groups.set(key, { bytes: (group?.bytes ?? 0) + held, weightBytes: (group?.weightBytes ?? 0) + exchanged, operators: users });
    }
  }
  const shared = [...groups.values()];
  return { residentBytes, sharedMemory: shared.map(({ bytes, operators }) => ({ bytes, operators })), weightBytes, sharedWeightBytes: shared.map((group) => group.weightBytes) };
}
