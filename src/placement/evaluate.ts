import { t } from '@vscode/l10n';
import type { DeviceClass, DeviceLoad, Objective, PlacementProblem } from './problem';

/** What a placement amounts to, by the definition of the model alone. */
export interface Evaluation {
  /** one entry per device of the cluster, used or not, in device order */
  readonly loads: DeviceLoad[];
  /** largest load of a device, in seconds; Infinity if an operator lies where it is not supported */
  readonly maxLoadSeconds: number;
  /** what the objective minimises, in seconds; for all but 'gpipe' the largest load */
  readonly value: number;
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
  /** 'throughput' if absent; it decides what the value is, and how many micro-batches are in flight. Not 'latency': see evaluateLatency */
  readonly objective?: Exclude<Objective, 'latency'>;
  /** the placement's own order of its used devices, which is then checked; absent: one is found */
  readonly order?: readonly number[];
  /** parallel to `order`: devices that run each stage */
  readonly replicas?: readonly number[];
}

const bytesText = (bytes: number): string => t('{0} bytes', bytes.toLocaleString('en-US', { maximumFractionDigits: 0 }));

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
 * A topological order with devices at the positions that are wanted of them, if there is one; otherwise the order given. Devices are jobs of one unit of time with
 * precedence, release times and due dates: once these are made consistent with each other, taking the earliest due date first finds a schedule wherever there
 * is one (Brucker, Scheduling Algorithms, section 4.1).
 *
 * @param order topological
 * @param wanted device -> position
 */
function withPositions(order: readonly number[], after: readonly Set<number>[], wanted: ReadonlyMap<number, number>): number[] {
  const release = new Map(order.map((d) => [d, wanted.get(d) ?? 0]));
  const due = new Map(order.map((d) => [d, wanted.get(d) ?? order.length - 1]));
  const waiting = new Map<number, number>(order.map((d) => [d, 0]));
  for (const d of order) {
    for (const e of after[d]!) {
      release.set(e, Math.max(release.get(e)!, release.get(d)! + 1));
      waiting.set(e, waiting.get(e)! + 1);
    }
  }
  for (const d of [...order].reverse()) for (const e of after[d]!) due.set(d, Math.min(due.get(d)!, due.get(e)! - 1));
  const left = new Set(order);
  const found: number[] = [];
  while (left.size > 0) {
    const ready = [...left].filter((d) => waiting.get(d) === 0 && release.get(d)! <= found.length);
    const next = ready.sort((a, b) => due.get(a)! - due.get(b)! || a - b)[0];
    if (next === undefined) return [...order];
    left.delete(next);
    found.push(next);
    for (const e of after[next]!) waiting.set(e, waiting.get(e)! - 1);
  }
  return found;
}

/** Whether an order names each used device once, and each after those that it receives from. */
function respects(order: readonly number[], used: readonly number[], after: readonly Set<number>[]): boolean {
  const position = new Map(order.map((device, i) => [device, i]));
  if (position.size !== order.length || order.length !== used.length || used.some((device) => !position.has(device))) return false;
  return used.every((device) => [...after[device]!].every((next) => position.get(device)! < position.get(next)!));
}

/** What is wrong with an order that is not respected, by an example. */
function disorder(problem: PlacementProblem, assignment: Int32Array, order: readonly number[]): string {
  const position = new Map(order.map((device, i) => [device, i]));
  const at = (v: number): number => position.get(assignment[v]!) ?? -1;
  for (const { producer, consumers } of problem.nets) {
    const early = consumers.find((v) => problem.backward[producer] === 0 && problem.backward[v] === 0 && at(v) < at(producer));
    if (early !== undefined) {
      return t('the stages are not in the order in which data flows: "{0}" reads from "{1}", which is in a later stage', problem.labels[early]!, problem.labels[producer]!);
    }
  }
  return t('the order of the stages does not name each used device once, or backward operators without a forward part are out of it');
}

/** Sums of one device in one direction of the pass. */
interface Activity {
  compute: number;
  receive: number;
  send: number;
}

const idle = (): Activity => ({ compute: 0, receive: 0, send: 0 });

/**
 * Judges a placement from the definition of the model, sharing no code with any solver.
 *
 * In training a stage keeps what its micro-batches in flight need for their backward part: in 1F1B order as many as there are devices from
 * it to the end, divided by the devices that it runs on itself and rounded up (Narayanan et al., PipeDream, SOSP 2019, section 3.2); in
 * GPipe's order all of the batch; otherwise one. Never more than the batch has.
 *
 * @param assignment operator -> device, devices numbered class by class; of a replicated stage its first device; length n
 */
