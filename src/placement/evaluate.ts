import type { DeviceClass, DeviceLoad, PlacementProblem } from './problem';

/** What a placement amounts to, by the definition of the model alone. */
export interface Evaluation {
  /** one entry per device of the cluster, used or not, in device order */
  readonly loads: DeviceLoad[];
  /** largest load of a device, in seconds; Infinity if an operator lies where it is not supported */
  readonly maxLoadSeconds: number;
  /** what the placement breaks, in sentences; empty if it is valid */
  readonly violations: string[];
  /** whether data flows through the devices in one direction: no stage waits for a later one */
  readonly contiguous: boolean;
  /** used devices, each after those it receives forward data from; in device order where the placement is not contiguous */
  readonly order: number[];
}

/** What may be left out of the requirements. */
export interface EvaluationOptions {
  /** false: a placement that is not contiguous is no violation */
  readonly requireContiguity?: boolean;
}

const bytesText = (bytes: number): string => `${bytes.toLocaleString('en-US', { maximumFractionDigits: 0 })} bytes`;

/** The class of every device. */
function classOfDevices(classes: readonly DeviceClass[]): number[] {
  const result: number[] = [];
  classes.forEach((cls, c) => {
    for (let i = 0; i < cls.count; i++) result.push(c);
  });
  return result;
}

/** Seconds of a device that combines the three activities in its class's way. */
function combined(cls: DeviceClass, compute: number, receive: number, send: number): number {
  switch (cls.overlap) {
    case 'none':
      return compute + receive + send;
    case 'compute':
      return Math.max(compute, receive + send);
    case 'duplex':
      return compute + Math.max(receive, send);
    case 'full':
      return Math.max(compute, receive, send);
  }
}

/**
 * Which devices must come before which, from the forward operators. A backward operator that no forward operator is colocated with
 * takes part too: as if it were a forward operator whose data flowed the other way, so that it has a place in the pipeline.
 */
function precedence(problem: PlacementProblem, assignment: Int32Array, devices: number): Set<number>[] {
  const hasForward = new Set<number>();
  for (let v = 0; v < assignment.length; v++) {
    if (problem.backward[v] === 0 && problem.colocation[v]! >= 0) hasForward.add(problem.colocation[v]!);
  }
  const orphaned = (v: number): boolean => problem.backward[v] === 1 && !hasForward.has(problem.colocation[v]!);
  const after = Array.from({ length: devices }, () => new Set<number>());
  for (const net of problem.nets) {
    const u = net.producer;
    for (const v of net.consumers) {
      const from = assignment[u]!;
      const to = assignment[v]!;
      if (from === to) continue;
      if (problem.backward[u] === 0 && problem.backward[v] === 0) after[from]?.add(to);
      else if (problem.backward[u] === 1 && problem.backward[v] === 1 && (orphaned(u) || orphaned(v))) after[to]?.add(from);
    }
  }
  return after;
}

/** Devices in an order that respects `after`, lowest number first among those free; null if there is a cycle. */
function sorted(used: readonly number[], after: readonly Set<number>[]): number[] | null {
  const waiting = new Map<number, number>(used.map((d) => [d, 0]));
  for (const d of used) for (const e of after[d]!) waiting.set(e, (waiting.get(e) ?? 0) + 1);
  const order: number[] = [];
  const left = new Set(used);
  while (left.size > 0) {
    const next = [...left].filter((d) => waiting.get(d) === 0).sort((a, b) => a - b)[0];
    if (next === undefined) return null;
    left.delete(next);
    order.push(next);
    for (const e of after[next]!) waiting.set(e, waiting.get(e)! - 1);
  }
  return order;
}

/**
 * Judges a placement from the definition of the model, sharing no code with any solver.
 *
 * @param assignment operator -> device, devices numbered class by class; length n
 */
export function evaluate(problem: PlacementProblem, assignment: Int32Array, options: EvaluationOptions = {}): Evaluation {
  const n = problem.labels.length;
  const classOf = classOfDevices(problem.classes);
  const devices = classOf.length;
  const violations: string[] = [];
  const name = (v: number): string => `'${problem.labels[v] ?? v}'`;
  const compute = new Float64Array(devices);
  const receive = new Float64Array(devices);
  const send = new Float64Array(devices);
  const resident = new Float64Array(devices);
  const workspace = new Float64Array(devices);

  for (let v = 0; v < n; v++) {
    const d = assignment[v];
    if (d === undefined || !(d >= 0 && d < devices)) {
      violations.push(`operator ${name(v)} is on device ${d}, but there are ${devices} devices`);
      continue;
    }
    const seconds = problem.seconds[classOf[d]!]![v]!;
    if (!Number.isFinite(seconds)) violations.push(`operator ${name(v)} is not supported by ${problem.classes[classOf[d]!]!.name}`);
    compute[d]! += seconds;
    resident[d]! += problem.residentBytes[v]!;
    workspace[d] = Math.max(workspace[d]!, problem.workspaceBytes[v]!);
  }
  const placed = violations.length === 0 || assignment.every((d) => d >= 0 && d < devices);
  if (!placed || assignment.length !== n) {
    if (assignment.length !== n) violations.push(`${assignment.length} operators are placed, the problem has ${n}`);
    return { loads: [], maxLoadSeconds: Infinity, violations, contiguous: false, order: [] };
  }

  for (const shared of problem.sharedMemory) {
    for (const d of new Set(shared.operators.map((v) => assignment[v]!))) resident[d]! += shared.bytes;
  }
  for (const net of problem.nets) {
    const home = assignment[net.producer]!;
    const receivers = new Set(net.consumers.map((v) => assignment[v]!));
    receivers.delete(home);
    if (receivers.size > 0) send[home]! += net.transferSeconds[classOf[home]!]!;
    for (const d of receivers) receive[d]! += net.transferSeconds[classOf[d]!]!;
  }

  const first = new Map<number, number>();
  for (let v = 0; v < n; v++) {
    const group = problem.colocation[v]!;
    if (group < 0) continue;
    const other = first.get(group);
    if (other === undefined) first.set(group, v);
    else if (assignment[other] !== assignment[v]) violations.push(`operators ${name(other)} and ${name(v)} must share a device`);
  }

  const loads: DeviceLoad[] = classOf.map((c, device) => {
    const cls = problem.classes[c]!;
    const memory = resident[device]! + workspace[device]!;
    if (memory > cls.memoryBytes * (1 + 1e-12)) {
      violations.push(`device ${cls.name}:${device - classOf.indexOf(c)} needs ${bytesText(memory)} and has ${bytesText(cls.memoryBytes)}`);
    }
    return {
      device,
      class: c,
      computeSeconds: compute[device]!,
      receiveSeconds: receive[device]!,
      sendSeconds: send[device]!,
      loadSeconds: combined(cls, compute[device]!, receive[device]!, send[device]!),
      residentBytes: resident[device]!,
      workspaceBytes: workspace[device]!,
    };
  });

  const used = [...new Set(assignment)].sort((a, b) => a - b);
  const order = sorted(used, precedence(problem, assignment, devices));
  if (order === null && options.requireContiguity !== false) {
    violations.push('the stages are not contiguous: data leaves a stage, passes another and comes back');
  }
  return {
    loads,
    maxLoadSeconds: loads.reduce((max, load) => Math.max(max, load.loadSeconds), 0),
    violations,
    contiguous: order !== null,
    order: order ?? used,
  };
}
