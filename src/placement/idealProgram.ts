import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../shared/progress';
import { capacities, type WorkMeasure } from './capacity';
import type { Contraction } from './contract';
import type { CutReach } from './cutBound';
import { cutsOf } from './cuts';
import { deviceCounts } from './deviceCounts';
import { stagesAtEnds, sumsOf } from './idealSums';
import { turned, type Ideals } from './ideals';
import { IMPROVEMENT } from './linearized';
import { combine } from './overlap';
import { boundariesOf, UNREACHABLE } from './requiredStages';
import type { Split } from './stages';

/** How a run of the program ended. */
export interface IdealResult {
  /** the best split strictly below the bound that was given; null if there is none */
  readonly split: Split | null;
  /** false if time ran out: then nothing is proven */
  readonly complete: boolean;
}

/**
 * The exact program over ideals (Tarnawski et al., section 5), reorganised around an upper bound: it looks only for splits that are
 * strictly better, so that from each ideal reached only those ideals need be tried that leave no more work than the remaining devices can
 * do within the bound, and that are themselves done within it. Ideals are sorted by work, so these lie in a window.
 *
 * A stage costs the same whichever way the data flows, so that the program may as well go from the end of the pipeline to its front. It begins where
 * fewer stages stay within the bound: heavy values near an end leave few ideals to go on from. Where units must be in certain stages it begins at the front, because
 * the devices used so far then say which stage comes next; fewer devices used are then no advantage before the last of these units.
 *
 * @param upper seconds; Infinity if nothing is known
 * @param expired polled now and then; true stops the search
 * @param reachable how far stages get within a time, where that is known
 */
