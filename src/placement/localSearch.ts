import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { lowerBound } from './bounds';
import { contract } from './contract';
import { evaluate } from './evaluate';
import { colocationGroups } from './integer/groups';
import { combine } from './overlap';
import type { PlacementProblem, Solution } from './problem';

/** Random starts, as in the comparison of Tarnawski et al. (NeurIPS 2020, section 7). */
const RESTARTS = 10;

/** Moves that count: smaller changes are rounding. */
const LEAST_GAIN = 1e-9;

/** Uniform numbers in [0, 1), the same ones every time (mulberry32). */
function uniform(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A net between groups: consumers are distinct and without the producer's group. */
interface GroupNet {
  readonly producer: number;
  readonly consumers: readonly number[];
  readonly transferSeconds: readonly number[];
}

/** A placement of groups that changes by one group at a time, with the loads of its devices. */
function state(problem: PlacementProblem) {
  const groups = colocationGroups(problem);
  const { count, groupOf, seconds, resident, workspace } = groups;
  const classOf = problem.classes.flatMap((cls, c) => Array.from({ length: cls.count }, () => c));
  const devices = classOf.length;
  const nets: GroupNet[] = problem.nets.flatMap((net) => {
    const producer = groupOf[net.producer]!;
    const consumers = [...new Set(net.consumers.map((v) => groupOf[v]!))].filter((g) => g !== producer);
    return consumers.length === 0 || net.transferSeconds.every((t) => t === 0) ? [] : [{ producer, consumers, transferSeconds: net.transferSeconds }];
  });
  const made: number[][] = Array.from({ length: count }, () => []);
  const read: number[][] = Array.from({ length: count }, () => []);
  nets.forEach((net, e) => {
    made[net.producer]!.push(e);
    for (const g of net.consumers) read[g]!.push(e);
  });
  const shared = problem.sharedMemory.map(({ bytes, operators }) => ({ bytes, users: [...new Set(operators.map((v) => groupOf[v]!))] }));
  const everything = resident.reduce((a, b) => a + b, 0) + shared.reduce((a, s) => a + s.bytes, 0) + workspace.reduce((a, b) => Math.max(a, b), 0);
  const limited = problem.classes.some((cls) => everything > cls.memoryBytes);

  const at = new Int32Array(count).fill(-1);
  const pins = new Int32Array(nets.length * devices);
  const away = new Int32Array(nets.length);
  const compute = new Float64Array(devices);
  const receive = new Float64Array(devices);
  const send = new Float64Array(devices);
  const size = new Int32Array(devices);

  /** Takes a group off its device, or puts it on one; nets whose producer is not placed yet cost nothing. */
  const shift = (g: number, d: number, sign: 1 | -1): void => {
    const c = classOf[d]!;
    if (sign === -1) charge(g, d, -1);
    at[g] = sign === 1 ? d : -1;
    compute[d]! += sign * seconds[c]![g]!;
    size[d]! += sign;
    for (const e of read[g]!) {
      const home = at[nets[e]!.producer]!;
      const here = (pins[e * devices + d]! += sign);
      if (home < 0 || home === d) continue;
      if (sign === 1 ? here === 1 : here === 0) receive[d]! += sign * nets[e]!.transferSeconds[c]!;
      away[e]! += sign;
      if (sign === 1 ? away[e] === 1 : away[e] === 0) send[home]! += sign * nets[e]!.transferSeconds[classOf[home]!]!;
    }
    if (sign === 1) charge(g, d, 1);
  };
  /** What the nets that a group makes cost, all at once, as its place comes or goes. */
  const charge = (g: number, d: number, sign: 1 | -1): void => {
    for (const e of made[g]!) {
      let outside = 0;
      for (let other = 0; other < devices; other++) {
        const there = pins[e * devices + other]!;
        if (other === d || there === 0) continue;
        outside += there;
        receive[other]! += sign * nets[e]!.transferSeconds[classOf[other]!]!;
      }
      away[e] = sign === 1 ? outside : 0;
      if (outside > 0) send[d]! += sign * nets[e]!.transferSeconds[classOf[d]!]!;
    }
  };
  const load = (d: number): number => combine(problem.classes[classOf[d]!]!.overlap, compute[d]!, Math.max(0, receive[d]!), Math.max(0, send[d]!));
  const fits = (d: number): boolean => {
    const capacity = problem.classes[classOf[d]!]!.memoryBytes * (1 + 1e-12);
    if (!limited || capacity === Infinity) return true;
    let bytes = 0;
    let most = 0;
    for (let g = 0; g < count; g++) {
      if (at[g] !== d) continue;
      bytes += resident[g]!;
      most = Math.max(most, workspace[g]!);
    }
    for (const { bytes: once, users } of shared) if (users.some((g) => at[g] === d)) bytes += once;
    return bytes + most <= capacity;
  };
  return {
    count, devices, classOf, at, size, load, fits, shift,
    supports: (g: number, d: number) => Number.isFinite(seconds[classOf[d]!]![g]!),
    assignment: () => groupOf.map((g) => at[g]!),
  };
}

/** Largest load, and the sum of their squares: of two placements as good by the first, the more even one leaves more room. */
const worthOf = (loads: readonly number[]): { most: number; squares: number } => ({ most: Math.max(...loads), squares: loads.reduce((sum, load) => sum + load * load, 0) });

/**
 * The baseline by local search: from random starts, the best move of one colocation class to another device, until none is better. Placements need not
 * be contiguous. The starts are the same every time; the time limit ends the search after any move.
 *
 * @throws UserError if no start fits, or the problem asks for more than plain throughput
 * @throws CancelledError if cancelled
 */
export function solveLocally(problem: PlacementProblem, seconds: number, control: Control): Solution {
  const started = performance.now();
  const over = (): boolean => control.stopRequested?.() === true || performance.now() - started > seconds * 1000;
  const bound = lowerBound(contract({ ...problem, nets: problem.nets.map((net) => ({ ...net, consumers: [] })) }));
  let best: { assignment: Int32Array; value: number } | undefined;
  for (let restart = 0; restart < RESTARTS && (restart === 0 || !over()); restart++) {
    const found = climb(problem, uniform(restart + 1), over, control);
    if (found === null) continue;
    const { maxLoadSeconds, violations } = evaluate(problem, found, { requireContiguity: false });
    if (violations.length > 0) throw new Error(`the local search made an invalid placement: ${violations[0]}`);
    if (best !== undefined && maxLoadSeconds >= best.value) continue;
    best = { assignment: found, value: maxLoadSeconds };
    control.report({ phase: 'local search', fraction: (restart + 1) / RESTARTS, incumbent: best.value, lowerBound: bound });
  }
  if (best === undefined) throw new UserError('placement', 'local search found no start that fits.', 'Another method may: try auto.');
  const { order } = evaluate(problem, best.assignment, { requireContiguity: false });
  const optimal = best.value <= bound * (1 + 1e-9);
  return {
    placement: { assignment: best.assignment, order },
    certificate: { value: best.value, lowerBound: optimal ? best.value : bound, optimal, method: 'local-search' },
    solveSeconds: (performance.now() - started) / 1000,
  };
}

/** One climb from a random start; null if the start does not fit. */
function climb(problem: PlacementProblem, next: () => number, over: () => boolean, control: Control): Int32Array | null {
  const s = state(problem);
  const all = Array.from({ length: s.devices }, (_, d) => d);
  const shuffled = Array.from({ length: s.count }, (_, g) => g);
  for (let i = s.count - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  for (const g of shuffled) {
    const able = all.filter((d) => s.supports(g, d));
    const first = Math.floor(next() * able.length);
    const placed = able.some((_, k) => {
      const d = able[(first + k) % able.length]!;
      s.shift(g, d, 1);
      if (s.fits(d)) return true;
      s.shift(g, d, -1);
      return false;
    });
    if (!placed) return null;
  }
  const loads = all.map(s.load);
  let now = worthOf(loads);
  for (;;) {
    throwIfCancelled(control);
    let move: { g: number; to: number; most: number; squares: number } | undefined;
    // the two largest and their places give the largest of all devices but two
    const sorted = [...all].sort((a, b) => loads[b]! - loads[a]!).slice(0, 3);
    for (let g = 0; g < s.count; g++) {
      const from = s.at[g]!;
      let emptyTried = -1;
      for (const to of all) {
        if (to === from || !s.supports(g, to)) continue;
        if (s.size[to] === 0) {
          // of equal empty devices one will do
          if (emptyTried === s.classOf[to]) continue;
          emptyTried = s.classOf[to]!;
        }
        s.shift(g, from, -1);
        s.shift(g, to, 1);
        const [a, b] = [s.load(from), s.load(to)];
        const others = sorted.find((d) => d !== from && d !== to);
        const most = Math.max(a, b, others === undefined ? 0 : loads[others]!);
        const squares = now.squares - loads[from]! ** 2 - loads[to]! ** 2 + a * a + b * b;
        const better = move === undefined ? isBetter({ most, squares }, now) : isBetter({ most, squares }, move);
        if (better && s.fits(to)) move = { g, to, most, squares };
        s.shift(g, to, -1);
        s.shift(g, from, 1);
      }
    }
    if (move === undefined || over()) return s.assignment();
    const from = s.at[move.g]!;
    s.shift(move.g, from, -1);
    s.shift(move.g, move.to, 1);
    for (const d of all) loads[d] = s.load(d);
    now = worthOf(loads);
  }
}

function isBetter(a: { readonly most: number; readonly squares: number }, b: { readonly most: number; readonly squares: number }): boolean {
  if (a.most < b.most * (1 - LEAST_GAIN)) return true;
  return a.most <= b.most * (1 + LEAST_GAIN) && a.squares < b.squares * (1 - LEAST_GAIN);
}
