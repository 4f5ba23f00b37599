import { t } from '@vscode/l10n';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { loadHighs } from '../solver/loadHighs';
import { evaluate } from './evaluate';
import { arrangementCount, solveAssignment, solveOrdered } from './integer/solveInteger';
import type { PlacementProblem, Solution } from './problem';
import { solveLocally } from './localSearch';
import { solveForLatency } from './latency/latencyPlacement';
import { needsPipeline } from './pipeline/flatten';
import { solvePipeline } from './pipeline/solvePipeline';
import { methods, solve, type SolveOptions } from './solve';

/** All names that `solvePlacement` understands. The last two solve integer programs. */
export const placementMethods: readonly string[] = [...methods, 'local-search', 'ordered-integer', 'integer'];

/** Those of them whose placements need not be contiguous: no pipeline can be made of them as they are. */
export const looseMethods: readonly string[] = ['local-search', 'integer'];

/** How long an integer program may take where no limit is given, in seconds: asked for by name, and as the last step of `auto`. */
const DEFAULT_SECONDS = 60;
const DEFAULT_AUTO_SECONDS = 30;

/** Operators times devices up to which `auto` goes on with the ordered integer program where the ideals were too many. */
const ORDERED_SIZE = 20_000;
/** Arrangements of the device classes up to which it does: each is a program of its own. */
const ORDERED_WAYS = 40;

/**
 * Finds a placement by any method and says how good it is. Integer programs start from the best contiguous placement of the
 * linearised program; when their time is up they return the best placement so far with the bound that is proven by then.
 * `auto` is `solve`'s, and where that leaves a gap on a graph of moderate size, the ordered integer program goes on from there.
 * Latency, GPipe, derived training and replicated stages have programs of their own.
 *
 * @throws UserError if the method is unknown, or cannot take on the problem
 * @throws InfeasibleError if it is proven that no placement exists
 * @throws CancelledError if the control cancels
 */
export async function solvePlacement(problem: PlacementProblem, options: SolveOptions, control: Control): Promise<Solution> {
  if (!placementMethods.includes(options.method)) {
    throw new UserError('method', t("'{0}' is not known.", options.method), t('Choose one of {0}.', placementMethods.join(', ')));
  }
  const { objective } = options;
  if (looseMethods.includes(options.method) && problem.requiredStage?.some((stage) => stage >= 0) === true) {
    throw new UserError('method', `'${options.method}' knows no stages, and operators are pinned to some.`, "Use 'auto', or 'ordered-integer'.");
  }
  if (objective === 'latency') return solveForLatency(problem, options, control);
  if (objective === 'gpipe' || needsPipeline(problem)) {
    const solvePlain = (flat: PlacementProblem, timeLimitSeconds: number, quiet: Control): Promise<Solution> => solvePlacement(flat, { objective: 'throughput', method: 'auto', timeLimitSeconds }, quiet);
    return solvePipeline(problem, { timeLimitSeconds: DEFAULT_AUTO_SECONDS, ...options, objective, solvePlain }, control);
  }
  const started = performance.now();
  const seconds = options.timeLimitSeconds ?? (options.method === 'auto' ? DEFAULT_AUTO_SECONDS : DEFAULT_SECONDS);
  switch (options.method) {
    case 'local-search':
      return solveLocally(problem, seconds, control);
    case 'integer':
      return improve(problem, solve(problem, { ...options, method: 'auto' }, control), solveAssignment, started, seconds, control);
    case 'ordered-integer':
      // An independent proof: it takes a start from the linearised program, and no bound from anywhere.
      return improve(problem, solve(problem, { ...options, method: 'linearized' }, control), solveOrdered, started, seconds, control);
    case 'auto': {
      const first = solve(problem, options, control);
      const size = problem.labels.length * problem.classes.reduce((sum, { count }) => sum + count, 0);
      const left = seconds - (performance.now() - started) / 1000;
      if (first.certificate.optimal || size > ORDERED_SIZE || arrangementCount(problem) > ORDERED_WAYS || left < 1 || control.stopRequested?.() === true) return first;
      const { lowerBound } = first.certificate;
      const floored: Control = { ...control, report: (p) => control.report({ ...p, lowerBound: Math.max(lowerBound, p.lowerBound ?? 0) }) };
      const better = await improve(problem, first, solveOrdered, started, left, floored);
      if (better.certificate.optimal || better.certificate.lowerBound > lowerBound) return better;
      return { ...better, certificate: { ...better.certificate, lowerBound, method: first.certificate.method } };
    }
    default:
      return solve(problem, options, control);
  }
}

/** Goes on from a solution with an integer program, and has the result judged by the evaluator. */
async function improve(problem: PlacementProblem, start: Solution, run: typeof solveOrdered, started: number, seconds: number, control: Control): Promise<Solution> {
  const highs = await loadHighs();
  const { assignment, certificate } = run(problem, highs, start.placement.assignment, seconds, control);
  const { order, violations } = evaluate(problem, assignment, { requireContiguity: run === solveOrdered });
  if (violations.length > 0) throw new Error(`the integer program made an invalid placement: ${violations[0]}`);
  return { placement: { assignment, order }, certificate, solveSeconds: (performance.now() - started) / 1000 };
}
