import { throwIfCancelled, type Control } from '../shared/progress';
import { capacities, workMeasure } from './capacity';
import type { Contraction } from './contract';
import { deviceCounts } from './deviceCounts';
import { combine } from './overlap';
import { lineBoundaries, type LineBoundaries } from './requiredStages';
import type { Split } from './stages';

/** Relative improvement that counts: smaller ones are noise of rounding. */
export const IMPROVEMENT = 1e-12;

/** Nets and shared memory seen along an order of the units; positions are those of the order. */
interface Line {
  readonly size: number;
  readonly problem: Contraction;
  /** seconds[c][position], 0 where unsupported */
  readonly seconds: readonly Float64Array[];
  /** first position at or after this one that class c does not support */
  readonly blocked: readonly Int32Array[];
  readonly resident: Float64Array;
  readonly workspace: Float64Array;
  /** what touches each position: starts per position, then per touch the touch before of the same net (-1: none) and whether more follow */
  readonly touchStarts: Int32Array;
  readonly touchNet: Int32Array;
  /** position of the previous pin of the net; -1 if this is the first */
  readonly touchBefore: Int32Array;
  /** 1 if this is the last pin of the net */
  readonly touchLast: Uint8Array;
  readonly producerAt: Int32Array;
  /** first pin of each net */
  readonly firstPin: Int32Array;
  /** transfer[c][net] */
  readonly transfer: readonly Float64Array[];
  readonly pays: readonly boolean[];
  readonly sharedStarts: Int32Array;
  readonly sharedBytes: Float64Array;
  readonly sharedBefore: Int32Array;
  readonly limited: boolean;
  /** null where no unit must be in a stage */
  readonly boundaries: LineBoundaries | null;
}

function lineOf(problem: Contraction, order: Int32Array): Line {
  const n = problem.size;
  const positionOf = new Int32Array(n);
  order.forEach((u, p) => (positionOf[u] = p));
  const at = (values: Float64Array): Float64Array => Float64Array.from(order, (u) => values[u]!);
  const timed = problem.seconds.map(at);
  const seconds = timed.map((of) => of.map((t) => (Number.isFinite(t) ? t : 0)));
  const blocked = timed.map((of) => {
    const next = new Int32Array(n + 1).fill(n);
    for (let p = n - 1; p >= 0; p--) next[p] = Number.isFinite(of[p]!) ? next[p + 1]! : p;
    return next;
  });

  const touchStarts = new Int32Array(n + 1);
  let touches = 0;
  for (const net of problem.nets) {
    touchStarts[positionOf[net.producer]! + 1]!++;
    for (const u of net.pins) touchStarts[positionOf[u]! + 1]!++;
    touches += net.pins.length + 1;
  }
  for (let p = 0; p < n; p++) touchStarts[p + 1]! += touchStarts[p]!;
  const next = touchStarts.slice();
  const touchNet = new Int32Array(touches);
  const touchBefore = new Int32Array(touches);
  const touchLast = new Uint8Array(touches);
  const firstPin = new Int32Array(problem.nets.length);
  problem.nets.forEach((net, e) => {
    const pins = Int32Array.from([net.producer, ...net.pins], (u) => positionOf[u]!).sort();
    firstPin[e] = pins[0]!;
    pins.forEach((p, i) => {
      const t = next[p]!++;
      touchNet[t] = e;
      touchBefore[t] = i === 0 ? -1 : pins[i - 1]!;
      touchLast[t] = i === pins.length - 1 ? 1 : 0;
    });
  });

  const sharedAt: { bytes: number; before: number }[][] = Array.from({ length: n }, () => []);
  for (const { bytes, units } of problem.sharedMemory) {
    const pins = Int32Array.from(units, (u) => positionOf[u]!).sort();
    pins.forEach((p, i) => sharedAt[p]!.push({ bytes, before: i === 0 ? -1 : pins[i - 1]! }));
  }
  const sharedStarts = new Int32Array(n + 1);
  sharedAt.forEach((list, p) => (sharedStarts[p + 1] = sharedStarts[p]! + list.length));

  const transfer = problem.classes.map((_, c) => Float64Array.from(problem.nets, (net) => net.transferSeconds[c]!));
  return {
    size: n,
    problem,
    seconds,
    blocked,
    resident: at(problem.residentBytes),
    workspace: at(problem.workspaceBytes),
    touchStarts,
    touchNet,
    touchBefore,
    touchLast,
    producerAt: Int32Array.from(problem.nets, (net) => positionOf[net.producer]!),
    firstPin,
    transfer,
    pays: transfer.map((of) => of.some((t) => t > 0)),
    sharedStarts,
    sharedBytes: Float64Array.from(sharedAt.flat(), (entry) => entry.bytes),
    sharedBefore: Int32Array.from(sharedAt.flat(), (entry) => entry.before),
    limited: problem.classes.some((cls) => Number.isFinite(cls.memoryBytes)),
    boundaries: lineBoundaries(problem.requiredStage, order, problem.classes.reduce((sum, { count }) => sum + count, 0)),
  };
}

