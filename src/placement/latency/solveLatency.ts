import { t } from '@vscode/l10n';
import { depthFirstOrder, reversed } from '../digraph';
import type { Certificate, PlacementProblem } from '../problem';
import type { Control } from '../../shared/progress';
import { CancelledError, UserError } from '../../shared/userError';
import { evaluateLatency } from './evaluateLatency';
import { greedyLatency } from './greedyLatency';
import { allIdeals, latencyModel, prefixes, type LatencyModel } from './latencyModel';
import { checkSlots, HOST, latencyRoles, type LatencySplit } from './latencyProblem';
import { searchIdeals, type SearchResult } from './searchIdeals';

export const latencyMethods = ['auto', 'ideals', 'linearized', 'greedy'] as const;
export type LatencyMethod = (typeof latencyMethods)[number];

export interface LatencyOptions {
  /** most subgraphs an accelerator runs one after the other; 1 if absent */
  readonly slots?: number;
  /** 120 if absent. Kept within a second or so; the best split and bound known then are returned */
  readonly timeLimitSeconds?: number;
  /** 'auto' (default) and 'ideals': exact over all ideals, started from the others; 'linearized': over several linear orders, nearly exact for those; 'greedy' */
  readonly method?: LatencyMethod;
  /** a split to start from, for example the latency of the split with the best throughput */
  readonly start?: LatencySplit;
}

export interface LatencySolution {
  readonly split: LatencySplit;
  /** value and bound in seconds of one sample; `method` names what found the value */
  readonly certificate: Certificate;
  /** wall time of the solve */
  readonly solveSeconds: number;
}

/** Most ideals the exact search enumerates. */
const MOST_IDEALS = 60_000;
/** Labels of an ideal that the search of linear orders goes on from. */
const BEAM = 200;
/** The same of the quick pass over all ideals. */
const NARROW = 2;

/**
 * The split with the least latency of one sample (model: evaluateLatency). Exact where the ideals of the graph are few enough to walk
 * within the time limit; otherwise the best split found, with a lower bound that holds for every split. Cancelling returns the best
 * split known, or throws if there is none yet.
 * @throws UserError if the classes do not fit the model, or nothing valid exists (or was found)
 * @throws CancelledError if cancelled before any split was found
 */
