import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../../shared/progress';
import { evaluate } from '../evaluate';
import { groupPlacement } from '../groupPlacement';
import type { PlacementProblem } from '../problem';
import { uniform } from '../../shared/uniform';

/** Moves that are tried; one or two microseconds each. */
const MOVES = 30_000_000;
/** Moves between two looks at the control and the clock. */
const LOOK_EVERY = 4096;
/** Share of the value that a move may cost with probability 1/e, at first and at last. */
const WARM = 1e-2, COLD = 3e-5;
/** The same at first for a placement that is good already: it keeps what crosses between devices, which a warm start loses. */
export const COOL = 1e-4;
/** Of the mean that falls: high enough to be about the busiest device, low enough to see the others. */
const POWER = 32;
/** Groups that one move may take along, and with which probability another one goes along. */
const MOST_TOGETHER = 32, ANOTHER = 0.85;

/**
 * Simulated annealing over placements that need not be contiguous. A move takes a group of operators to another device, with some of its neighbours
 * there: what is between two small values can so be moved at once, where each step of the way would cost a large transfer. Some moves bring a group
 * back in exchange. What falls is the 32nd-power mean of the loads, so that it sees more than the busiest device. Memory is respected throughout.
 *
 * @param start a valid placement, contiguous or not; the result is valid and no worse
 * @param seconds it ends after about this long, if not before
 * @param seed another one gives another way through the placements
 * @param warm share of the value that a move may cost at first; less stays near the start
 * @throws CancelledError if cancelled
 */
export function anneal(problem: PlacementProblem, start: Int32Array, seconds: number, control: Control, seed = 1, warm = WARM): Int32Array {
  const value = evaluate(problem, start, { requireContiguity: false }).maxLoadSeconds;
  const { count, devices, at, move, load, fits, supports, neighbours: neighboursOf, assignmentOf } = groupPlacement(problem, start);
  if (devices < 2 || count < 2 || value === 0) return start;

  /** The loads to the 32nd power, added up. */
  const energy = (): number => {
    let sum = 0;
    for (let d = 0; d < devices; d++) {
      const x = load(d) / value;
      const x4 = x * x * x * x;
      const x16 = x4 * x4 * x4 * x4;
      sum += x16 * x16;
    }
    return sum;
  };
  const largest = (): number => {
    let most = 0;
    for (let d = 0; d < devices; d++) most = Math.max(most, load(d));
    return most;
  };

  const next = uniform(seed);
  const below = (k: number): number => Math.floor(next() * k);
  const neighbours = neighboursOf();
  /** The groups that go along with the first one of `together`. */
  const together = new Int32Array(MOST_TOGETHER);
  const gather = (from: number): number => {
    let size = 1;
    while (size < MOST_TOGETHER && next() < ANOTHER) {
      const near = neighbours[together[below(size)]!]!;
      if (near.length === 0) continue;
      const g = near[below(near.length)]!;
      if (at[g] === from && !together.subarray(0, size).includes(g)) together[size++] = g;
    }
    return size;
  };
  let best = at.slice(), bestValue = value, now = energy();
  const begun = performance.now();
  let exponent = 0;
  for (let step = 0; step < MOVES; step++) {
    if (step % LOOK_EVERY === 0) {
      throwIfCancelled(control);
      // cooled by what runs out first, so that it is cold at the end on any machine
      const fraction = Math.max(step / MOVES, (performance.now() - begun) / (seconds * 1000));
      if (fraction > 1 || control.stopRequested?.() === true) break;
      exponent = 1 / (POWER * warm * (COLD / warm) ** fraction);
      control.report({ phase: t('annealing'), fraction, incumbent: bestValue });
    }
    const g = below(count), from = at[g]!, kind = next(), near = neighbours[g]!;
    const other = kind < 0.3 ? below(count) : -1;
    const to = other >= 0 ? at[other]! : kind < 0.7 && near.length > 0 ? at[near[below(near.length)]!]! : below(devices);
    if (to === from || (other >= 0 && !supports(other, from))) continue;
    together[0] = g;
    const size = gather(from);
    let able = true;
    for (let i = 0; i < size; i++) able &&= supports(together[i]!, to);
    if (!able) continue;
    for (let i = 0; i < size; i++) move(together[i]!, to);
    if (other >= 0) move(other, from);
    const then = energy();
    const accepted = (then <= now || next() < (now / then) ** exponent) && fits(to) && (other < 0 || fits(from));
    if (!accepted) {
      if (other >= 0) move(other, to);
      for (let i = size - 1; i >= 0; i--) move(together[i]!, from);
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
  const found = assignmentOf(best);
  const { violations, maxLoadSeconds } = evaluate(problem, found, { requireContiguity: false });
  return violations.length === 0 && maxLoadSeconds < value ? found : start;
}
