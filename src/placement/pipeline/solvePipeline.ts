import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../../shared/progress';
import { UserError } from '../../shared/userError';
import { lowerBound, workBound } from '../bounds';
import { workMeasure } from '../capacity';
import { coarser, contract, type Contraction } from '../contract';
import { classOfDevices, firstDevices } from '../devices';
import { enumerateIdeals, type IdealBudget } from '../ideals';
import { checkStages, exhausted, InfeasibleError } from '../infeasible';
import { IMPROVEMENT } from '../linearized';
import { judge } from '../judge';
import { topologicalOrders } from '../orders';
import type { Placement, PlacementProblem, Solution } from '../problem';
import { aroundCuts, REACHES, STEP_BUDGET } from '../refine';
import { methods, solve, type SolveOptions } from '../solve';
import { flatten } from './flatten';
import type { PipelineRules } from './stageCost';
import { solveStages, type Floors, type PipelineSplit } from './stageProgram';
import { pipelineUnits } from './units';

export type PipelineObjective = 'throughput' | '1f1b' | 'gpipe';

export interface PipelineOptions extends SolveOptions {
  readonly objective: PipelineObjective;
  /** solves the plain problem by `auto`; `solve` if absent */
  readonly solvePlain?: (flat: PlacementProblem, seconds: number, control: Control) => Solution | Promise<Solution>;
}

/** Ideals that the exact program takes on if it is asked for by name, and as one step among others. */
const BUDGET: IdealBudget = { count: 200_000, bytes: 600e6 };
const AUTO_BUDGET: IdealBudget = { count: 50_000, bytes: 400e6 };

/** Parts of a topological order that the program over its prefixes cuts between: for a first plan, and for a good one. */
const COARSE_LINE = 200;
const FINE_LINE = 2_000;

/** Share of the time limit that the plain program may take for a start and a bound. */
const PLAIN_SHARE = 0.4;

interface Search {
  readonly problem: PlacementProblem;
  readonly objective: PipelineObjective;
  readonly units: Contraction;
  readonly rules: PipelineRules;
  readonly control: Control;
  readonly expired: () => boolean;
  floors: Floors;
  best: { readonly value: number; readonly stages: PipelineSplit['stages']; readonly placement: Placement } | null;
  bound: number;
  proof: string;
}

/** Micro-batches that a stage on `width` devices holds, of `behind` devices from it to the end: see `evaluate`. */
function inFlightRule({ training }: PlacementProblem, objective: PipelineObjective): PipelineRules['inFlight'] {
  if (training === undefined) return () => 0;
  const most = (width: number): number => Math.ceil(training.microBatches / width);
  if (objective === 'throughput') return () => 1;
  if (objective === 'gpipe') return most;
  return (width, behind) => Math.min(most(width), Math.ceil(behind / width));
}

/**
 * Finds contiguous placements with stages of several devices, with a derived backward pass, or for an objective that looks at both passes
 * apart. Starts from the plain problem (`flatten`), whose optimum bounds this one where every stage has one device; then programs over the prefixes
 * of topological orders; then the exact program over all ideals, or around the cuts where there are too many.
 *
 * @throws UserError if the method cannot take on the problem
 * @throws InfeasibleError if it is proven that no placement exists
 * @throws CancelledError if the control cancels
 */
