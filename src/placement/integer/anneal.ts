import { throwIfCancelled, type Control } from '../../shared/progress';
import { evaluate } from '../evaluate';
import { combine } from '../overlap';
import type { PlacementProblem } from '../problem';
import { colocationGroups } from './groups';

/** Moves that are tried; about a microsecond each. */
const MOVES = 30_000_000;
/** Moves between two looks at the control and the clock. */
const LOOK_EVERY = 4096;
/** Share of the value that a move may cost with probability 1/e, at first and at last. */
const WARM = 1e-2, COLD = 1e-4;
/** The same at first for a placement that was annealed before. */
export const LUKEWARM = 1e-3;

/** Uniform numbers in [0, 1), the same each time: a plan does not change from run to run. */
function uniform(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
    let t = seed ^ (seed >>> 16);
    t = Math.imul(t, 0x7feb352d);
    t = Math.imul(t ^ (t >>> 15), 0x846ca68b);
    return ((t ^ (t >>> 16)) >>> 0) / 2 ** 32;
  };
}

/**
 * Simulated annealing over placements that need not be contiguous: moves of one group of operators, and swaps of two. What falls is
 * the 16th-power mean of the loads, so that it sees more than the busiest device. Memory is respected throughout.
 *
 * @param start a valid placement, contiguous or not; the result is valid and no worse
 * @param seconds it ends after about this long, if not before
 * @param seed another one gives another way through the placements
 * @param warm share of the value that a move may cost at first; less stays near the start
 * @throws CancelledError if cancelled
 */
export function anneal(problem: PlacementProblem, start: Int32Array, seconds: number, control: Control, seed = 1, warm = WARM): Int32Array {
  const { count, groupOf, seconds: work, resident, workspace } = colocationGroups(problem);
  const classOf = problem.classes.flatMap((cls, c) => Array.from({ length: cls.count }, () => c));
  const devices = classOf.length;
  const value = evaluate(problem, start, { requireContiguity: false }).maxLoadSeconds;
  if (devices < 2 || count < 2 || value === 0) return start;

  // Nets between groups. held[e * devices + d]: consumers of net e on device d.
  const producer: number[] = [], pins: number[][] = [], transfer: (readonly number[])[] = [];
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
    transfer.push(net.transferSeconds);
  }
  const held = new Int32Array(producer.length * devices);
  const at = new Int32Array(count);
  groupOf.forEach((g, v) => (at[g] = start[v]!));
  const compute = new Float64Array(devices), receive = new Float64Array(devices), send = new Float64Array(devices), kept = new Float64Array(devices);
  for (let g = 0; g < count; g++) {
    compute[at[g]!]! += work[classOf[at[g]!]!]![g]!;
    kept[at[g]!]! += resident[g]!;
  }
  const cost = (e: number, d: number): number => transfer[e]![classOf[d]!]!;
  /** Counts net e's transfers in (sign 1) or out (sign -1). */
  const charge = (e: number, sign: 1 | -1): void => {
    const home = at[producer[e]!]!;
    let away = false;
    for (let d = 0; d < devices; d++) {
      if (d === home || held[e * devices + d] === 0) continue;
      away = true;
      receive[d]! += sign * cost(e, d);
    }
    if (away) send[home]! += sign * cost(e, home);
  };
  pins.forEach((list, e) => {
    for (const g of list) held[e * devices + at[g]!]!++;
    charge(e, 1);
  });

  const limits = classOf.map((c) => problem.classes[c]!.memoryBytes);
  const shared = problem.sharedMemory.map((s) => ({ bytes: s.bytes, groups: [...new Set(s.operators.map((v) => groupOf[v]!))] }));
  const besides = shared.reduce((sum, s) => sum + s.bytes, 0) + workspace.reduce((a, b) => Math.max(a, b), 0);
  const holds = (d: number): boolean => {
    if (kept[d]! + besides <= limits[d]!) return true;
    let peak = 0, bytes = kept[d]!;
    for (let g = 0; g < count; g++) if (at[g] === d) peak = Math.max(peak, workspace[g]!);
    for (const s of shared) if (s.groups.some((g) => at[g] === d)) bytes += s.bytes;
    return bytes + peak <= limits[d]!;
  };

  const move = (g: number, to: number): void => {
    const from = at[g]!;
    for (const e of produced[g]!) charge(e, -1);
    for (const e of consumed[g]!) charge(e, -1);
    for (const e of consumed[g]!) {
      held[e * devices + from]!--;
      held[e * devices + to]!++;
    }
    at[g] = to;
    for (const e of produced[g]!) charge(e, 1);
    for (const e of consumed[g]!) charge(e, 1);
    compute[from]! -= work[classOf[from]!]![g]!;
    compute[to]! += work[classOf[to]!]![g]!;
    kept[from]! -= resident[g]!;
    kept[to]! += resident[g]!;
  };
  const load = (d: number): number => combine(problem.classes[classOf[d]!]!.overlap, compute[d]!, receive[d]!, send[d]!);
  const mean = (): number => {
    let sum = 0;
    for (let d = 0; d < devices; d++) {
      const x = load(d) / value;
      const x4 = x * x * x * x;
      sum += x4 * x4 * x4 * x4;
    }
    return sum ** (1 / 16);
  };
  const largest = (): number => {
    let most = 0;
    for (let d = 0; d < devices; d++) most = Math.max(most, load(d));
    return most;
  };

  const next = uniform(seed);
  const below = (k: number): number => Math.floor(next() * k);
  const neighbours: number[][] = Array.from({ length: count }, (_, g) => [...new Set([...produced[g]!.flatMap((e) => pins[e]!), ...consumed[g]!.map((e) => producer[e]!)])]);
  let best = at.slice(), bestValue = value, now = mean();
  const begun = performance.now();
  let temperature = warm;
  for (let step = 0; step < MOVES; step++) {
    if (step % LOOK_EVERY === 0) {
      throwIfCancelled(control);
      // cooled by what runs out first, so that it is cold at the end on any machine
      const fraction = Math.max(step / MOVES, (performance.now() - begun) / (seconds * 1000));
      if (fraction > 1 || control.stopRequested?.() === true) break;
      temperature = warm * (COLD / warm) ** fraction;
      control.report({ phase: 'annealing', fraction, incumbent: bestValue });
    }
    const g = below(count), from = at[g]!, kind = next(), near = neighbours[g]!;
    const other = kind < 0.3 ? below(count) : -1;
    const to = other >= 0 ? at[other]! : kind < 0.7 && near.length > 0 ? at[near[below(near.length)]!]! : below(devices);
    if (to === from || !Number.isFinite(work[classOf[to]!]![g]!) || (other >= 0 && !Number.isFinite(work[classOf[from]!]![other]!))) continue;
    move(g, to);
    if (other >= 0) move(other, from);
    const then = mean();
    const accepted = (then <= now || next() < Math.exp((now - then) / (temperature * now))) && holds(to) && (other < 0 || holds(from));
    if (!accepted) {
      if (other >= 0) move(other, to);
      move(g, from);
      continue;
    }
    now = then;
    const most = largest();
    if (most < bestValue * (1 - 1e-9)) {
      bestValue = most;
      best = at.slice();
    }
  }
  // Running sums drift, so the evaluator has the last word.
  const found = groupOf.map((g) => best[g]!);
  const { violations, maxLoadSeconds } = evaluate(problem, found, { requireContiguity: false });
  return violations.length === 0 && maxLoadSeconds < value ? found : start;
}