export function solveIdeals(
  problem: Contraction,
  enumerated: Ideals,
  measure: WorkMeasure,
  upper: number,
  control: Control,
  expired: () => boolean = () => false,
  reachable: CutReach | null = null,
): IdealResult {
  let ideals = enumerated;
  let sums = sumsOf(problem, ideals);
  let cuts = cutsOf(ideals, problem.size, problem.nets);
  const boundaries = boundariesOf(enumerated, problem.requiredStage);
  const { front, back } = boundaries === null ? stagesAtEnds(problem, ideals, sums, cuts, upper) : { front: 0, back: 0 };
  const fromEnd = back < front;
  if (fromEnd) {
    ideals = turned(enumerated);
    sums = sumsOf(problem, ideals);
    cuts = cutsOf(ideals, problem.size, problem.nets);
  }
  const { count, words, bits, work, firstOpen, lastUsed } = ideals;
  const counts = deviceCounts(problem.classes);
  const { states, stride, used, total, limit } = counts;
  const classes = problem.classes.length;
  const { seconds, unsupported, resident } = sums;
  const { starts: cutStarts, nets: cut } = cuts;
  const nets = problem.nets.length;
  const transfer = problem.classes.map((_, c) => Float64Array.from(problem.nets, (net) => net.transferSeconds[c]!));
  const pays = transfer.map((of) => of.some((t) => t > 0));
  const anyPays = pays.some((p, c) => p && limit[c]! > 0);
  const producer = Int32Array.from(problem.nets, (net) => net.producer);
  const memory = Float64Array.from(problem.classes, (cls) => (Number.isFinite(cls.memoryBytes) ? cls.memoryBytes * (1 + 1e-12) : Infinity));
  const fits = memoryTest(problem, ideals, resident, memory);
  // time differences of sums carry rounding; a class that has to be strictly below the bound may be off by this much
  const noise = Float64Array.from(seconds, (of) => (problem.size + 8) * 2 ** -52 * of[count - 1]!);

  const table = new Float64Array(count * states).fill(Infinity);
  const cameFrom = new Int32Array(count * states).fill(-1);
  const by = new Uint8Array(count * states);
  table[0] = 0;
  // what a requirement rules out is never improved, and so never reached
  if (boundaries !== null) {
    for (let i = 0; i < count; i++) for (let s = 0; s < states; s++) if (total[s]! < boundaries.from[i]! || total[s]! > boundaries.to[i]!) table[i * states + s] = -Infinity;
  }
  let found = -1;
  let strict = upper * (1 - IMPROVEMENT);
  /** what devices can still do: by their capacity, and by where cuts can lie */
  const limits = (seconds: number): ReturnType<typeof capacities> => {
    const { left, one } = capacities(measure, counts, seconds);
    const reach = Number.isFinite(seconds) ? reachable?.reach(seconds, !fromEnd) : undefined;
    // the devices that state s has left are those that the state opposite has used
    reach?.forEach((_, s) => (left[s] = Math.min(left[s]!, reach[states - 1 - s]!)));
    return { left, one };
  };
  let { left, one } = limits(strict);

  const least = new Float64Array(states);
  const alive = new Int32Array(states);
  const stamp = new Int32Array(nets).fill(-1);
  const pendingStarts = new Int32Array(nets + 1);
  let pending = new Int32Array(1024);
  const room = new Float64Array(classes);
  const inside = new Int32Array(count);
  const able = new Int32Array(states);

  for (let j = 0; j < count - 1; j++) {
    if ((j & 31) === 0) {
      throwIfCancelled(control);
      if ((j & 1023) === 0) control.report({ phase: t('program over ideals'), fraction: j / count, ...(Number.isFinite(strict) ? { incumbent: strict } : {}) });
      if (expired()) return { split: finish(), complete: false };
    }
    const row = j * states;
    const rest = measure.total - work[j]!;
    let aliveCount = 0;
    const numbered = boundaries !== null && boundaries.to[j]! < UNREACHABLE;
    for (let s = 0; s < states; s++) {
      let fewer = Infinity;
      for (let c = 0; c < classes; c++) if (used[c]![s]! > 0) fewer = Math.min(fewer, least[s - stride[c]!]!);
      const value = table[row + s]! === -Infinity ? Infinity : table[row + s]!;
      least[s] = Math.min(fewer, value);
      if ((value < fewer || numbered) && value < strict && rest <= left[s]!) alive[aliveCount++] = s;
    }
    if (aliveCount === 0) continue;
    let low = Infinity;
    let high = -Infinity;
    for (let c = 0; c < classes; c++) {
      room[c] = -1;
      for (let k = 0; k < aliveCount; k++) {
        const s = alive[k]!;
        if (used[c]![s]! < limit[c]!) room[c] = Math.max(room[c]!, left[s + stride[c]!]!);
      }
      if (room[c]! < 0) continue;
      low = Math.min(low, measure.total - room[c]!);
      high = Math.max(high, work[j]! + one[c]!);
    }
    let i = j + 1;
    if (low > work[i]!) {
      let a = i;
      let b = count;
      while (a < b) {
        const m = (a + b) >> 1;
        if (work[m]! < low) a = m + 1;
        else b = m;
      }
      i = a;
    }
    if (i >= count) continue;

    // nets already open at j, with the pins that are still outside
    const cutBegin = cutStarts[j]!;
    const cutEnd = cutStarts[j + 1]!;
    const jBits = j * words;
    let pins = 0;
    if (anyPays) {
      for (let k = cutBegin; k < cutEnd; k++) {
        const e = cut[k]!;
        stamp[e] = j;
        pendingStarts[k - cutBegin] = pins;
        const net = problem.nets[e]!;
        if (pins + net.pins.length + 1 > pending.length) {
          const longer = new Int32Array((pins + net.pins.length + 1) * 2);
          longer.set(pending);
          pending = longer;
        }
        // the producer first: whether it is inside decides between sending and receiving
        if (((bits[jBits + (net.producer >> 5)]! >>> (net.producer & 31)) & 1) === 0) pending[pins++] = net.producer;
        for (const u of net.pins) if (((bits[jBits + (u >> 5)]! >>> (u & 31)) & 1) === 0) pending[pins++] = u;
      }
      pendingStarts[cutEnd - cutBegin] = pins;
    }
    const jLast = lastUsed[j]!;

    // the ideals in the window that hold all of this one, then one class after the other
    let held = 0;
    for (; i < count && work[i]! <= high; i++) {
      const iBits = i * words;
      let w = jLast;
      const full = firstOpen[i]!;
      while (w >= full && (bits[jBits + w]! & ~bits[iBits + w]!) === 0) w--;
      if (w < full) inside[held++] = i;
    }
    for (let c = 0; c < classes; c++) {
      if (room[c]! < 0) continue;
      const { overlap } = problem.classes[c]!;
      const step = stride[c]!;
      const secondsHere = seconds[c]!;
      const unsupportedHere = unsupported[c]!;
      const transferHere = transfer[c]!;
      const from = secondsHere[j]!;
      const without = unsupportedHere[j]!;
      const slack = noise[c]!;
      const least = measure.total - room[c]!;
      let open = 0;
      for (let k = 0; k < aliveCount; k++) if (used[c]![alive[k]!] !== limit[c]) able[open++] = alive[k]!;
      for (let h = 0; h < held; h++) {
        const i = inside[h]!;
        if (work[i]! < least || unsupportedHere[i] !== without) continue;
        const compute = Math.max(0, secondsHere[i]! - from);
        if (compute - slack >= strict) continue;
        const target = i * states + step;
        // transfers only add: where computing alone improves nothing, they need not be summed up
        let useful = false;
        for (let k = 0; k < open && !useful; k++) {
          const best = table[target + able[k]!]!;
          useful = compute - slack < best && table[row + able[k]!]! < best;
        }
        if (!useful) continue;
        let load = compute;
        if (pays[c]) {
          const iBits = i * words;
          let receive = 0;
          let send = 0;
          for (let k = cutBegin; k < cutEnd; k++) {
            const end = pendingStarts[k - cutBegin + 1]!;
            for (let p = pendingStarts[k - cutBegin]!; p < end; p++) {
              const u = pending[p]!;
              if (((bits[iBits + (u >> 5)]! >>> (u & 31)) & 1) === 0) continue;
              const e = cut[k]!;
              if (u === producer[e]) send += transferHere[e]!;
              else receive += transferHere[e]!;
              break;
            }
          }
          for (let k = cutStarts[i]!, end = cutStarts[i + 1]!; k < end; k++) {
            const e = cut[k]!;
            if (stamp[e] === j) continue;
            const u = producer[e]!;
            if (((bits[iBits + (u >> 5)]! >>> (u & 31)) & 1) === 1) send += transferHere[e]!;
            else receive += transferHere[e]!;
          }
          load = combine(overlap, compute, receive, send);
        }
        if (!(load < strict)) continue;
        if (!fits(j, i, c)) continue;
        const restAfter = measure.total - work[i]!;
        for (let k = 0; k < open; k++) {
          const s = able[k]!;
          if (restAfter > left[s + step]!) continue;
          const before = table[row + s]!;
          const value = before > load ? before : load;
          if (!(value < table[target + s]!)) continue;
          table[target + s] = value;
          cameFrom[target + s] = j;
          by[target + s] = c;
          if (i === count - 1 && value < strict) {
            found = s + step;
            strict = value * (1 - IMPROVEMENT);
            ({ left, one } = limits(strict));
          }
        }
      }
    }
  }
  return { split: finish(), complete: true };

  function finish(): Split | null {
    if (found < 0) return null;
    const stages: { class: number; units: number[] }[] = [];
    const value = table[(count - 1) * states + found]!;
    for (let i = count - 1, s = found; i > 0; ) {
      const j = cameFrom[i * states + s]!;
      const c = by[i * states + s]!;
      const units: number[] = [];
      for (let u = 0; u < problem.size; u++) {
        const w = u >> 5;
        if (((bits[i * words + w]! & ~bits[j * words + w]!) >>> (u & 31)) & 1) units.push(u);
      }
      stages.push({ class: c, units });
      s -= stride[c]!;
      i = j;
    }
    return { value, stages: fromEnd ? stages : stages.reverse() };
  }
}