export async function solvePipeline(problem: PlacementProblem, options: PipelineOptions, control: Control): Promise<Solution> {
  const started = performance.now();
  const { objective, method } = options;
  if (!(methods as readonly string[]).includes(method)) {
    throw new UserError('method', t("'{0}' does not know replicated stages, memory of micro-batches in flight, or GPipe.", method), t('Choose one of {0}.', methods.join(', ')));
  }
  const seconds = options.timeLimitSeconds ?? Infinity;
  const deadline = started + seconds * 1000;
  const most = problem.replication?.most ?? 1;
  const flat = flatten(problem);
  const stash = problem.training?.stashBytes;
  const inFlight = problem.training?.microBatches ?? 0;
  // what is certain to fit may be merged; what weighs when it is replicated may not
  const heaviest = stash === undefined ? flat : { ...flat, residentBytes: problem.residentBytes.map((bytes, v) => bytes + stash[v]! * inFlight) };
  const sharing = new Set(problem.sharedMemory.flatMap(({ operators }) => operators));
  const weighs = (v: number): boolean => most > 1 && ((problem.replication?.weightBytes[v] ?? 0) > 0 || sharing.has(v));
  const units = contract(heaviest, weighs);
  checkStages(problem, units);
  const search: Search = {
    problem, objective, units, control,
    rules: { value: objective === 'gpipe' ? 'passes' : 'sum', inFlight: inFlightRule(problem, objective), most, servers: problem.servers?.count ?? 1, syncBytesPerSecond: problem.replication?.bytesPerSecond ?? [] },
    expired: () => performance.now() > deadline || control.stopRequested?.() === true,
    floors: { first: 0, second: 0 },
    best: null,
    bound: most === 1 ? lowerBound(units) : workBound(units),
    proof: method === 'auto' ? 'linearized' : method,
  };
  if (units.size === 0) search.best = { value: 0, stages: [], placement: { assignment: new Int32Array(0), order: [] } };
  else await run(search, flat, options, Math.min(seconds, 1e6));
  if (search.best === null) {
    if (search.bound === Infinity) throw exhausted(problem);
    throw new UserError('placement', t("method '{0}' found no placement that fits.", method), t('Another method may: try {0} or {1}. Fewer micro-batches, or more devices, take less memory.', 'ideals', 'auto'));
  }
  const { value, placement } = search.best;
  const optimal = value <= search.bound * (1 + 1e-9);
  return {
    placement,
    certificate: { value, lowerBound: optimal ? value : search.bound, optimal, method: search.proof },
    solveSeconds: (performance.now() - started) / 1000,
  };
}

async function run(search: Search, flat: PlacementProblem, options: PipelineOptions, seconds: number): Promise<void> {
  const { method, solvePlain = (problem, limit, quiet) => solve(problem, { objective: 'throughput', method: 'auto', timeLimitSeconds: limit }, quiet) } = options;
  switch (method) {
    case 'one-device':
    case 'greedy':
    case 'pipedream':
      return plain(search, solve(flat, { objective: 'throughput', method, timeLimitSeconds: seconds }, quietly(search.control)));
    case 'linearized':
      return lines(search, FINE_LINE);
    case 'ideals':
      bounds(search, seconds * PLAIN_SHARE);
      lines(search, COARSE_LINE);
      lattice(search, false);
      return;
    default:
      lines(search, COARSE_LINE, 1);
      bounds(search, seconds * PLAIN_SHARE);
      await start(search, () => solvePlain(flat, seconds * PLAIN_SHARE, quietly(search.control)));
      if (settled(search)) return;
      lines(search, COARSE_LINE);
      if (settled(search) || search.expired()) return;
      if (method === 'auto' && lattice(search, true)) return;
      lines(search, FINE_LINE, 2);
      if (search.proof === 'linearized' || method === 'coarsened') search.proof = 'coarsened';
      refine(search);
  }
}

const settled = ({ best, bound }: Search): boolean => best !== null && best.value <= bound * (1 + 1e-9);

/** A split as a placement, judged by the evaluator; kept if it is valid and better. */
function offer(search: Search, stages: PipelineSplit['stages'], phase: string, claimed?: number): void {
  const { problem, units, objective, control } = search;
  const placement = placed(problem, units, stages);
  const { value, violations } = judge(problem, placement, objective);
  if (claimed !== undefined) {
    if (violations.length > 0) throw new Error(`the solver made an invalid placement: ${violations[0]}`);
    // with several servers the program's value may be too low, never too high: see solveStages
    if (value < claimed * (1 - 1e-9) || (problem.servers === undefined && value > claimed * (1 + 1e-9))) throw new Error(`the solver computed ${claimed}, the evaluator ${value}`);
  }
  if (violations.length > 0 || (search.best !== null && value >= search.best.value)) return;
  search.best = { value, stages, placement };
  control.report({ phase, incumbent: value, lowerBound: Math.min(search.bound, value) });
}

