import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { contractBlocks, oneDevice } from './baselines';
import { lowerBound } from './bounds';
import { workMeasure } from './capacity';
import { contract, type Contraction } from './contract';
import { cutBound, cutReach } from './cutBound';
import { firstDevices } from './devices';
import { evaluate } from './evaluate';
import { solveIdeals } from './idealProgram';
import { enumerateIdeals, type IdealBudget } from './ideals';
import { checkFeasible, exhausted } from './infeasible';
import { fillGreedily, IMPROVEMENT, solveLine } from './linearized';
import { topologicalOrders } from './orders';
import { refine } from './refine';
import type { Objective, PlacementProblem, Solution } from './problem';
import type { Split } from './stages';

export interface SolveOptions {
  readonly objective: Objective;
  /** one of `methods` */
  readonly method: string;
  /** after this many seconds the best placement so far is returned, with the bound that is proven by then; absent: no limit */
  readonly timeLimitSeconds?: number;
  /** latency: most subgraphs that an accelerator runs one after the other; 1 if absent */
  readonly slots?: number;
}

/** Names that `solve` understands. */
export const methods = ['auto', 'ideals', 'coarsened', 'linearized', 'pipedream', 'greedy', 'one-device'] as const;

/** Ideals that the exact program takes on; beyond, the graph is coarsened. */
const BUDGET: IdealBudget = { count: 400_000, bytes: 600e6 };

/** The same where there is another way: what it takes is worth it only while it is a matter of seconds. */
const AUTO_BUDGET: IdealBudget = { count: 150_000, bytes: 400e6 };

/** Entries that the program's table, ideals times ways to have used devices, may have. */
const TABLE_LIMIT = 3e7;

const budgetFor = (problem: PlacementProblem, { count, bytes }: IdealBudget): IdealBudget => ({
  count: Math.min(count, Math.floor(TABLE_LIMIT / problem.classes.reduce((states, cls) => states * (cls.count + 1), 1))),
  bytes,
});

/** What a method works with and improves. */
interface Search {
  readonly problem: PlacementProblem;
  readonly units: Contraction;
  readonly control: Control;
  readonly expired: () => boolean;
  best: Split | null;
  bound: number;
  proof: string;
}

/**
 * Finds a placement and says how good it is.
 *
 * @throws UserError if the method is unknown, or cannot take on the problem
 * @throws InfeasibleError if it is proven that no placement exists
 * @throws CancelledError if the control cancels
 */
export function solve(problem: PlacementProblem, options: SolveOptions, control: Control): Solution {
  const started = performance.now();
  if (!(methods as readonly string[]).includes(options.method)) {
    throw new UserError('method', t("'{0}' is not known.", options.method), t('Choose one of {0}.', methods.join(', ')));
  }
  control.report({ phase: t('preparing') });
  const units = contract(problem);
  checkFeasible(problem, units);
  const deadline = started + (options.timeLimitSeconds ?? Infinity) * 1000;
  const search: Search = { problem, units, control, expired: () => performance.now() > deadline || control.stopRequested?.() === true, best: null, bound: lowerBound(units), proof: options.method === 'auto' ? 'linearized' : options.method };
  if (units.size === 0) search.best = { value: 0, stages: [] };
  else run(search, options.method);
  if (search.best === null) {
    throw new UserError('placement', t("method '{0}' found no placement that fits.", options.method), t('Another method may: try {0} or {1}.', 'ideals', 'auto'));
  }
  return certified(search, performance.now() - started);
}

function run(search: Search, method: string): void {
  const { units, control } = search;
  switch (method) {
    case 'one-device':
      return offer(search, oneDevice(units), method);
    case 'greedy': {
      const [order] = topologicalOrders(units);
      return offer(search, fillGreedily(units, order!), method);
    }
    case 'pipedream': {
      const { coarse, members } = contractBlocks(units);
      const line = Int32Array.from({ length: coarse.size }, (_, part) => part);
      const split = solveLine(coarse, line, Infinity, control);
      if (split === null) return;
      return offer(search, { ...split, stages: split.stages.map((s) => ({ ...s, units: s.units.flatMap((part) => members[part]!) })) }, method);
    }
    case 'linearized':
      linearized(search, Infinity);
      search.bound = cutBound(units, search.bound);
      return;
    case 'coarsened':
      return coarsened(search);
    case 'ideals':
      ideals(search, false);
      return;
    default:
      if (!ideals(search, true)) coarsened(search);
      return;
  }
}

