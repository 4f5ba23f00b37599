import { t } from '@vscode/l10n';
import type { Highs } from 'highs';
import type { Control } from '../../shared/progress';
import { IntegerProgram } from '../../solver/integerProgram';
import type { DeviceClass } from '../problem';

/** What is packed: groups of operators, and how long each class takes for each of them. */
export interface Packing {
  readonly classes: readonly DeviceClass[];
  /** seconds[c][g]; Infinity where class c does not support group g */
  readonly seconds: readonly Float64Array[];
  readonly count: number;
}

/** Steps that a time limit is divided into. More steps prove more and take longer, in proportion. */
const STEPS = 20_000;
/** Prices are whole multiples of 1 / PRICE_UNIT of the largest: their sums are exact. */
const PRICE_UNIT = 1e6;
const MOST_ROUNDS = 400;

/**
 * Whether it is proven that the groups cannot be computed on the devices within `limit` seconds per device, transfers left out.
 *
 * The proof is a price for each group. If on no device of class c groups worth more than m[c] fit, all devices together hold at most
 * the sum of count[c] * m[c]; if all groups together are worth more, they do not fit. Prices are looked for by the linear program of the
 * packings known so far (the dual of Gilmore and Gomory's program for cutting stock, 1961), and m[c] is the optimum of a knapsack problem,
 * computed in whole numbers: times rounded down, so that more fits than really does. So nothing depends on tolerances of the linear program.
 * It sees what the average load does not: that five layers are too much for a device and four leave it idle.
 */
function tooShort(packing: Packing, limit: number, known: number[][][], highs: Highs, deadline: number, control: Control): boolean {
  const { classes, seconds, count } = packing;
  const size = classes.map((_, c) => Int32Array.from(seconds[c]!, (s) => (s <= limit ? Math.floor((s / limit) * STEPS * (1 - 1e-12)) : STEPS + 1)));
  const fits = (c: number, set: readonly number[]): boolean => set.reduce((sum, g) => sum + size[c]![g]!, 0) <= STEPS;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const seconds = (deadline - performance.now()) / 1000;
    if (seconds <= 0 || control.stopRequested?.() === true) return false;
    const program = new IntegerProgram();
    const price = Array.from({ length: count }, () => program.variable(0, 1, -1));
    const most = classes.map((cls) => program.variable(0, count, cls.count));
    classes.forEach((_, c) => {
      for (const set of known[c]!) if (fits(c, set)) program.atMost([...set.map((g) => [price[g]!, 1] as const), [most[c]!, -1]], 0);
    });
    const { values, objective } = program.minimise(highs, { seconds, relativeGap: 0, scale: 1, phase: t('packing bound') }, { ...control, report: () => undefined });
    if (!values || objective > -1e-7) return false;
    const prices = Int32Array.from(price, (v) => Math.max(0, Math.floor(values[v]! * PRICE_UNIT)));
    const total = prices.reduce((sum, p) => sum + p, 0);
    let held = 0;
    let fresh = false;
    classes.forEach((cls, c) => {
      if (cls.count === 0) return;
      const { worth, set } = knapsack(prices, size[c]!);
      held += cls.count * worth;
      if (worth <= values[most[c]!]! * PRICE_UNIT + 1) return;
      known[c]!.push(set);
      fresh = true;
    });
    if (held < total) return true;
    if (!fresh) return false;
  }
  return false;
}

/** The most valuable set of items within STEPS, by dynamic programming over sizes. Times: items x STEPS. */
function knapsack(prices: Int32Array, size: Int32Array): { worth: number; set: number[] } {
  const best = new Float64Array(STEPS + 1);
  const items = Array.from(prices.keys()).filter((g) => prices[g]! > 0 && size[g]! <= STEPS);
  const taken = items.map(() => new Uint8Array(STEPS + 1));
  items.forEach((g, i) => {
    const s = size[g]!, p = prices[g]!, take = taken[i]!;
    for (let room = STEPS; room >= s; room--) {
      const with_ = best[room - s]! + p;
      if (with_ > best[room]!) {
        best[room] = with_;
        take[room] = 1;
      }
    }
  });
  const set: number[] = [];
  for (let i = items.length - 1, room = STEPS; i >= 0; i--) {
    if (taken[i]![room] === 0) continue;
    set.push(items[i]!);
    room -= size[items[i]!]!;
  }
  return { worth: best[STEPS]!, set };
}

/** Groups above which the knapsacks take too long. */
const MOST_GROUPS = 1500;

/**
 * A value that the largest load of no placement is below, contiguous or not, whatever the transfers. Better than the average load where
 * groups are few or large.
 *
 * @param low a value already known to be a lower bound
 * @param high an upper bound; the result is not above it
 * @param seconds about how long it may take
 * @throws CancelledError if cancelled
 */
export function packingBound(packing: Packing, low: number, high: number, seconds: number, highs: Highs, control: Control): number {
  if (packing.count > MOST_GROUPS || high <= 0) return low;
  const deadline = performance.now() + seconds * 1000;
  const known: number[][][] = packing.classes.map(() => []);
  let proven = low, open = high;
  // From just below what is known upwards in gap: the first proof is often the last one needed.
  for (let gap = 1e-4; open - proven > 1e-5 * open && performance.now() < deadline && control.stopRequested?.() !== true; gap *= 4) {
    const limit = gap < 0.05 ? Math.max(high * (1 - gap), (proven + open) / 2) : (proven + open) / 2;
    if (tooShort(packing, limit, known, highs, deadline, control)) proven = limit;
    else open = limit;
  }
  return proven;
}