function placed(problem: PlacementProblem, units: Contraction, stages: PipelineSplit['stages']): Placement {
  const first = firstDevices(problem.classes);
  const next = [...first];
  const servers = problem.servers?.count ?? 1;
  const deviceOf = new Int32Array(units.size).fill(-1);
  const order: number[] = [];
  for (const stage of stages) {
    // the first device of the stage's server, or the next one in it
    const device = Math.max(next[stage.class]!, first[stage.class]! + (stage.server ?? 0) * (problem.classes[stage.class]!.count / servers));
    next[stage.class] = device + stage.width;
    order.push(device);
    for (const u of stage.units) deviceOf[u] = device;
  }
  const assignment = units.unitOf.map((u) => deviceOf[u]!);
  const replicas = stages.map(({ width }) => width);
  return replicas.some((width) => width > 1) ? { assignment, order, replicas } : { assignment, order };
}

/** Tells how the plain problem goes, not its values: they are those of another objective. */
const quietly = (control: Control): Control => ({ ...control, report: ({ phase, fraction }) => control.report({ phase, ...(fraction !== undefined && { fraction }) }) });

/** What the plain problem says of this one: a start, and a bound where its placements are all there are. */
function plain(search: Search, { placement, certificate }: Solution): void {
  const { problem, units, rules } = search;
  const classOf = classOfDevices(problem.classes);
  const byDevice = new Map(placement.order.map((device) => [device, [] as number[]]));
  const seen = new Uint8Array(units.size);
  units.unitOf.forEach((u, v) => {
    if (seen[u] === 0) byDevice.get(placement.assignment[v]!)!.push(u);
    seen[u] = 1;
  });
  if (rules.most === 1) {
    search.bound = Math.max(search.bound, certificate.lowerBound);
    if (search.proof === 'linearized') search.proof = certificate.method;
  }
  const stages = inTurn(problem, placement.order.map((device) => ({ class: classOf[device]!, width: 1, units: byDevice.get(device)! })));
  if (stages !== null) offer(search, stages, t('plain problem'));
}

/** The stages with servers filled one after the other; null if there are not enough. */
function inTurn(problem: PlacementProblem, stages: PipelineSplit['stages']): PipelineSplit['stages'] | null {
  const servers = problem.servers?.count ?? 1;
  if (servers === 1) return stages;
  let server = 0;
  let used = problem.classes.map(() => 0);
  const placed = stages.map((stage) => {
    if (used[stage.class]! + stage.width > problem.classes[stage.class]!.count / servers) {
      server++;
      used = used.map(() => 0);
    }
    used[stage.class]! += stage.width;
    return { ...stage, server };
  });
  return server < servers ? placed : null;
}

/** The plain problem as a first step: where it finds nothing, nothing is lost, unless it proves that there is nothing. */
async function start(search: Search, solution: () => Solution | Promise<Solution>): Promise<void> {
  try {
    plain(search, await solution());
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof InfeasibleError) throw error;
  }
}

/** GPipe's value is at least the best forward and the best backward load together, each looked at by itself. */
function bounds(search: Search, seconds: number): void {
  const { problem, objective, rules, control } = search;
  if (objective !== 'gpipe') return;
  const of = (pass: 'forward' | 'backward'): number => {
    const alone = flatten(problem, pass);
    if (rules.most > 1) return workBound(contract(alone));
    return solve(alone, { objective: 'throughput', method: 'auto', timeLimitSeconds: seconds / 2 }, { ...control, report: () => undefined }).certificate.lowerBound;
  };
  const [first, second] = [of('forward'), of('backward')];
  search.floors = { first: first * (1 - 1e-12), second: second * (1 - 1e-12) };
  search.bound = Math.max(search.bound, (first + second) * (1 - 1e-12));
}

/** How a run on a contraction ended, and what no split of the contraction is below if it was finished. */
interface Outcome {
  readonly kind: 'none' | 'better' | 'too many' | 'unfinished';
  readonly value: number;
}