/**
 * Calls `visit(end, load)` for the stages [from, end) on one device of class c, end ascending, as long as compute alone stays below
 * `bound()`, the class supports what is inside and memory suffices. A net pays once it has a pin inside and one outside.
 */
function stagesFrom(line: Line, from: number, c: number, bound: () => number, visit: (end: number, load: number) => void): void {
  const { problem, touchStarts, touchNet, touchBefore, touchLast, producerAt, firstPin } = line;
  const { overlap, memoryBytes } = problem.classes[c]!;
  const seconds = line.seconds[c]!;
  const transfer = line.transfer[c]!;
  const pays = line.pays[c]!;
  const limit = line.blocked[c]![from]!;
  const capacity = Number.isFinite(memoryBytes) ? memoryBytes * (1 + 1e-12) : Infinity;
  let compute = 0;
  let receive = 0;
  let send = 0;
  let resident = 0;
  let workspace = 0;
  for (let p = from; p < limit; p++) {
    compute += seconds[p]!;
    if (compute >= bound()) return;
    if (pays) {
      for (let t = touchStarts[p]!; t < touchStarts[p + 1]!; t++) {
        const e = touchNet[t]!;
        const home = producerAt[e]!;
        const paid = transfer[e]!;
        if (touchBefore[t]! >= from) {
          // some pins were inside already, and this one was not
          if (home >= from && home < p) send -= paid;
          else receive -= paid;
        }
        if (touchLast[t] === 0 || firstPin[e]! < from) {
          if (home >= from && home <= p) send += paid;
          else receive += paid;
        }
      }
    }
    if (line.limited) {
      resident += line.resident[p]!;
      workspace = Math.max(workspace, line.workspace[p]!);
      for (let t = line.sharedStarts[p]!; t < line.sharedStarts[p + 1]!; t++) if (line.sharedBefore[t]! < from) resident += line.sharedBytes[t]!;
      if (resident + workspace > capacity) return;
    }
    visit(p + 1, combine(overlap, compute, Math.max(0, receive), Math.max(0, send)));
  }
}

/** Largest stages that stay below `limit`, first to last; null if the devices do not suffice. A quick way to some split. */
function fill(line: Line, limit: number): Split | null {
  const n = line.size;
  const left = Int32Array.from(line.problem.classes, (cls) => cls.count);
  const stages: { class: number; from: number; end: number }[] = [];
  let value = 0;
  for (let from = 0; from < n; ) {
    let best = { class: -1, from, end: from, load: 0 };
    const first = line.boundaries?.first[stages.length + 1] ?? 0;
    const last = line.boundaries?.last[stages.length + 1] ?? n;
    for (let c = 0; c < left.length; c++) {
      if (left[c] === 0) continue;
      stagesFrom(line, from, c, () => limit, (end, load) => {
        if (load >= limit || end < first || end > last || (end <= best.end && !(end === best.end && load < best.load))) return;
        best = { class: c, from, end, load };
      });
    }
    if (best.class < 0) return null;
    left[best.class]!--;
    value = Math.max(value, best.load);
    stages.push(best);
    from = best.end;
  }
  return { value, stages: stages.map((stage) => ({ class: stage.class, units: range(stage.from, stage.end) })) };
}

const range = (from: number, end: number): number[] => Array.from({ length: end - from }, (_, i) => from + i);

/** A split by bisection over `fill`, Infinity-valued if none was found. */
function firstSplit(line: Line): Split | null {
  let low = 0;
  let best: Split | null = null;
  const all = line.seconds.map((of) => of.reduce((a, b) => a + b, 0));
  const transfers = line.transfer.map((of) => of.reduce((a, b) => a + b, 0));
  let high = Math.max(...all.map((a, c) => a + 2 * transfers[c]!), 0) * (1 + 1e-9) + Number.MIN_VALUE;
  for (let round = 0; round < 40; round++) {
    const middle = best === null ? high : (low + high) / 2;
    const found = fill(line, middle);
    if (found === null) {
      if (best === null) return null;
      low = middle;
    } else {
      if (best === null || found.value < best.value) best = found;
      high = Math.min(middle, best.value);
    }
    if (high - low <= high * 1e-4) break;
  }
  return best;
}

/** States a table of the program may have. */
const TABLE_LIMIT = 4e7;