/** Keeps a split if it is better, and tells. */
function offer(search: Search, split: Split | null, phase: string): void {
  if (split === null || (search.best !== null && split.value >= search.best.value)) return;
  search.best = split;
  search.control.report({ phase, incumbent: split.value, lowerBound: Math.min(search.bound, split.value) });
}

const settled = (search: Search): boolean => search.best !== null && search.best.value <= search.bound * (1 + IMPROVEMENT);

/** The linearised program over several orders. */
function linearized(search: Search, seconds: number): void {
  const begin = performance.now();
  for (const order of topologicalOrders(search.units)) {
    throwIfCancelled(search.control);
    offer(search, solveLine(search.units, order, search.best?.value ?? Infinity, search.control), t('linearised program'));
    if (settled(search) || search.expired() || performance.now() - begin > seconds * 1000) break;
  }
}

/**
 * The exact program over ideals.
 * @param giveWay true: leave graphs with too many ideals alone instead of throwing
 * @returns whether there is no more to be done
 */
function ideals(search: Search, giveWay: boolean): boolean {
  linearized(search, giveWay ? 0.5 : Infinity);
  if (settled(search) || search.expired()) return true;
  search.control.report({ phase: t('enumerating ideals'), ...progressOf(search) });
  const measure = workMeasure(search.units);
  const all = enumerateIdeals(search.units, measure, budgetFor(search.problem, giveWay ? AUTO_BUDGET : BUDGET), search.control);
  if (all === null) {
    if (giveWay) return false;
    throw new UserError('placement', t('the graph has more than {0} ideals, or they need too much memory.', BUDGET.count.toLocaleString('en-US')), t("Use method '{0}'.", 'auto'));
  }
  const reachable = cutReach(search.units, measure);
  search.bound = cutBound(search.units, search.bound, reachable);
  const { split, complete } = solveIdeals(search.units, all, measure, search.best?.value ?? Infinity, search.control, search.expired, reachable);
  offer(search, split, t('program over ideals'));
  if (!complete) return true;
  if (search.best === null) throw exhausted(search.problem);
  search.bound = search.best.value;
  search.proof = 'ideals';
  return true;
}

/** Splits of several orders, each improved around its cuts by the exact program on a contracted graph. */
function coarsened(search: Search): void {
  const { units, control, expired } = search;
  search.proof = 'coarsened';
  search.bound = cutBound(units, search.bound);
  let tried = 0;
  for (const order of topologicalOrders(units)) {
    throwIfCancelled(control);
    if (settled(search) || (tried > 0 && expired())) return;
    tried++;
    const split = solveLine(units, order, Infinity, control);
    if (split === null) continue;
    offer(search, split, t('linearised program'));
    // a start far behind the best seldom overtakes it
    if (split.value > search.best!.value * 1.1) continue;
    refine(units, split, order, control, expired, (better) => offer(search, better, t('moving cuts')));
  }
}

const progressOf = (search: Search): { incumbent?: number; lowerBound: number } => ({
  lowerBound: search.bound,
  ...(search.best === null ? {} : { incumbent: search.best.value }),
});

/** Turns the best split into a placement, has it judged by the evaluator, and states what is known of it. */
function certified(search: Search, milliseconds: number): Solution {
  const { problem, units } = search;
  const next = firstDevices(problem.classes);
  const deviceOf = new Int32Array(units.size).fill(-1);
  const order: number[] = [];
  for (const stage of search.best!.stages) {
    const device = next[stage.class]!++;
    order.push(device);
    for (const u of stage.units) deviceOf[u] = device;
  }
  const assignment = units.unitOf.map((u) => deviceOf[u]!);
  const { maxLoadSeconds: value, violations } = evaluate(problem, assignment, { order });
  if (violations.length > 0) throw new Error(`the solver made an invalid placement: ${violations[0]}`);
  if (Math.abs(value - search.best!.value) > 1e-9 * value) throw new Error(`the solver computed ${search.best!.value}, the evaluator ${value}`);
  const optimal = value <= search.bound * (1 + 1e-9);
  return {
    placement: { assignment, order },
    certificate: { value, lowerBound: optimal ? value : Math.min(search.bound, value), optimal, method: search.proof },
    solveSeconds: milliseconds / 1000,
  };
}