/** The program on a contraction of the units: parts numbered in an order that allows all arcs. */
function program(search: Search, partOf: Int32Array, size: number, extra: { from: number[]; to: number[] }, budget: IdealBudget, phase: string): Outcome {
  const { problem, units, rules, control, expired } = search;
  const coarse = coarser(units, partOf, size, extra);
  const measure = workMeasure(coarse);
  const ideals = enumerateIdeals(coarse, measure, budget, control);
  if (ideals === null) return { kind: 'too many', value: Infinity };
  const upper = search.best?.value ?? Infinity;
  const { split, complete } = solveStages(pipelineUnits(problem, coarse), ideals, measure, rules, search.floors, upper, control, expired);
  if (split !== null) {
    const members: number[][] = Array.from({ length: size }, () => []);
    partOf.forEach((part, u) => members[part]!.push(u));
    offer(search, split.stages.map((stage) => ({ ...stage, units: stage.units.flatMap((part) => members[part]!) })), phase, split.value);
  }
  // without a better split the bound that was given stands, as far as there was one
  const value = split?.value ?? upper;
  return { kind: !complete ? 'unfinished' : split === null ? 'none' : 'better', value };
}

/** The program over the prefixes of topological orders, neighbours in the order joined where there are more units than parts. */
function lines(search: Search, parts: number, most = Infinity): void {
  const { units, control } = search;
  const { work, total } = workMeasure(units);
  const pinned = (u: number): boolean => (units.requiredStage?.[u] ?? -1) >= 0;
  let tried = 0;
  for (const order of topologicalOrders(units)) {
    throwIfCancelled(control);
    if (tried++ >= most || settled(search) || (search.best !== null && search.expired())) return;
    const partOf = new Int32Array(units.size);
    let size = 0;
    let done = 0;
    order.forEach((u, p) => {
      // a part is closed once it has its share of the work, or while there are parts enough for the units left
      const share = total * ((size + 1) / parts);
      // what must be in a stage stays by itself: beside other units it may be where its stage cannot be
      const alone = pinned(u) || (p > 0 && pinned(order[p - 1]!));
      if (p > 0 && (units.size <= parts || done >= share || alone)) size++;
      partOf[u] = size;
      done += work[u]!;
    });
    size++;
    const chain = Array.from({ length: size - 1 }, (_, part) => part);
    program(search, partOf, size, { from: chain, to: chain.map((part) => part + 1) }, BUDGET, t('linearised program'));
  }
}

/** The exact program. @returns whether there is no more to be done */
function lattice(search: Search, giveWay: boolean): boolean {
  const { units } = search;
  search.control.report({ phase: t('enumerating ideals'), lowerBound: search.bound, ...(search.best && { incumbent: search.best.value }) });
  const each = Int32Array.from({ length: units.size }, (_, u) => u);
  const outcome = program(search, each, units.size, { from: [], to: [] }, giveWay ? AUTO_BUDGET : BUDGET, t('program over ideals'));
  if (outcome.kind === 'too many') {
    if (giveWay) return false;
    throw new UserError('placement', t('the graph has more than {0} ideals, or they need too much memory.', BUDGET.count.toLocaleString('en-US')), t("Use method '{0}'.", 'auto'));
  }
  if (outcome.kind === 'unfinished') return true;
  search.bound = outcome.value;
  search.proof = 'ideals';
  return true;
}

/** Moves all cuts at once, as `refine` does for plain problems. */
function refine(search: Search): void {
  const { units, control } = search;
  const position = Int32Array.from({ length: units.size }, (_, u) => u);
  for (let r = 0; r < REACHES.length; ) {
    throwIfCancelled(control);
    if (settled(search) || search.expired() || search.best === null || search.best.stages.length < 2) return;
    const before = search.best.value;
    const { partOf, size, extra } = aroundCuts(units, search.best, position, REACHES[r]!);
    const outcome = program(search, partOf, size, extra, STEP_BUDGET, t('moving cuts'));
    if (outcome.kind === 'too many') r++;
    else if (outcome.kind !== 'better' || search.best.value > before * (1 - IMPROVEMENT)) return;
  }
}