/** Whether the units of ideal i without those of ideal j fit into one device of class c. */
function memoryTest(problem: Contraction, ideals: Ideals, resident: Float64Array, memory: Float64Array): (j: number, i: number, c: number) => boolean {
  const { words, bits } = ideals;
  const sharedTotal = problem.sharedMemory.reduce((sum, shared) => sum + shared.bytes, 0);
  const workspaceMost = problem.workspaceBytes.reduce((a, b) => Math.max(a, b), 0);
  const slack = 1e-12 * resident[resident.length - 1]!;
  const holds = (u: number, j: number, i: number): boolean => ((bits[i * words + (u >> 5)]! & ~bits[j * words + (u >> 5)]!) >>> (u & 31)) % 2 === 1;
  return (j, i, c) => {
    const free = memory[c]!;
    if (free === Infinity) return true;
    const own = resident[i]! - resident[j]!;
    if (own + sharedTotal + workspaceMost <= free) return true;
    if (own - slack > free) return false;
    let exact = 0;
    let workspace = 0;
    for (let w = 0; w < words; w++) {
      let inside = (bits[i * words + w]! & ~bits[j * words + w]!) >>> 0;
      while (inside !== 0) {
        const u = w * 32 + 31 - Math.clz32(inside & -inside);
        inside &= inside - 1;
        exact += problem.residentBytes[u]!;
        workspace = Math.max(workspace, problem.workspaceBytes[u]!);
      }
    }
    for (const { bytes, units } of problem.sharedMemory) if (units.some((u) => holds(u, j, i))) exact += bytes;
    return exact + workspace <= free;
  };
}
