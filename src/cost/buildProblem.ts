import type { Operator, OperatorGraph } from '../graph/operatorGraph';
import type { DeviceClass, Net, Placement, PlacementProblem, SharedMemory } from '../placement/problem';
import type { ClusterDevice, ClusterFile, ClusterLink } from './clusterFile';
import { computeType, operatorSeconds } from './costModel';
import { liveBytes } from './liveness';
import { qualifiedType, type OperatorCost } from './operatorCost';
import { weightTensors, weightUsers } from './weights';

/** A placement problem, and how its nodes and nets relate to the operator graph that it was made from. */
export interface PlacementInput {
  readonly problem: PlacementProblem;
  /** problem node -> operator index */
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
 * - A device pays for a tensor at the rate of its own class's link: the link among its class if the cluster has one, else its link to the
 *   host. Host devices pay nothing. Graph inputs come from the host and graph outputs go there, like everything that enters or leaves
 *   the pipeline; as in the paper, no device is charged for them.
 * - A weight with one user is resident on the user's device; one with several users is shared memory.
 */
export function buildProblem(graph: OperatorGraph, costs: readonly OperatorCost[], cluster: ClusterFile): PlacementInput {
  const nodeOf = new Int32Array(graph.operators.length).fill(-1);
  const nodes = Int32Array.from(graph.operators.filter((operator) => !operator.foldable).map((operator) => operator.index));
  nodes.forEach((operator, node) => (nodeOf[operator] = node));

  const seconds = cluster.devices.map((device) =>
    Float64Array.from(nodes, (index) => {
      const operator = graph.operators[index]!;
      return operatorSeconds(device, qualifiedType(operator), computeType(graph, operator), costs[index]!);
    }),
  );
  const residentBytes = Float64Array.from(nodes, (index) => (graph.operators[index]!.bodies.length > 0 ? ownBodyBytes(graph, graph.operators[index]!, costs[index]!) : 0));
  const sharedMemory: SharedMemory[] = [];
  for (const { bytes, users } of weightUsers(graph, nodeOf)) {
    if (users.length === 1) residentBytes[users[0]!]! += bytes;
    else sharedMemory.push({ bytes, operators: users });
  }
  const { nets, netOfTensor } = netsOf(graph, nodeOf, cluster);

  return {
    problem: {
      labels: Array.from(nodes, (index) => graph.operators[index]!.name || graph.operators[index]!.id),
      classes: cluster.devices.map((device): DeviceClass => ({
        name: device.class,
        count: device.count,
        memoryBytes: device.memoryBytes ?? Infinity,
        overlap: linkOf(cluster, device)?.overlap ?? 'none',
      })),
      seconds,
      residentBytes,
      workspaceBytes: Float64Array.from(nodes, ((live) => (index: number) => live[index]!)(liveBytes(graph))),
      sharedMemory: mergeShared(sharedMemory),
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

/** Weights inside the bodies of a control-flow operator: what its cost has beyond the weights that it reads itself. */
function ownBodyBytes(graph: OperatorGraph, operator: Operator, cost: OperatorCost): number {
  const weights = weightTensors(graph);
  let direct = 0;
  for (const t of new Set([...operator.inputs, ...operator.captures])) if (weights.has(t)) direct += graph.tensors[t]!.bytes ?? 0;
  return Math.max(0, cost.weightBytes - direct);
}

/** Groups that have the same users count as one. */
function mergeShared(groups: readonly SharedMemory[]): SharedMemory[] {
  const byUsers = new Map<string, SharedMemory>();
  for (const group of groups) {
    const key = group.operators.join(',');
    byUsers.set(key, { bytes: (byUsers.get(key)?.bytes ?? 0) + group.bytes, operators: group.operators });
  }
  return [...byUsers.values()];
}

/** The link that devices of a class pay for: among themselves if there is one, else to the host. */
export function linkOf(cluster: ClusterFile, device: ClusterDevice): ClusterLink | undefined {
  if (device.host === true) return undefined;
  const between = (other: string): ClusterLink | undefined =>
    cluster.links.find(({ between: [a, b] }) => (a === device.class && b === other) || (b === device.class && a === other));
  const host = cluster.devices.find((other) => other.host === true);
  return between(device.class) ?? (host && between(host.class));
}

function netsOf(graph: OperatorGraph, nodeOf: Int32Array, cluster: ClusterFile): { nets: Net[]; netOfTensor: Int32Array } {
  const nets: Net[] = [];
  const netOfTensor = new Int32Array(graph.tensors.length).fill(-1);
  const links = cluster.devices.map((device) => linkOf(cluster, device));
  const free = cluster.devices.map(() => 0);
  const following = followers(graph, nodeOf);
  for (const operator of graph.operators) {
    const producer = nodeOf[operator.index]!;
    if (producer < 0) continue;
    const ordered = new Set(following[operator.index]);
    for (const t of operator.outputs) {
      if (t < 0) continue;
      const tensor = graph.tensors[t]!;
      const consumers = tensor.consumers.map((reader) => nodeOf[reader]!).filter((node) => node >= 0);
      if (consumers.length === 0) continue;
      netOfTensor[t] = nets.length;
      nets.push({
        producer,
        consumers,
        transferSeconds: links.map((link) => (link ? (link.latencySeconds ?? 0) + (tensor.bytes ?? 0) / link.bytesPerSecond : 0)),
      });
      consumers.forEach((node) => ordered.delete(node));
    }
    if (ordered.size > 0) nets.push({ producer, consumers: [...ordered].sort((a, b) => a - b), transferSeconds: free });
  }
  return { nets, netOfTensor };
}

/** For each real operator, the nodes that read a foldable value which depends on it. */
function followers(graph: OperatorGraph, nodeOf: Int32Array): readonly (readonly number[] | undefined)[] {
  const result: (number[] | undefined)[] = [];
  // sources[f]: the real operators that foldable operator f depends on
  const sources: (ReadonlySet<number> | undefined)[] = [];
  for (const operator of graph.operators) {
    const real = nodeOf[operator.index]! >= 0;
    let mine: Set<number> | undefined;
    for (const t of [...operator.inputs, ...operator.captures]) {
      const producer = t < 0 ? -1 : graph.tensors[t]!.producer;
      if (producer < 0) continue;
      const through = nodeOf[producer]! >= 0 ? (real ? [] : [producer]) : (sources[producer] ?? []);
      for (const source of through) {
        if (real) (result[source] ??= []).push(nodeOf[operator.index]!);
        else (mine ??= new Set()).add(source);
      }
    }
    sources[operator.index] = mine;
  }
  return result;
}

/**
 * The device of every operator, foldable ones included: those stand with what they feed, in the earliest stage that uses their value
 * (other stages compute it anew), or in the first stage if nothing does.
 *
 * @returns operator index -> device
 */
export function expandPlacement(graph: OperatorGraph, input: PlacementInput, placement: Placement): Int32Array {
  const position = new Map(placement.order.map((device, i) => [device, i]));
  const last = placement.order.length;
  const stage = new Int32Array(graph.operators.length).fill(last);
  for (let index = graph.operators.length - 1; index >= 0; index--) {
    const operator = graph.operators[index]!;
    const node = input.nodeOf[index]!;
    if (node >= 0) stage[index] = position.get(placement.assignment[node]!) ?? 0;
    else for (const t of operator.outputs) if (t >= 0) for (const reader of graph.tensors[t]!.consumers) stage[index] = Math.min(stage[index]!, stage[reader]!);
  }
  return stage.map((s) => placement.order[s === last ? 0 : s] ?? 0);
}
