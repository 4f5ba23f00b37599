import { throwIfCancelled, type Control } from '../shared/progress';
import { workMeasure } from './capacity';
import { coarser, type Contraction } from './contract';
import { solveIdeals } from './idealProgram';
import { enumerateIdeals } from './ideals';
import type { Split } from './stages';

/** Ideals that one step may take on: small enough for a step to take well under a second. */
export const STEP_BUDGET = { count: 60_000, bytes: 200e6 };

/** Units on either side of a cut that may move, from the widest choice to the narrowest. */
export const REACHES = [64, 32, 16, 8, 4] as const;

/** The parts of one step: what lies far from every cut is one part per stage, all else is free to move. */
export function aroundCuts(units: Contraction, split: Pick<Split, 'stages'>, position: Int32Array, reach: number): { order: Int32Array; partOf: Int32Array; size: number; extra: { from: number[]; to: number[] } } {
  const order = Int32Array.from(split.stages.flatMap((stage) => [...stage.units].sort((a, b) => position[a]! - position[b]!)));
  const n = units.size;
  const cuts: number[] = [];
  split.stages.reduce((end, stage) => {
    if (end > 0) cuts.push(end);
    return end + stage.units.length;
  }, 0);
  const free = new Uint8Array(n);
  cuts.forEach((cut, k) => {
    // one unit between two cuts stays put: it keeps what happens at one cut from multiplying with what happens at the next
    const before = k === 0 ? 0 : ((cuts[k - 1]! + cut) >> 1) + 1;
    const after = k === cuts.length - 1 ? n : (cut + cuts[k + 1]!) >> 1;
    for (let p = Math.max(before, cut - reach); p < Math.min(after, cut + reach); p++) free[p] = 1;
  });
  const partOf = new Int32Array(n);
  const extra: { from: number[]; to: number[] } = { from: [], to: [] };
  let size = 0;
  let core = -1;
  let loose: number[] = [];
  for (let p = 0; p < n; p++) {
    if (free[p] === 1) {
      if (core >= 0) {
        extra.from.push(core);
        extra.to.push(size);
      }
      loose.push(size);
      partOf[order[p]!] = size++;
      continue;
    }
    if (p === 0 || free[p - 1] === 1) {
      for (const part of loose) {
        extra.from.push(part);
        extra.to.push(size);
      }
      loose = [];
      core = size++;
    }
    partOf[order[p]!] = core;
  }
  return { order, partOf, size, extra };
}

/**
 * Improves a contiguous split by moving all its cuts at once: around each cut the units are free, what lies between the cuts is contracted, and
 * the exact program is run on what results. Repeated until nothing moves. The result is valid on the full graph, because intervals of a
 * topological order can be contracted without closing a cycle.
 *
 * @param line topological order whose neighbourhoods are tried
 */
export function refine(units: Contraction, start: Split, line: Int32Array, control: Control, expired: () => boolean, offer: (split: Split) => void): Split {
  const position = new Int32Array(units.size);
  line.forEach((u, p) => (position[u] = p));
  let best = start;
  for (let r = 0; r < REACHES.length; ) {
    throwIfCancelled(control);
    if (expired() || best.stages.length < 2) break;
    const { partOf, size, extra } = aroundCuts(units, best, position, REACHES[r]!);
    const coarse = coarser(units, partOf, size, extra);
    const measure = workMeasure(coarse);
    const states = units.classes.reduce((product, cls) => product * (cls.count + 1), 1);
    const ideals = enumerateIdeals(coarse, measure, { ...STEP_BUDGET, count: Math.min(STEP_BUDGET.count, Math.floor(1e7 / states)) }, control);
    if (ideals === null) {
      r++;
      continue;
    }
    const { split } = solveIdeals(coarse, ideals, measure, best.value, control, expired);
    if (split === null) break;
    const members: number[][] = Array.from({ length: size }, () => []);
    partOf.forEach((part, u) => members[part]!.push(u));
    best = { value: split.value, stages: split.stages.map((stage) => ({ class: stage.class, units: stage.units.flatMap((part) => members[part]!) })) };
    offer(best);
  }
  return best;
}
