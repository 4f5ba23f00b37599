import { t } from '@vscode/l10n';
import type { PlacementProblem } from '../problem';
import { checkSlots, latencyRoles, type LatencySplit } from './latencyProblem';

/** What happens in one slot. */
export interface SlotTimes {
  readonly slot: number;
  readonly accelerator: number;
  readonly startSeconds: number;
  readonly endSeconds: number;
  /** time to compute, receive and send, combined by the class's overlap */
  readonly loadSeconds: number;
}

/** What a split amounts to, by the definition of the model alone. */
export interface LatencyEvaluation {
  /** when the last operator is done, in seconds; Infinity if the split breaks anything */
  readonly latencySeconds: number;
  /** operator -> when its output is in host memory; empty if the slots wait for each other in a circle */
  readonly doneSeconds: Float64Array;
  /** used slots in ascending order */
  readonly slots: readonly SlotTimes[];
  /** what the split breaks, in sentences; empty if it is valid */
  readonly violations: readonly string[];
}

/**
 * Times one sample through a split, sharing no code with any solver (Tarnawski et al., NeurIPS 2020, "latency": operators on the host
 * start when their inputs are done, there being a processor for each; a slot starts when all its inputs are in host memory and the slot
 * before it on its accelerator has ended, takes its whole load, and all its outputs are in host memory when it ends).
 * Memory is per accelerator over all its slots; the host's is not limited. Colocated operators share an accelerator or all run on the host.
 * @throws UserError if the problem's classes do not fit the model
 */
export function evaluateLatency(problem: PlacementProblem, split: LatencySplit): LatencyEvaluation {
  const { accelerator, host } = latencyRoles(problem);
  checkSlots(split.slotsPerAccelerator);
  const { slotOf, slotsPerAccelerator: q } = split;
  const n = problem.labels.length;
  const cls = problem.classes[accelerator]!;
  const slotCount = cls.count * q;
  const violations: string[] = [];
  const name = (v: number): string => `'${problem.labels[v] ?? v}'`;
  const failed = (): LatencyEvaluation => ({ latencySeconds: Infinity, doneSeconds: new Float64Array(0), slots: [], violations });

  if (slotOf.length !== n) violations.push(t('{0} operators are placed, the problem has {1}', slotOf.length, n));
  for (let v = 0; v < Math.min(n, slotOf.length); v++) {
    const s = slotOf[v]!;
    if (s < -1 || s >= slotCount) violations.push(t('operator {0} is in slot {1}, but there are {2} slots', name(v), s, slotCount));
    else if (s === -1 && host === -1) violations.push(t('operator {0} is on the host, which has no processors', name(v)));
    else if (!Number.isFinite(problem.seconds[s === -1 ? host : accelerator]![v]!)) {
      violations.push(t('operator {0} is not supported by {1}', name(v), problem.classes[s === -1 ? host : accelerator]!.name));
    }
  }
  if (violations.length > 0) return failed();

  const deviceOf = (v: number): number => (slotOf[v] === -1 ? -1 : Math.floor(slotOf[v]! / q));
  const mates = new Map<number, number>();
  for (let v = 0; v < n; v++) {
    const group = problem.colocation[v]!;
    if (group < 0) continue;
    const other = mates.get(group);
    if (other === undefined) mates.set(group, v);
    else if (deviceOf(other) !== deviceOf(v)) violations.push(t('operators {0} and {1} must share a device', name(other), name(v)));
  }
  for (let d = 0; d < cls.count; d++) {
    let bytes = 0;
    let workspace = 0;
    for (let v = 0; v < n; v++) {
      if (deviceOf(v) !== d) continue;
      bytes += problem.residentBytes[v]!;
      workspace = Math.max(workspace, problem.workspaceBytes[v]!);
    }
    for (const shared of problem.sharedMemory) if (shared.operators.some((v) => deviceOf(v) === d)) bytes += shared.bytes;
    if (bytes + workspace > cls.memoryBytes * (1 + 1e-12)) {
      violations.push(t('device {0} needs {1} bytes and has {2}', `${cls.name}:${d}`, Math.round(bytes + workspace), cls.memoryBytes));
    }
  }

  // what runs as a whole: slots 0 .. slotCount - 1, then each operator of the host
  const pieces = slotCount + n;
  const pieceOf = (v: number): number => (slotOf[v] === -1 ? slotCount + v : slotOf[v]!);
  const seconds = new Float64Array(pieces);
  const used = new Uint8Array(pieces);
  const after: Set<number>[] = Array.from({ length: pieces }, () => new Set());
  for (const net of problem.nets) {
    for (const v of net.consumers) if (pieceOf(v) !== pieceOf(net.producer)) after[pieceOf(net.producer)]!.add(pieceOf(v));
  }
  for (let v = 0; v < n; v++) {
    used[pieceOf(v)] = 1;
    if (slotOf[v] === -1) seconds[slotCount + v] = problem.seconds[host]![v]!;
  }
  for (let s = 0; s < slotCount; s++) {
    if (used[s] === 0) continue;
    let compute = 0;
    let receive = 0;
    let send = 0;
    for (let v = 0; v < n; v++) if (slotOf[v] === s) compute += problem.seconds[accelerator]![v]!;
    for (const net of problem.nets) {
      const home = slotOf[net.producer] === s;
      if (home && net.consumers.some((v) => slotOf[v] !== s)) send += net.transferSeconds[accelerator]!;
      if (!home && net.consumers.some((v) => slotOf[v] === s)) receive += net.transferSeconds[accelerator]!;
    }
    switch (cls.overlap) {
      case 'none': seconds[s] = compute + receive + send; break;
      case 'compute': seconds[s] = Math.max(compute, receive + send); break;
      case 'duplex': seconds[s] = compute + Math.max(receive, send); break;
      case 'full': seconds[s] = Math.max(compute, receive, send); break;
    }
    for (let t = s + 1; t < (Math.floor(s / q) + 1) * q; t++) if (used[t] === 1) after[s]!.add(t);
  }

  const waiting = new Int32Array(pieces);
  for (const next of after) for (const p of next) waiting[p]!++;
  const start = new Float64Array(pieces);
  const ready: number[] = [];
  for (let p = 0; p < pieces; p++) if (waiting[p] === 0) ready.push(p);
  let timed = 0;
  for (let p = ready.pop(); p !== undefined; p = ready.pop()) {
    timed++;
    for (const next of after[p]!) {
      start[next] = Math.max(start[next]!, start[p]! + seconds[p]!);
      if (--waiting[next]! === 0) ready.push(next);
    }
  }
  if (timed < pieces) {
    violations.push(t('slots wait for each other in a circle: data leaves a slot and comes back to it, or to one before it'));
    return failed();
  }
  const doneSeconds = Float64Array.from({ length: n }, (_, v) => start[pieceOf(v)]! + seconds[pieceOf(v)]!);
  const slots: SlotTimes[] = [];
  for (let s = 0; s < slotCount; s++) {
    if (used[s] === 0) continue;
    slots.push({ slot: s, accelerator: Math.floor(s / q), startSeconds: start[s]!, endSeconds: start[s]! + seconds[s]!, loadSeconds: seconds[s]! });
  }
  return { latencySeconds: violations.length > 0 ? Infinity : doneSeconds.reduce((a, b) => Math.max(a, b), 0), doneSeconds, slots, violations };
}
