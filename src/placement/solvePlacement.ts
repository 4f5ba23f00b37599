import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { loadHighs } from '../solver/loadHighs';
import { evaluate } from './evaluate';
import { solveAssignment, solveOrdered } from './integer/solveInteger';
import type { PlacementProblem, Solution } from './problem';
import { methods, solve, type SolveOptions } from './solve';

/** Methods that solve an integer program with HiGHS, which is loaded only for them. */
const integerMethods = ['ordered-integer', 'integer'] as const;

/** All names that `solvePlacement` understands. `integer` alone gives placements that need not be contiguous. */
export const placementMethods: readonly string[] = [...methods, ...integerMethods];

/** How long an integer program may take where no limit is given, in seconds. */
const DEFAULT_SECONDS = 60;

/**
 * Finds a placement by any method and says how good it is. Integer programs start from the best contiguous placement of the
 * linearised program; when their time is up they return the best placement so far with the bound that is proven by then.
 *
 * @throws UserError if the method is unknown, or cannot take on the problem
 * @throws InfeasibleError if it is proven that no placement exists
 * @throws CancelledError if the control cancels
 */
export async function solvePlacement(problem: PlacementProblem, options: SolveOptions, control: Control): Promise<Solution> {
  if (!placementMethods.includes(options.method)) {
    throw new UserError('method', `'${options.method}' is not known.`, `Choose one of ${placementMethods.join(', ')}.`);
  }
  if (!(integerMethods as readonly string[]).includes(options.method)) return solve(problem, options, control);
  const started = performance.now();
  const contiguous = options.method === 'ordered-integer';
  // The independent proof needs no more than a good start; without contiguity the best contiguous placement is the best one.
  const start = solve(problem, { ...options, method: contiguous ? 'linearized' : 'auto' }, control);
  const highs = await loadHighs();
  const run = contiguous ? solveOrdered : solveAssignment;
  const { assignment, certificate } = run(problem, highs, start.placement.assignment, options.timeLimitSeconds ?? DEFAULT_SECONDS, control);
  const { order, violations } = evaluate(problem, assignment, { requireContiguity: contiguous });
  if (violations.length > 0) throw new Error(`the integer program made an invalid placement: ${violations[0]}`);
  return { placement: { assignment, order }, certificate, solveSeconds: (performance.now() - started) / 1000 };
}
