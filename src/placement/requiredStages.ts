import type { Ideals } from './ideals';

/**
 * Stages that operators must be in. A split is a chain of ideals, and ideal i can lie at its boundary p (behind stage p - 1, before stage p) exactly if all that it
 * holds is required in stages before p, and all that it leaves out in stages from p on. A stage between two boundaries that are allowed keeps
 * every requirement, so the programs need to know no more than which boundaries an ideal can be.
 */

/** The stage of a part that holds units of different stages: no pipeline has it. */
export const UNREACHABLE = 1 << 30;

/** The required stage of each part of a partition; -1 where none of it has one. */
export function requiredOfParts(required: Int32Array, partOf: Int32Array, size: number): Int32Array {
  const of = new Int32Array(size).fill(-1);
  required.forEach((stage, u) => {
    if (stage < 0) return;
    const part = partOf[u]!;
    of[part] = of[part] === -1 || of[part] === stage ? stage : UNREACHABLE;
  });
  return of;
}

/** Units that must be in a stage, by stage. */
const required = (stages: Int32Array): { readonly unit: number; readonly stage: number }[] =>
  [...stages].flatMap((stage, unit) => (stage < 0 ? [] : [{ unit, stage }])).sort((a, b) => a.stage - b.stage);

/** Which boundaries each ideal can be: `from[i]` to `to[i]`, both included. */
export interface Boundaries {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** @returns null where no unit must be in a stage */
export function boundariesOf({ count, words, bits }: Ideals, stages: Int32Array | undefined): Boundaries | null {
  const all = stages === undefined ? [] : required(stages);
  if (all.length === 0) return null;
  const from = new Int32Array(count);
  const to = new Int32Array(count).fill(UNREACHABLE);
  for (let i = 0; i < count; i++) {
    for (const { unit, stage } of all) {
      if (((bits[i * words + (unit >> 5)]! >>> (unit & 31)) & 1) === 1) from[i] = Math.max(from[i]!, stage + 1);
      else to[i] = Math.min(to[i]!, stage);
    }
  }
  return { from, to };
}

/** Where along an order each boundary can lie: boundary p between positions `first[p]` and `last[p]`, no stage left empty. */
export interface LineBoundaries {
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** position behind the last unit that must be in a stage */
  readonly free: number;
}

/** @param most stages that there can be. @returns null where no unit must be in a stage */
export function lineBoundaries(stages: Int32Array | undefined, order: Int32Array, most: number): LineBoundaries | null {
  if (stages?.some((stage) => stage >= 0) !== true) return null;
  const n = order.length;
  const first = new Int32Array(most + 1);
  const last = new Int32Array(most + 1).fill(n);
  let free = 0;
  order.forEach((u, p) => {
    const stage = stages[u]!;
    if (stage < 0) return;
    free = p + 1;
    for (let k = stage + 1; k <= most; k++) first[k] = Math.max(first[k]!, p + 1);
    for (let k = 0; k <= Math.min(stage, most); k++) last[k] = Math.min(last[k]!, p);
  });
  for (let k = 1; k <= most; k++) first[k] = Math.max(first[k]!, Math.min(n, first[k - 1]! + 1));
  for (let k = most - 1; k >= 0; k--) if (last[k + 1]! < n) last[k] = Math.min(last[k]!, last[k + 1]! - 1);
  return { first, last, free };
}
