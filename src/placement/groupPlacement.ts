import { classOfDevices } from './devices';
import { colocationGroups } from './integer/groups';
import { combine } from './overlap';
import type { PlacementProblem } from './problem';

/** Not on any device yet: costs nothing, and neither do the values that it makes. */
export const NOWHERE = -1;

/** A placement of colocation groups that changes by one group at a time, with the loads of its devices. */
export interface GroupPlacement {
  /** groups */
  readonly count: number;
  readonly devices: number;
  readonly classOf: Int32Array;
  /** group -> device, or NOWHERE */
  readonly at: Int32Array;
  /** groups on each device */
  readonly size: Int32Array;
  /** group -> groups that it exchanges values with */
  readonly neighbours: () => readonly (readonly number[])[];
  readonly supports: (g: number, device: number) => boolean;
  readonly move: (g: number, to: number) => void;
  /** in seconds */
  readonly load: (device: number) => number;
  /** whether what lies on a device fits into its memory */
  readonly fits: (device: number) => boolean;
  /** operator -> device, for `at` or a copy of it */
  readonly assignmentOf: (at: Int32Array) => Int32Array;
}

/** All groups NOWHERE, or where an assignment of the operators has them. */
export function groupPlacement(problem: PlacementProblem, start?: Int32Array): GroupPlacement {
  const { count, groupOf, seconds, resident, workspace } = colocationGroups(problem);
  const classOf = classOfDevices(problem.classes);
  const devices = classOf.length;

  // nets between groups, and what each costs on each device: cost[e * devices + d]
  const producer: number[] = [], pins: number[][] = [], costs: number[] = [];
  const produced: number[][] = Array.from({ length: count }, () => []);
  const consumed: number[][] = Array.from({ length: count }, () => []);
  for (const net of problem.nets) {
    const p = groupOf[net.producer]!;
    const readers = [...new Set(net.consumers.map((v) => groupOf[v]!))].filter((g) => g !== p);
    if (readers.length === 0 || net.transferSeconds.every((t) => t === 0)) continue;
    produced[p]!.push(producer.length);
    for (const g of readers) consumed[g]!.push(producer.length);
    producer.push(p);
    pins.push(readers);
    for (const c of classOf) costs.push(net.transferSeconds[c]!);
  }
  const cost = Float64Array.from(costs);
  /** held[e * devices + d]: consumers of net e on device d; away[e]: devices with any, other than the producer's */
  const held = new Int32Array(cost.length);
  const away = new Int32Array(producer.length);
  const at = new Int32Array(count).fill(NOWHERE);
  const size = new Int32Array(devices);
  const compute = new Float64Array(devices), receive = new Float64Array(devices), send = new Float64Array(devices), kept = new Float64Array(devices);
  /** Device d reads net e, or (sign -1) no longer does. */
  const read = (e: number, d: number, sign: 1 | -1): void => {
    const home = at[producer[e]!]!;
    away[e]! += sign;
    if (home === NOWHERE) return;
    receive[d]! += sign * cost[e * devices + d]!;
    // the first to read it makes the producer send it, the last to do without it spares it that
    if (away[e] === (sign === 1 ? 1 : 0)) send[home]! += sign * cost[e * devices + home]!;
  };
  /** The producer of net e, which is nowhere, comes to device d, or (sign -1) goes from there. */
  const produce = (e: number, d: number, sign: 1 | -1): void => {
    const row = e * devices;
    if (held[row + d]! > 0) away[e]! -= sign;
    let others = 0;
    for (let other = 0; other < devices; other++) {
      if (other === d || held[row + other] === 0) continue;
      others++;
      receive[other]! += sign * cost[row + other]!;
    }
    if (others > 0) send[d]! += sign * cost[row + d]!;
  };
  /** The producer of net e goes from one device to another: only these two pay less or more than before. */
  const carry = (e: number, from: number, to: number): void => {
    const row = e * devices;
    if (away[e]! > 0) send[from]! -= cost[row + from]!;
    if (held[row + from]! > 0) {
      receive[from]! += cost[row + from]!;
      away[e]!++;
    }
    if (held[row + to]! > 0) {
      receive[to]! -= cost[row + to]!;
      away[e]!--;
    }
    if (away[e]! > 0) send[to]! += cost[row + to]!;
  };
  const consume = (g: number, d: number, sign: 1 | -1): void => {
    for (const e of consumed[g]!) {
      const readers = (held[e * devices + d]! += sign);
      if (readers === (sign === 1 ? 1 : 0) && at[producer[e]!] !== d) read(e, d, sign);
    }
    size[d]! += sign;
    compute[d]! += sign * seconds[classOf[d]!]![g]!;
    kept[d]! += sign * resident[g]!;
  };
  const move = (g: number, to: number): void => {
    const from = at[g]!;
    if (from === to) return;
    if (from !== NOWHERE) consume(g, from, -1);
    if (from !== NOWHERE && to !== NOWHERE) for (const e of produced[g]!) carry(e, from, to);
    else for (const e of produced[g]!) produce(e, to === NOWHERE ? from : to, to === NOWHERE ? -1 : 1);
    at[g] = to;
    if (to !== NOWHERE) consume(g, to, 1);
  };

  const shared = problem.sharedMemory.map(({ bytes, operators }) => ({ bytes, groups: [...new Set(operators.map((v) => groupOf[v]!))] }));
  const besides = shared.reduce((sum, { bytes }) => sum + bytes, 0) + workspace.reduce((a, b) => Math.max(a, b), 0);
  const fits = (d: number): boolean => {
    const capacity = problem.classes[classOf[d]!]!.memoryBytes * (1 + 1e-12);
    if (kept[d]! + besides <= capacity) return true;
    // running sums drift: close to the limit they are taken anew
    let bytes = 0, peak = 0;
    for (let g = 0; g < count; g++) {
      if (at[g] !== d) continue;
      bytes += resident[g]!;
      peak = Math.max(peak, workspace[g]!);
    }
    for (const { bytes: once, groups } of shared) if (groups.some((g) => at[g] === d)) bytes += once;
    return bytes + peak <= capacity;
  };

  if (start !== undefined) {
    const wanted = new Int32Array(count);
    groupOf.forEach((g, v) => (wanted[g] = start[v]!));
    wanted.forEach((d, g) => move(g, d));
  }
  return {
    count, devices, classOf, at, size, move, fits,
    neighbours: () => produced.map((made, g) => [...new Set([...made.flatMap((e) => pins[e]!), ...consumed[g]!.map((e) => producer[e]!)])]),
    supports: (g, d) => Number.isFinite(seconds[classOf[d]!]![g]!),
    load: (d) => combine(problem.classes[classOf[d]!]!.overlap, compute[d]!, Math.max(0, receive[d]!), Math.max(0, send[d]!)),
    assignmentOf: (where) => groupOf.map((g) => where[g]!),
  };
}
