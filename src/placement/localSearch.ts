import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { looseBound } from './bounds';
import { evaluate } from './evaluate';
import { groupPlacement, NOWHERE } from './groupPlacement';
import type { PlacementProblem, Solution } from './problem';
import { uniform } from '../shared/uniform';

/** Random starts, as in the comparison of Tarnawski et al. (NeurIPS 2020, section 7). */
const RESTARTS = 10;

/** Moves that count: smaller changes are rounding. */
const LEAST_GAIN = 1e-9;

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
  const bound = looseBound(problem);
  let best: { assignment: Int32Array; value: number } | undefined;
  for (let restart = 0; restart < RESTARTS && (restart === 0 || !over()); restart++) {
    const found = climb(problem, uniform(restart + 1), over, control);
    if (found === null) continue;
    const { maxLoadSeconds, violations } = evaluate(problem, found, { requireContiguity: false });
    if (violations.length > 0) throw new Error(`the local search made an invalid placement: ${violations[0]}`);
    if (best !== undefined && maxLoadSeconds >= best.value) continue;
    best = { assignment: found, value: maxLoadSeconds };
    control.report({ phase: t('local search'), fraction: (restart + 1) / RESTARTS, incumbent: best.value, lowerBound: bound });
  }
  if (best === undefined) throw new UserError('placement', t('local search found no start that fits.'), t('Another method may: try {0}.', 'auto'));
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
  const s = groupPlacement(problem);
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
      s.move(g, d);
      if (s.fits(d)) return true;
      s.move(g, NOWHERE);
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
        s.move(g, to);
        const [a, b] = [s.load(from), s.load(to)];
        const others = sorted.find((d) => d !== from && d !== to);
        const most = Math.max(a, b, others === undefined ? 0 : loads[others]!);
        const squares = now.squares - loads[from]! ** 2 - loads[to]! ** 2 + a * a + b * b;
        const better = move === undefined ? isBetter({ most, squares }, now) : isBetter({ most, squares }, move);
        if (better && s.fits(to)) move = { g, to, most, squares };
        s.move(g, from);
      }
    }
    if (move === undefined || over()) return s.assignmentOf(s.at);
    s.move(move.g, move.to);
    for (const d of all) loads[d] = s.load(d);
    now = worthOf(loads);
  }
}

function isBetter(a: { readonly most: number; readonly squares: number }, b: { readonly most: number; readonly squares: number }): boolean {
  if (a.most < b.most * (1 - LEAST_GAIN)) return true;
  return a.most <= b.most * (1 + LEAST_GAIN) && a.squares < b.squares * (1 - LEAST_GAIN);
}
