import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../shared/progress';
import type { WorkMeasure } from './capacity';
import type { Contraction } from './contract';
import { reversed } from './digraph';

/** All ideals (sets that hold every predecessor of their members) of a contraction's order, by ascending work, subsets first. */
export interface Ideals {
  readonly count: number;
  /** 32-bit words per ideal */
  readonly words: number;
  /** ideal i is words i * words .. (i + 1) * words - 1; unit u is bit u & 31 of word u >> 5 */
  readonly bits: Uint32Array;
  /** work in the measure that was given; ascending */
  readonly work: Float64Array;
  /** lowest word that is not full */
  readonly firstOpen: Int32Array;
  /** highest word that is not empty; -1 for the empty ideal */
  readonly lastUsed: Int32Array;
}

/** How far an enumeration may go. */
export interface IdealBudget {
  readonly count: number;
  readonly bytes: number;
}

const hashOf = (unit: number): number => {
  let h = Math.imul(unit + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
};

/** A copy twice as long, or as long as asked. */
function grown<T extends Uint32Array | Int32Array | Float64Array>(array: T, make: (length: number) => T, length: number): T {
  const longer = make(length);
  longer.set(array as never);
  return longer;
}

/**
 * Enumerates ideals breadth first, one unit more at a time, with duplicates found by open addressing.
 * @returns null as soon as the budget is exceeded
 */
export function enumerateIdeals(problem: Contraction, measure: WorkMeasure, budget: IdealBudget, control: Control): Ideals | null {
  const n = problem.size;
  const words = Math.max(1, Math.ceil(n / 32));
  const successors = problem.order;
  const predecessors = reversed(successors);
  const keys = Uint32Array.from({ length: n }, (_, u) => hashOf(u));

  let room = 1024;
  let bits = new Uint32Array(room * words);
  let hash = new Uint32Array(room);
  let work = new Float64Array(room);
  let frontierStart = new Int32Array(room + 1);
  let frontier = new Int32Array(room * 4);
  let slots = 4096;
  let table = new Int32Array(slots).fill(-1);
  let count = 1;

  let used = 0;
  for (let u = 0; u < n; u++) {
    if (predecessors.starts[u] !== predecessors.starts[u + 1]) continue;
    if (used === frontier.length) frontier = grown(frontier, (l) => new Int32Array(l), used * 2);
    frontier[used++] = u;
  }
  frontierStart[1] = used;
  table[0] = 0;
  const scratch = new Uint32Array(words);

  for (let i = 0; i < count; i++) {
    if ((i & 1023) === 0) {
      throwIfCancelled(control);
      control.report({ phase: t('enumerating ideals') });
    }
    const begin = frontierStart[i]!;
    const end = frontierStart[i + 1]!;
    for (let f = begin; f < end; f++) {
      const u = frontier[f]!;
      const key = (hash[i]! ^ keys[u]!) >>> 0;
      for (let w = 0, b = i * words; w < words; w++) scratch[w] = bits[b + w]!;
      scratch[u >> 5]! |= 1 << (u & 31);
      let slot = key & (slots - 1);
      let known = false;
      for (; table[slot] !== -1; slot = (slot + 1) & (slots - 1)) {
        const other = table[slot]!;
        if (hash[other] !== key) continue;
        let w = words - 1;
        for (const b = other * words; w >= 0 && bits[b + w] === scratch[w]; ) w--;
        if (w < 0) {
          known = true;
          break;
        }
      }
      if (known) continue;
      if (count === budget.count || (count + 1) * (words * 8 + 40) > budget.bytes) return null;
      if (count === room) {
        room *= 2;
        bits = grown(bits, (l) => new Uint32Array(l), room * words);
        hash = grown(hash, (l) => new Uint32Array(l), room);
        work = grown(work, (l) => new Float64Array(l), room);
        frontierStart = grown(frontierStart, (l) => new Int32Array(l), room + 1);
      }
      table[slot] = count;
      hash[count] = key;
      bits.set(scratch, count * words);
      work[count] = work[i]! + measure.work[u]!;
      const needed = used + (end - begin) + n;
      if (needed > frontier.length) frontier = grown(frontier, (l) => new Int32Array(l), Math.max(needed, used * 2));
      for (let g = begin; g < end; g++) if (g !== f) frontier[used++] = frontier[g]!;
      for (let e = successors.starts[u]!; e < successors.starts[u + 1]!; e++) {
        const v = successors.targets[e]!;
        let ready = true;
        for (let p = predecessors.starts[v]!; ready && p < predecessors.starts[v + 1]!; p++) {
          const q = predecessors.targets[p]!;
          ready = ((scratch[q >> 5]! >>> (q & 31)) & 1) === 1;
        }
        if (ready) frontier[used++] = v;
      }
      count++;
      frontierStart[count] = used;
      if (count * 2 > slots) {
        slots *= 4;
        table = new Int32Array(slots).fill(-1);
        for (let j = 0; j < count; j++) {
          let at = hash[j]! & (slots - 1);
          while (table[at] !== -1) at = (at + 1) & (slots - 1);
          table[at] = j;
        }
      }
    }
  }

  // breadth first means by ascending size, and the sort is stable: a subset comes before its supersets also where they do the same work
  const sortedWork = work;
  const rank = Int32Array.from({ length: count }, (_, i) => i).sort((a, b) => sortedWork[a]! - sortedWork[b]! || a - b);
  const sorted = new Uint32Array(count * words);
  rank.forEach((from, to) => {
    for (let w = 0; w < words; w++) sorted[to * words + w] = bits[from * words + w]!;
  });
  return withExtents(words, sorted, Float64Array.from(rank, (i) => work[i]!));
}

/** Adds what is told from the bits of the ideals. */
function withExtents(words: number, bits: Uint32Array, work: Float64Array): Ideals {
  const count = work.length;
  const firstOpen = new Int32Array(count);
  const lastUsed = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let open = 0;
    while (open < words - 1 && bits[i * words + open] === 0xffffffff) open++;
    firstOpen[i] = open;
    let last = words - 1;
    while (last >= 0 && bits[i * words + last] === 0) last--;
    lastUsed[i] = last;
  }
  return { count, words, bits, work, firstOpen, lastUsed };
}

/** The ideals of the order turned round, which are what these leave over: ideal i becomes the complement of ideal count - 1 - i. */
export function turned({ count, words, bits, work }: Ideals): Ideals {
  const full = (count - 1) * words;
  const rest = new Uint32Array(count * words);
  for (let i = 0; i < count; i++) {
    for (let w = 0; w < words; w++) rest[i * words + w] = bits[full + w]! & ~bits[full - i * words + w]!;
  }
  return withExtents(words, rest, Float64Array.from(work, (_, i) => work[count - 1]! - work[count - 1 - i]!));
}

/**
 * Walks from each ideal to the next by the units in which they differ: neighbours in the order share most of their units.
 *
 * @param change called for each unit that enters (1) or leaves (-1) on the way to ideal i
 * @param arrive called once all of them have
 */
export function walkIdeals({ count, words, bits }: Ideals, change: (u: number, sign: 1 | -1) => void, arrive: (i: number) => void): void {
  const current = new Uint32Array(words);
  for (let i = 0; i < count; i++) {
    for (let w = 0; w < words; w++) {
      const now = bits[i * words + w]!;
      for (let changed = (now ^ current[w]!) >>> 0; changed !== 0; changed &= changed - 1) {
        const bit = 31 - Math.clz32(changed & -changed);
        change(w * 32 + bit, (now >>> bit) & 1 ? 1 : -1);
      }
      current[w] = now;
    }
    arrive(i);
  }
}
