import { throwIfCancelled, type Control } from '../../shared/progress';
import { evaluate } from '../evaluate';
import { groupPlacement } from '../groupPlacement';
import type { PlacementProblem } from '../problem';
import { uniform } from '../uniform';

/** Moves that are tried; about a microsecond each. */
const MOVES = 30_000_000;
/** Moves between two looks at the control and the clock. */
const LOOK_EVERY = 4096;
/** Share of the value that a move may cost with probability 1/e, at first and at last. */
const WARM = 1e-2, COLD = 1e-4;
/** The same at first for a placement that was annealed before. */
export const LUKEWARM = 1e-3;

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
  const value = evaluate(problem, start, { requireContiguity: false }).maxLoadSeconds;
  const { count, devices, at, move, load, fits, supports, neighbours: neighboursOf, assignmentOf } = groupPlacement(problem, start);
  if (devices < 2 || count < 2 || value === 0) return start;

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
  const neighbours = neighboursOf();
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
    if (to === from || !supports(g, to) || (other >= 0 && !supports(other, from))) continue;
    move(g, to);
    if (other >= 0) move(other, from);
    const then = mean();
    const accepted = (then <= now || next() < Math.exp((now - then) / (temperature * now))) && fits(to) && (other < 0 || fits(from));
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
  const found = assignmentOf(best);
  const { violations, maxLoadSeconds } = evaluate(problem, found, { requireContiguity: false });
  return violations.length === 0 && maxLoadSeconds < value ? found : start;
}
