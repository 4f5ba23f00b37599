import { t } from '@vscode/l10n';
import type { Control } from '../../shared/progress';
import type { LatencyLattice, LatencyModel } from './latencyModel';

/** What an accelerator that has run something has left. */
interface Running {
  readonly slots: number;
  readonly resident: number;
  readonly workspace: number;
  /** when its last slot ended */
  readonly free: number;
  /** which of the problem's shared weights it holds; only where there are any */
  readonly holds: Uint8Array | null;
}

/** One way to have run an ideal. */
interface Label {
  /** by position in the ideal's cut: when the net's producer is done */
  readonly times: Float64Array;
  /** when everything in the ideal is done */
  readonly latest: number;
  /** no completion is done before */
  readonly bound: number;
  /** accelerators in use, in order of first use */
  readonly running: readonly Running[];
  /** open group -> accelerator, -1 host, -2 not yet placed */
  readonly groups: Int8Array | null;
  readonly before: Label | null;
  readonly ideal: number;
  /** the accelerator that ran what this ideal holds more than the one before; -1 for the host */
  readonly on: number;
}

export interface SearchResult {
  /** what ran one after the other: units and the accelerator (-1 for the host); absent if nothing better than `upper` was found */
  readonly pieces?: readonly { readonly units: readonly number[]; readonly accelerator: number }[];
  /** its latency; `upper` if nothing better was found */
  readonly value: number;
  /** no split made of the lattice's ideals is below */
  readonly lowerBound: number;
  /** false if the time was up before everything had been looked at */
  readonly complete: boolean;
  /** labels that were kept, a measure of the work */
  readonly labels: number;
}

const FULL: Running = { slots: Infinity, resident: 0, workspace: 0, free: 0, holds: null };

/**
 * Exact search for the least latency over a lattice of ideals.
 *
 * In a valid split the slots and the operators on the host wait for each other in no circle. List them in an order in which each comes
 * after what it waits for: what has been listed is always an ideal, a slot is the difference of two ideals, an operator on the host
 * that of two neighbours. So every split is a walk from the empty ideal to the full one, and every such walk is a split; nothing is
 * assumed about one slot at a time, since times are those of the data: a piece starts when what it reads is done, not when the piece before it ends.
 *
 * What the rest of a walk depends on is kept in a label: when each producer of the cut is done, what accelerators have left, and where groups
 * that are only partly in the ideal lie. A label that is no better in any of these than another of the same ideal is dropped: whatever
 * completes it completes the other at least as early (times are sums and maxima, hence monotone). Of two labels the one with a later
 * `latest` may still drop the other if that `latest` is not above the other's bound, for the other cannot end before its bound.
 * Labels whose bound reaches the best known value are dropped.
 *
 * Lower bound when the time is up at ideal i: every walk that could beat `upper` has a first ideal from i on; it holds a label of
 * that walk, or one no later. So no walk is below the least bound of the labels there, or `upper`.
 *
 * @param upper look only for something below; Infinity for anything
 * @param deadline in the clock of performance.now()
 * @param beam go on from so many labels of an ideal only, those with the least bounds: a heuristic, whose lower bound is the least bound of
 *   what was left out
 */
