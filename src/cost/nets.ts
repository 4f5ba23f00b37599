import type { OperatorGraph } from '../graph/operatorGraph';
import type { Net } from '../placement/problem';
import type { ClusterDevice, ClusterFile, ClusterLink } from './clusterFile';

/**
 * The link that devices of a class pay for: that among themselves if there is one, else that to the host, else the slowest to another class.
 * Host devices hold the memory that transfers start and end in, and pay for none.
 */
export function linkOf(cluster: ClusterFile, device: ClusterDevice): ClusterLink | undefined {
  if (device.host === true) return undefined;
  const between = (other: string): ClusterLink | undefined =>
    cluster.links.find(({ between: [a, b] }) => (a === device.class && b === other) || (b === device.class && a === other));
  const host = cluster.devices.find((other) => other.host === true);
  const others = cluster.links.filter((link) => link.between.includes(device.class)).sort((a, b) => a.bytesPerSecond - b.bytesPerSecond);
  return between(device.class) ?? (host && between(host.class)) ?? others[0];
}

/** Time that each class is busy to send or to receive so many bytes. */
export function transferTimes(cluster: ClusterFile): (bytes: number) => number[] {
  const links = cluster.devices.map((device) => linkOf(cluster, device));
  return (bytes) => links.map((link) => (link ? (link.latencySeconds ?? 0) + bytes / link.bytesPerSecond : 0));
}

/** The same between devices of two servers; nothing where there is one. */
export function crossTimes({ devices, servers }: ClusterFile): (bytes: number) => number[] {
  if (!servers) return () => [];
  return (bytes) => devices.map(({ host }) => (host === true ? 0 : (servers.latencySeconds ?? 0) + bytes / servers.bytesPerSecond));
}

/**
 * One net for each activation that real operators read, and for each real operator one that costs nothing to those that follow it by way of
 * foldable values alone.
 *
 * @param nodeOf operator index -> problem node, -1 for foldable operators
 * @returns the nets, what each costs between servers (empty where there is one), and for each tensor its net or -1
 */
export function netsOf(graph: OperatorGraph, nodeOf: Int32Array, cluster: ClusterFile): { nets: Net[]; crossSeconds: number[][]; netOfTensor: Int32Array } {
  const crossSeconds: number[][] = [];
  const nets: Net[] = [];
  const netOfTensor = new Int32Array(graph.tensors.length).fill(-1);
  const timesFor = transferTimes(cluster);
  const crossFor = crossTimes(cluster);
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
      nets.push({ producer, consumers, transferSeconds: timesFor(tensor.bytes ?? 0) });
      if (cluster.servers) crossSeconds.push(crossFor(tensor.bytes ?? 0));
      for (const node of consumers) ordered.delete(node);
    }
    if (ordered.size === 0) continue;
    nets.push({ producer, consumers: [...ordered].sort((a, b) => a - b), transferSeconds: free });
    if (cluster.servers) crossSeconds.push(free);
  }
  return { nets, crossSeconds, netOfTensor };
}

/** For each real operator, the nodes that read a foldable value which depends on it. */
function followers(graph: OperatorGraph, nodeOf: Int32Array): readonly (readonly number[] | undefined)[] {
  const result: (number[] | undefined)[] = [];
  // by foldable operator: the real operators that it depends on
  const sources: (ReadonlySet<number> | undefined)[] = [];
  for (const operator of graph.operators) {
    const real = nodeOf[operator.index]! >= 0;
    const producers = new Set<number>();
    for (const t of operator.inputs) if (t >= 0 && graph.tensors[t]!.producer >= 0) producers.add(graph.tensors[t]!.producer);
    for (const t of operator.captures) if (graph.tensors[t]!.producer >= 0) producers.add(graph.tensors[t]!.producer);
    let mine: Set<number> | undefined;
    for (const producer of producers) {
      const direct = nodeOf[producer]! >= 0;
      if (real && direct) continue;
      const through = direct ? [producer] : (sources[producer] ?? []);
      if (real) for (const source of through) (result[source] ??= []).push(nodeOf[operator.index]!);
      // most foldable operators depend on what one other depends on: share its set
      else if (!mine && !direct && producers.size === 1) sources[operator.index] = sources[producer];
      else for (const source of through) (mine ??= new Set()).add(source);
    }
    if (mine) sources[operator.index] = mine;
  }
  return result;
}