export function evaluate(problem: PlacementProblem, assignment: Int32Array, options: EvaluationOptions = {}): Evaluation {
  const { objective = 'throughput' } = options;
  const n = problem.labels.length;
  const classOf = classOfDevices(problem.classes);
  const devices = classOf.length;
  const violations: string[] = [];
  const name = (v: number): string => `'${problem.labels[v] ?? v}'`;
  const serverOf = (device: number): number => {
    const c = classOf[device]!;
    return Math.floor((device - classOf.indexOf(c)) / (problem.classes[c]!.count / (problem.servers?.count ?? 1)));
  };
  const title = (device: number): string => `${problem.classes[classOf[device]!]!.name}:${device - classOf.indexOf(classOf[device]!)}`;
  const forward = Array.from({ length: devices }, idle);
  const backward = Array.from({ length: devices }, idle);
  const resident = new Float64Array(devices);
  const workspace = new Float64Array(devices);
  const stash = new Float64Array(devices);
  const weights = new Float64Array(devices);

  for (let v = 0; v < n; v++) {
    const d = assignment[v];
    if (d === undefined || !(d >= 0 && d < devices)) {
      violations.push(t('operator {0} is on device {1}, but there are {2} devices', name(v), String(d), devices));
      continue;
    }
    const seconds = problem.seconds[classOf[d]!]![v]!;
    if (!Number.isFinite(seconds)) violations.push(t('operator {0} is not supported by {1}', name(v), problem.classes[classOf[d]!]!.name));
    (problem.backward[v] === 1 ? backward : forward)[d]!.compute += seconds;
    backward[d]!.compute += problem.training?.seconds[classOf[d]!]![v] ?? 0;
    resident[d]! += problem.residentBytes[v]!;
    workspace[d] = Math.max(workspace[d]!, problem.workspaceBytes[v]!);
    stash[d]! += problem.training?.stashBytes[v] ?? 0;
    weights[d]! += problem.replication?.weightBytes[v] ?? 0;
  }
  const placed = violations.length === 0 || assignment.every((d) => d >= 0 && d < devices);
  if (!placed || assignment.length !== n) {
    if (assignment.length !== n) violations.push(t('{0} operators are placed, the problem has {1}', assignment.length, n));
    return { loads: [], maxLoadSeconds: Infinity, value: Infinity, violations, contiguous: false, order: [] };
  }

  problem.sharedMemory.forEach((shared, i) => {
    for (const d of new Set(shared.operators.map((v) => assignment[v]!))) {
      resident[d]! += shared.bytes;
      weights[d]! += problem.replication?.sharedWeightBytes[i] ?? 0;
    }
  });
  problem.nets.forEach((net, e) => {
    const home = assignment[net.producer]!;
    // most values are used where they are made
    if (net.consumers.every((v) => assignment[v] === home)) return;
    const receivers = new Set(net.consumers.map((v) => assignment[v]!));
    receivers.delete(home);
    const way = problem.backward[net.producer] === 1 ? backward : forward;
    const { servers } = problem;
    const near = (d: number): boolean => servers === undefined || serverOf(d) === serverOf(home);
    const paid = (d: number, inside: boolean): number => (inside ? net.transferSeconds : servers!.crossSeconds[e]!)[classOf[d]!]!;
    const gradient = (d: number, inside: boolean): number => (inside ? problem.training?.gradientSeconds[e] : servers!.crossGradientSeconds[e])?.[classOf[d]!] ?? 0;
    // the sender pays once for its own server and once for all others
    for (const inside of new Set([...receivers].map(near))) {
      way[home]!.send += paid(home, inside);
      backward[home]!.receive += gradient(home, inside);
    }
    for (const d of receivers) {
      way[d]!.receive += paid(d, near(d));
      backward[d]!.send += gradient(d, near(d));
    }
  });

  const first = new Map<number, number>();
  for (let v = 0; v < n; v++) {
    const group = problem.colocation[v]!;
    if (group < 0) continue;
    const other = first.get(group);
    if (other === undefined) first.set(group, v);
    else if (assignment[other] !== assignment[v]) violations.push(t('operators {0} and {1} must share a device', name(other), name(v)));
  }

  const used = [...new Set(assignment)].sort((a, b) => a - b);
  const after = precedence(problem, assignment, devices);
  let order = sorted(used, after);
  if (order === null && options.requireContiguity !== false) {
    violations.push(t('the stages are not contiguous: data leaves a stage, passes another and comes back'));
  } else if (order !== null && options.order !== undefined) {
    if (respects(options.order, used, after)) order = [...options.order];
    else violations.push(disorder(problem, assignment, options.order));
  } else if (order !== null && problem.requiredStage) {
    const wanted = new Map([...problem.requiredStage].flatMap((stage, v) => (stage < 0 ? [] : [[assignment[v]!, stage] as const])));
    order = withPositions(order, after, wanted);
  }
  const pipeline = order ?? used;
  problem.requiredStage?.forEach((stage, v) => {
    if (stage < 0) return;
    const at = order?.indexOf(assignment[v]!);
    if (at === undefined) violations.push(`operator ${name(v)} must be in stage ${stage}, and the stages have no order`);
    else if (at !== stage) violations.push(`operator ${name(v)} must be in stage ${stage}, and is in stage ${at}`);
  });
  const back = pipeline.findIndex((d, i) => i > 0 && serverOf(d) < serverOf(pipeline[i - 1]!));
  if (options.requireContiguity !== false && options.order !== undefined && back > 0) {
    violations.push(t('the stages do not fill one server after the other: {0} comes after {1}', title(pipeline[back]!), title(pipeline[back - 1]!)));
  }

  /** device -> the first device of its stage, and how many run it */
  const leader = Int32Array.from({ length: devices }, (_, d) => d);
  const widths = new Int32Array(devices).fill(1);
  options.replicas?.forEach((width, i) => {
    const head = options.order?.[i] ?? -1;
    if (head < 0 || width === 1) return;
    const most = problem.replication?.most ?? 1;
    if (!Number.isInteger(width) || width < 1 || width > most) violations.push(t('the stage on {0} has {1} replicas, between 1 and {2} are allowed', title(head), width, most));
    for (let d = head + 1; d < head + width; d++) {
      if (classOf[d] !== classOf[head]) violations.push(t('the stage on {0} has {1} replicas, but its class has not so many devices', title(head), width));
      else if (serverOf(d) !== serverOf(head)) violations.push(t('the stage on {0} has replicas in two servers', title(head)));
      else if (leader[d] !== d || used.includes(d)) violations.push(t('device {0} runs two stages', title(d)));
      else leader[d] = head;
    }
    widths[head] = width;
  });
  const inFlight = new Int32Array(devices);
  if (problem.training) {
    const { microBatches } = problem.training;
    let behind = 0;
    for (const d of [...pipeline].reverse()) {
      const width = widths[d]!;
      behind += width;
      const most = Math.ceil(microBatches / width);
      inFlight[d] = objective === 'throughput' ? 1 : objective === 'gpipe' || order === null ? most : Math.min(most, Math.ceil(behind / width));
    }
  }

  const loads: DeviceLoad[] = classOf.map((c, device) => {
    const cls = problem.classes[c]!;
    const head = leader[device]!;
    const width = widths[head]!;
    const there = forward[head]!;
    const back = backward[head]!;
    const stashBytes = stash[head]! * inFlight[head]!;
    const memory = resident[head]! + workspace[head]! + stashBytes;
    if (device === head && memory > cls.memoryBytes * (1 + 1e-12)) {
      violations.push(t('device {0} needs {1} and has {2}', title(device), bytesText(memory), bytesText(cls.memoryBytes)));
    }
    const syncSeconds = width === 1 ? 0 : ((2 * (width - 1)) / width) * (weights[head]! / problem.replication!.bytesPerSecond[c]!);
    const compute = there.compute + back.compute;
    const receive = there.receive + back.receive;
    const send = there.send + back.send;
    return {
      device,
      class: c,
      computeSeconds: compute / width,
      receiveSeconds: receive / width,
      sendSeconds: send / width,
      loadSeconds: combined(cls, compute, receive, send) / width + syncSeconds,
      forwardSeconds: combined(cls, there.compute, there.receive, there.send) / width,
      backwardSeconds: combined(cls, back.compute, back.receive, back.send) / width + syncSeconds,
      syncSeconds,
      residentBytes: resident[head]!,
      workspaceBytes: workspace[head]!,
      stashBytes,
      inFlight: inFlight[head]!,
    };
  });

  const most = (of: (load: DeviceLoad) => number): number => loads.reduce((max, load) => Math.max(max, of(load)), 0);
  const maxLoadSeconds = most((load) => load.loadSeconds);
  return {
    loads,
    maxLoadSeconds,
    value: objective === 'gpipe' ? most((load) => load.forwardSeconds) + most((load) => load.backwardSeconds) : maxLoadSeconds,
    violations,
    contiguous: order !== null,
    order: pipeline,
  };
}