export function searchIdeals(model: LatencyModel, ideals: LatencyLattice, upper: number, deadline: number, control: Control, beam = Infinity): SearchResult {
  const { problem, units, slotsPerAccelerator: q, accelerators, overlap, onHost, transfer } = model;
  const { count, words, bits, cardinality, compute, unsupported, resident, cutStarts, cutNets, cutPins, cutHead } = ideals;
  const capacity = model.memoryBytes * (1 + 1e-12);
  const netCount = problem.nets.length;
  const anyWorkspace = problem.workspaceBytes.some((b) => b > 0);
  const anyShared = problem.sharedMemory.length > 0;
  const anyOpen = units.openGroups > 0;
  const listsOperators = anyWorkspace || anyShared || anyOpen;

  const labels: (Label[] | undefined)[] = new Array<Label[] | undefined>(count);
  labels[0] = [{ times: new Float64Array(0), latest: 0, bound: model.criticalSeconds, running: [], groups: anyOpen ? new Int8Array(units.openGroups).fill(-2) : null, before: null, ideal: 0, on: -1 }];
  const full = count - 1;
  let value = upper;
  let best: Label | undefined;
  let kept = 1;
  /** least bound of the labels that the beam left out */
  let leftOut = Infinity;
  let steps = 0;
  let stopped = false;

  const at = new Int32Array(netCount).fill(-1); // net -> position in the cut of the ideal looked at
  const ended = new Float64Array(problem.labels.length); // times of the members of one unit on the host
  const inUnit = new Int32Array(problem.labels.length).fill(-1);
  let stamp = 0;
  const received: number[] = [];
  const operators: number[] = [];
  const inside = (i: number, u: number): boolean => ((bits[i * words + (u >> 5)]! >>> (u & 31)) & 1) === 1;

  /** Adds a label unless another is as good; drops those that it is as good as. */
  const keep = (j: number, label: Label): void => {
    if (j === full) {
      if (label.latest < value) {
        value = label.latest;
        best = label;
        control.report({ phase: t('latency over ideals'), ...(Number.isFinite(value) ? { incumbent: value } : {}) });
      }
      return;
    }
    const list = (labels[j] ??= []);
    for (const other of list) if (asGood(other, label, q)) return;
    let left = 0;
    for (const other of list) if (!asGood(label, other, q)) list[left++] = other;
    list.length = left;
    list.push(label);
    kept++;
  };

  /** The label of ideal j after a piece; `timeOf` tells when a producer within the piece is done. */
  const follow = (j: number, from: Label, timeOf: (operator: number) => number, ends: number, running: readonly Running[], groups: Int8Array | null, on: number): void => {
    const latest = Math.max(from.latest, ends);
    if (latest >= value) return;
    const times = new Float64Array(cutStarts[j + 1]! - cutStarts[j]!);
    let bound = Math.max(from.bound, latest);
    for (let e = cutStarts[j]!, t = 0; e < cutStarts[j + 1]!; e++, t++) {
      const k = cutNets[e]!;
      times[t] = at[k]! >= 0 ? from.times[at[k]!]! : timeOf(problem.nets[k]!.producer);
      bound = Math.max(bound, times[t]! + cutHead[e]!);
    }
    if (bound >= value) return;
    keep(j, { times, latest, bound, running, groups, before: from, ideal: j, on });
  };

  const expand = (i: number, j: number, list: readonly Label[], asSlot: boolean, asHost: boolean): void => {
    received.length = 0;
    let receive = 0;
    let e = cutStarts[j]!;
    const endOfJ = cutStarts[j + 1]!;
    // both cuts are listed by ascending net
    for (let p = cutStarts[i]!; p < cutStarts[i + 1]!; p++) {
      const k = cutNets[p]!;
      while (e < endOfJ && cutNets[e]! < k) e++;
      if (e < endOfJ && cutNets[e] === k && cutPins[e] === cutPins[p]) continue;
      received.push(p - cutStarts[i]!);
      receive += transfer[k]!;
    }
    if (listsOperators || asHost) {
      operators.length = 0;
      for (let w = 0; w < words; w++) {
        let rest = bits[j * words + w]! & ~bits[i * words + w]!;
        while (rest !== 0) {
          const b = 31 - Math.clz32(rest & -rest);
          rest &= rest - 1;
          for (const v of units.members[w * 32 + b]!) operators.push(v);
        }
      }
    }
    if (asHost) {
      stamp++;
      for (const v of operators) inUnit[v] = stamp;
      for (const label of list) {
        const groups = placeGroups(label.groups, -1);
        if (groups === undefined) continue;
        let ends = 0;
        for (const v of operators) {
          let start = 0;
          for (const k of model.reads[v]!) {
            const p = problem.nets[k]!.producer;
            start = Math.max(start, inUnit[p] === stamp ? ended[p]! : label.times[at[k]!]!);
          }
          ended[v] = start + onHost[v]!;
          ends = Math.max(ends, ended[v]!);
        }
        follow(j, label, (p) => ended[p]!, ends, label.running, groups, -1);
      }
    }
    if (!asSlot) return;
    let send = 0;
    for (let c = cutStarts[j]!; c < endOfJ; c++) if (at[cutNets[c]!]! < 0) send += transfer[cutNets[c]!]!;
    const work = compute[j]! - compute[i]!;
    const load =
      overlap === 'none' ? work + receive + send
      : overlap === 'compute' ? Math.max(work, receive + send)
      : overlap === 'duplex' ? work + Math.max(receive, send)
      : Math.max(work, receive, send);
    const bytes = resident[j]! - resident[i]!;
    let workspace = 0;
    if (anyWorkspace) for (const v of operators) workspace = Math.max(workspace, problem.workspaceBytes[v]!);
    for (const label of list) {
      let ready = 0;
      for (const t of received) if (label.times[t]! > ready) ready = label.times[t]!;
      // of accelerators that have run nothing yet only the next one is tried: they are all alike
      for (let a = 0; a <= label.running.length && a < accelerators; a++) {
        const before = label.running[a];
        if (before !== undefined && before.slots >= q) continue;
        const ends = Math.max(ready, before?.free ?? 0) + load;
        if (ends >= value) continue;
        const groups = placeGroups(label.groups, a);
        if (groups === undefined) continue;
        const after: Running = {
          slots: (before?.slots ?? 0) + 1,
          resident: (before?.resident ?? 0) + bytes,
          workspace: Math.max(before?.workspace ?? 0, workspace),
          free: ends,
          holds: anyShared ? holding(before?.holds ?? null) : null,
        };
        let needed = after.resident + after.workspace;
        if (after.holds !== null) problem.sharedMemory.forEach((shared, s) => (needed += after.holds![s] === 1 ? shared.bytes : 0));
        if (needed > capacity) continue;
        const running = label.running.slice();
        running[a] = after.slots === q ? FULL : after;
        follow(j, label, () => ends, ends, running, groups, a);
      }
    }
  };

  /** Where groups lie once `operators` are on a device; undefined if members would lie apart. */
  const placeGroups = (groups: Int8Array | null, device: number): Int8Array | null | undefined => {
    if (groups === null) return null;
    let result = groups;
    for (const v of operators) {
      const g = units.openGroup[units.unitOf[v]!]!;
      if (g < 0 || result[g] === device) continue;
      if (result[g] !== -2) return undefined;
      if (result === groups) result = groups.slice();
      result[g] = device;
    }
    return result;
  };

  const holding = (holds: Uint8Array | null): Uint8Array => {
    const result = holds === null ? new Uint8Array(problem.sharedMemory.length) : holds.slice();
    problem.sharedMemory.forEach((shared, s) => {
      if (shared.operators.some((v) => operators.includes(v))) result[s] = 1;
    });
    return result;
  };

  const pendingBound = (i: number): number => {
    let bound = Math.min(value, leftOut);
    for (let j = i; j < count; j++) for (const label of labels[j] ?? []) if (label.bound < bound) bound = label.bound;
    return bound;
  };

  const mustStop = (): boolean => {
    if (steps > 4096) {
      steps = 0;
      stopped ||= performance.now() > deadline || control.cancelled();
    }
    return stopped;
  };

  for (let i = 0; i < full; i++) {
    if ((i & 15) === 0) {
      steps = Infinity;
      control.report({ phase: t('latency over ideals'), fraction: i / count, ...(Number.isFinite(value) ? { incumbent: value } : {}) });
    }
    if (mustStop()) return { value, lowerBound: pendingBound(i), complete: false, labels: kept, ...traced() };
    let list = labels[i]?.filter((label) => label.bound < value);
    if (list === undefined || list.length === 0) continue;
    if (list.length > beam) {
      list.sort((a, b) => a.bound - b.bound || a.running.length - b.running.length);
      leftOut = Math.min(leftOut, list[beam]!.bound);
      list = list.slice(0, beam);
    }
    for (let e = cutStarts[i]!; e < cutStarts[i + 1]!; e++) at[cutNets[e]!] = e - cutStarts[i]!;
    const anyFree = list.some((label) => label.running.length < accelerators || label.running.some((r) => r.slots < q));
    for (let j = i + 1; j < count && !mustStop(); j++) {
      const asHost = cardinality[j] === cardinality[i]! + 1;
      const asSlot = anyFree && unsupported[j] === unsupported[i] && resident[j]! - resident[i]! <= capacity && compute[j]! - compute[i]! < value;
      steps++;
      if (cardinality[j] === cardinality[i] || (!asHost && !asSlot)) continue;
      let w = 0;
      while (w < words && (bits[i * words + w]! & ~bits[j * words + w]!) === 0) w++;
      if (w < words) continue;
      steps += list.length * (anyFree ? 4 * q : 1);
      expand(i, j, list, asSlot, asHost);
    }
    // if cut short, the labels of this ideal still stand for all that follows from them
    if (stopped) return { value, lowerBound: pendingBound(i), complete: false, labels: kept, ...traced() };
    labels[i] = undefined;
    for (let e = cutStarts[i]!; e < cutStarts[i + 1]!; e++) at[cutNets[e]!] = -1;
  }
  const lowerBound = Math.min(value, leftOut);
  return { value, lowerBound, complete: lowerBound === value, labels: kept, ...traced() };

  function traced(): Pick<SearchResult, 'pieces'> {
    if (best === undefined) return {};
    const pieces: { units: number[]; accelerator: number }[] = [];
    for (let label = best; label.before !== null; label = label.before) {
      const inPiece: number[] = [];
      for (let u = 0; u < units.size; u++) if (inside(label.ideal, u) && !inside(label.before.ideal, u)) inPiece.push(u);
      pieces.push({ units: inPiece, accelerator: label.on });
    }
    return { pieces: pieces.reverse() };
  }
}

/** Whether whatever completes `b` completes `a` at least as early. */
function asGood(a: Label, b: Label, q: number): boolean {
  if (a.latest > b.latest && a.latest > b.bound) return false;
  if (a.running.length > b.running.length) return false;
  for (let t = 0; t < a.times.length; t++) if (a.times[t]! > b.times[t]!) return false;
  for (let r = 0; r < a.running.length; r++) {
    const x = a.running[r]!;
    const y = b.running[r]!;
    if (y.slots >= q) continue;
    if (x.slots > y.slots || x.free > y.free || x.resident > y.resident || x.workspace > y.workspace) return false;
    if (x.holds !== null) for (let s = 0; s < x.holds.length; s++) if (x.holds[s]! > (y.holds?.[s] ?? 0)) return false;
  }
  if (a.groups !== null) for (let g = 0; g < a.groups.length; g++) if (a.groups[g] !== b.groups![g]) return false;
  return true;
}