export function solveLatency(problem: PlacementProblem, options: LatencyOptions, control: Control): LatencySolution {
  const begun = performance.now();
  const slots = options.slots ?? 1;
  checkSlots(slots);
  const method = options.method ?? 'auto';
  const deadline = begun + (options.timeLimitSeconds ?? 120) * 1000;
  const model = latencyModel(problem, slots);
  let best: { split: LatencySplit; value: number; method: string } | undefined;
  let lowerBound = model.criticalSeconds;
  const offer = (split: LatencySplit, by: string): void => {
    const { latencySeconds, violations } = evaluateLatency(problem, split);
    if (violations.length > 0 || latencySeconds >= (best?.value ?? Infinity)) return;
    best = { split, value: latencySeconds, method: by };
    control.report({ phase: t({ message: 'latency, {0}', args: [by], comment: 'The search for the plan of the least latency, and the method that is at work' }), incumbent: latencySeconds, lowerBound });
  };
  const search = (result: SearchResult, by: string): void => {
    if (result.pieces !== undefined) offer(splitOf(model, result.pieces), by);
  };

  if (options.start !== undefined && options.start.slotsPerAccelerator === slots) offer(options.start, 'start');
  offer(greedyLatency(problem, slots), 'greedy');
  if (slots > 1 && method !== 'greedy' && !control.cancelled()) {
    // what one slot each can do, several can
    try {
      const { split, certificate } = solveLatency(problem, { slots: 1, timeLimitSeconds: (deadline - begun) / 4000, method }, control);
      offer({ slotOf: split.slotOf.map((s) => (s === HOST ? HOST : s * slots)), slotsPerAccelerator: slots }, certificate.method);
    } catch (error) {
      if (!(error instanceof UserError) && !(error instanceof CancelledError)) throw error;
    }
  }
  offer({ slotOf: new Int32Array(problem.labels.length).fill(HOST), slotsPerAccelerator: slots }, 'host');
  if (method !== 'greedy') {
    const back = reversed(model.units.order);
    const orders: (() => Int32Array)[] = [
      () => Int32Array.from({ length: model.units.size }, (_, u) => u),
      () => depthFirstOrder(back, (u) => -u).reverse(),
      () => depthFirstOrder(back, (u) => u).reverse(),
      () => depthFirstOrder(model.units.order, (u) => -u),
    ];
    // half the time at most, so that the search over all ideals gets its share
    const until = begun + (deadline - begun) / 2;
    for (const order of orders) {
      if (control.cancelled() || performance.now() > until) break;
      search(searchIdeals(model, prefixes(model, order()), best?.value ?? Infinity, until, control, BEAM), 'linearized');
    }
  }
  if ((method === 'auto' || method === 'ideals') && !control.cancelled()) {
    const lattice = ideals(model, control);
    if (lattice !== null) {
      // a quick pass first: the better the value to beat, the less there is to look at
      const half = performance.now() + (deadline - performance.now()) / 4;
      search(searchIdeals(model, lattice, best?.value ?? Infinity, half, control, NARROW), 'ideals');
      const result = searchIdeals(model, lattice, best?.value ?? Infinity, deadline, control);
      search(result, 'ideals');
      lowerBound = Math.max(lowerBound, result.lowerBound);
      if (result.complete && result.value === Infinity) lowerBound = Infinity;
    }
  }
  if (best === undefined) {
    if (control.cancelled()) throw new CancelledError();
    const why = lowerBound === Infinity ? t('no split fits the memory of the accelerators and what each class supports.') : t('no valid split was found.');
    throw new UserError('latency of one sample', why, t('Give more accelerators, more memory, or more time.'));
  }
  // the search adds in another order than the evaluator does
  if (lowerBound > best.value * (1 - 1e-9)) lowerBound = best.value;
  return {
    split: best.split,
    certificate: { value: best.value, lowerBound, optimal: lowerBound === best.value, method: best.method },
    solveSeconds: (performance.now() - begun) / 1000,
  };
}

/** All ideals; null if they are too many or the work was cancelled meanwhile. */
function ideals(model: LatencyModel, control: Control): ReturnType<typeof allIdeals> {
  try {
    return allIdeals(model, MOST_IDEALS, control);
  } catch (error) {
    if (error instanceof CancelledError) return null;
    throw error;
  }
}

function splitOf(model: LatencyModel, pieces: NonNullable<SearchResult['pieces']>): LatencySplit {
  const slotOf = new Int32Array(model.problem.labels.length).fill(HOST);
  const next = new Int32Array(model.accelerators);
  for (const { units, accelerator } of pieces) {
    if (accelerator < 0) continue;
    const slot = accelerator * model.slotsPerAccelerator + next[accelerator]!++;
    for (const u of units) for (const v of model.units.members[u]!) slotOf[v] = slot;
  }
  return { slotOf, slotsPerAccelerator: model.slotsPerAccelerator };
}

/**
 * The split that a placement makes: each accelerator runs all it holds in one slot, the other devices are processors of the host. The
 * placement with the least largest load is a baseline for latency.
 * @param assignment operator -> device, devices numbered class by class
 */
export function splitOfPlacement(problem: PlacementProblem, assignment: Int32Array, slotsPerAccelerator = 1): LatencySplit {
  const { accelerator } = latencyRoles(problem);
  let first = 0;
  for (let c = 0; c < accelerator; c++) first += problem.classes[c]!.count;
  const { count } = problem.classes[accelerator]!;
  return { slotOf: assignment.map((d) => (d >= first && d < first + count ? (d - first) * slotsPerAccelerator : HOST)), slotsPerAccelerator };
}