/**
 * The exact program over the prefixes of one topological order of the units (the linearised program, DPL, of Tarnawski et al., section 5):
 * the best split among those that cut the order into intervals, with any device classes, memory included.
 *
 * @param upper look only for splits below this many seconds
 * @returns null if there is none below
 */
export function solveLine(problem: Contraction, order: Int32Array, upper: number, control: Control): Split | null {
  const n = problem.size;
  const line = lineOf(problem, order);
  const measure = workMeasure(problem);
  const counts = deviceCounts(problem.classes);
  const { states, stride, used, total, limit } = counts;
  const { boundaries } = line;
  const named = (split: Split): Split => ({ ...split, stages: split.stages.map((s) => ({ ...s, units: s.units.map((p) => order[p]!) })) });

  let best: Split | null = firstSplit(line);
  if (best !== null && !(best.value < upper * (1 - IMPROVEMENT))) best = null;
  if ((n + 1) * states > TABLE_LIMIT) return best === null ? null : named(best);
  let bound = best === null ? upper : Math.min(upper, best.value);

  const table = new Float64Array((n + 1) * states).fill(Infinity);
  const from = new Int32Array((n + 1) * states).fill(-1);
  const by = new Uint8Array((n + 1) * states);
  table[0] = 0;
  // what a requirement rules out is never improved, and so never reached
  if (boundaries !== null) {
    for (let i = 0; i <= n; i++) for (let s = 0; s < states; s++) if (i < boundaries.first[total[s]!]! || i > boundaries.last[total[s]!]!) table[i * states + s] = -Infinity;
  }
  const done = new Float64Array(n + 1);
  for (let p = 0; p < n; p++) done[p + 1] = done[p]! + measure.work[order[p]!]!;
  const least = new Float64Array(states);
  const alive = new Int32Array(states);
  let found = -1;

  let strict = bound * (1 - IMPROVEMENT);
  let { left } = capacities(measure, counts, strict);
  for (let i = 0; i < n; i++) {
    if ((i & 63) === 0) throwIfCancelled(control);
    const row = i * states;
    let aliveCount = 0;
    const numbered = boundaries !== null && i < boundaries.free;
    for (let s = 0; s < states; s++) {
      let fewer = Infinity;
      for (let c = 0; c < stride.length; c++) if (used[c]![s]! > 0) fewer = Math.min(fewer, least[s - stride[c]!]!);
      const value = table[row + s]! === -Infinity ? Infinity : table[row + s]!;
      least[s] = Math.min(fewer, value);
      if ((value < fewer || numbered) && value < strict && measure.total - done[i]! <= left[s]!) alive[aliveCount++] = s;
    }
    if (aliveCount === 0) continue;
    for (let c = 0; c < stride.length; c++) {
      // the stage may begin here only where the devices left after it can do the rest
      let room = -1;
      for (let k = 0; k < aliveCount; k++) {
        const s = alive[k]!;
        if (used[c]![s]! < limit[c]!) room = Math.max(room, left[s + stride[c]!]!);
      }
      if (room < 0) continue;
      const step = stride[c]!;
      const usedHere = used[c]!;
      const most = limit[c]!;
      stagesFrom(line, i, c, () => strict, (end, load) => {
        if (!(load < strict)) return;
        const rest = measure.total - done[end]!;
        if (rest > room) return;
        const target = end * states + step;
        for (let k = 0; k < aliveCount; k++) {
          const s = alive[k]!;
          if (usedHere[s] === most || rest > left[s + step]!) continue;
          const before = table[row + s]!;
          const value = before > load ? before : load;
          if (!(value < table[target + s]!)) continue;
          table[target + s] = value;
          from[target + s] = i;
          by[target + s] = c;
          if (end === n && value < strict) {
            found = s + step;
            bound = value;
            strict = bound * (1 - IMPROVEMENT);
            ({ left } = capacities(measure, counts, strict));
          }
        }
      });
    }
  }
  if (found < 0) return best === null ? null : named(best);

  const stages: { class: number; units: number[] }[] = [];
  for (let end = n, s = found; end > 0; ) {
    const start = from[end * states + s]!;
    const c = by[end * states + s]!;
    stages.push({ class: c, units: range(start, end) });
    s -= stride[c]!;
    end = start;
  }
  return named({ value: bound, stages: stages.reverse() });
}

/** Greedy baseline: fills devices one after the other along the order, up to a load (found by bisection) with which they just suffice. */
export function fillGreedily(problem: Contraction, order: Int32Array): Split | null {
  const split = firstSplit(lineOf(problem, order));
  return split === null ? null : { ...split, stages: split.stages.map((stage) => ({ ...stage, units: stage.units.map((p) => order[p]!) })) };
}
