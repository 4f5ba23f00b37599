import type { OperatorGraph } from '../graph/operatorGraph';
import type { DeviceClass, PlacementProblem, SharedMemory } from '../placement/problem';
import type { ClusterFile } from './clusterFile';
import { computeType, operatorSeconds } from './costModel';
import { liveBytes } from './liveness';
import { linkOf, netsOf } from './nets';
import { qualifiedType, type OperatorCost } from './operatorCost';
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

/**
 * The problem of placing a graph on a cluster.
 *
 * - Foldable operators are no nodes: they cost nothing and are computed wherever their value is needed. If one depends on real operators
 *   (Shape of an activation), its real readers follow those by nets that cost nothing, so that no stage depends on a later one.
 * - A device pays for a tensor at the rate of its own class's link (see `linkOf`), which also says what overlaps. Graph inputs come from the
 *   host and graph outputs go there, like everything that enters or leaves the pipeline; as in the paper, no device is charged for them.
 * - A weight with one user is resident on the user's device; one with several users is shared memory, once on each device that has a user
 *   (a small one counts for each user).
 */
export function buildProblem(graph: OperatorGraph, costs: readonly OperatorCost[], cluster: ClusterFile): PlacementInput {
  const nodes = Int32Array.from(graph.operators.filter((operator) => !operator.foldable).map((operator) => operator.index));
  const nodeOf = new Int32Array(graph.operators.length).fill(-1);
  nodes.forEach((operator, node) => (nodeOf[operator] = node));

  const operators = Array.from(nodes, (index) => graph.operators[index]!);
  const kinds = operators.map((operator) => ({ type: qualifiedType(operator), elementType: computeType(graph, operator) }));
  const { residentBytes, sharedMemory } = memoryOf(graph, nodes, nodeOf);
  const live = liveBytes(graph);
  const { nets, netOfTensor } = netsOf(graph, nodeOf, cluster);
  return {
    problem: {
      labels: operators.map((operator) => operator.name || operator.id),
      classes: cluster.devices.map((device): DeviceClass => ({
        name: device.class,
        count: device.count,
        memoryBytes: device.memoryBytes ?? Infinity,
        overlap: linkOf(cluster, device)?.overlap ?? 'none',
      })),
      seconds: cluster.devices.map((device) =>
        Float64Array.from(kinds, ({ type, elementType }, node) => operatorSeconds(device, type, elementType, costs[nodes[node]!]!)),
      ),
      residentBytes,
      workspaceBytes: Float64Array.from(nodes, (index) => live[index]!),
      sharedMemory,
      nets,
      colocation: new Int32Array(nodes.length).fill(-1),
      backward: new Uint8Array(nodes.length),
    },
    nodes,
    nodeOf,
    devices: cluster.devices.flatMap((device, c) => Array.from({ length: device.count }, (_, i) => ({ name: `${device.class}:${i}`, class: c }))),
    netOfTensor,
  };
}

/** Shared weights up to this size count for each of their users: sharing them saves nothing worth a solver's while. */
const MIN_SHARED_BYTES = 1024;

/** Weights as resident bytes of their only user, or as shared memory; those that have the same users are one group. */
function memoryOf(graph: OperatorGraph, nodes: Int32Array, nodeOf: Int32Array): { residentBytes: Float64Array; sharedMemory: SharedMemory[] } {
  const residentBytes = Float64Array.from(nodes, (index) => bodyWeightBytes(graph, graph.operators[index]!));
  const groups = new Map<string, SharedMemory>();
  for (const { bytes, users } of weightUsers(graph, nodeOf)) {
    if (users.length === 1 || bytes <= MIN_SHARED_BYTES) for (const user of users) residentBytes[user]! += bytes;
    else {
      const key = users.join(',');
      groups.set(key, { bytes: (groups.get(key)?.bytes ?? 0) + bytes, operators: users });
    }
  }
  return { residentBytes, sharedMemory: [...groups.values()] };
}
