import { t } from '@vscode/l10n';
import type { Highs } from 'highs';
import { UserError } from '../../shared/userError';
import type { Control } from '../../shared/progress';
import { evaluate } from '../evaluate';
import { looseBound } from '../bounds';
import { firstDevices } from '../devices';
import type { Certificate, PlacementProblem } from '../problem';
import { anneal, COOL } from './anneal';
import { assignmentProgram } from './assignmentProgram';
import { solveLocally } from '../localSearch';
import { colocationGroups } from './groups';
import { orderedProgram } from './orderedProgram';
import { packingBound } from './packingBound';

/**
 * What an integer program proved. HiGHS works with tolerances of 1e-6, so that is what its proofs are good for; the exact programs over
 * ideals are good to 1e-9.
 */
export const INTEGER_TOLERANCE = 1e-6;

/** Several tolerances add up to this in a bound: of rows, of the gap at which HiGHS stops, and of scaling. */
const PROVEN = 5e-6;

/**
 * The relative gap at which the program without contiguity stops. On symmetric graphs (equal layers) the last hundredth of a percent takes
 * longer than all before it.
 */
const ASSIGNMENT_GAP = 5e-4;

/** Share of the time for annealing, and seconds of one run: several short runs find more than a long one. */
const ANNEALING_SHARE = 0.3;
const ONE_ANNEALING = 3;
/** Most seconds for the packing bound. */
const MOST_PACKING = 6;

/** More arrangements of the device classes along the pipeline than this are not tried one by one. */
const MOST_ARRANGEMENTS = 200;

export interface IntegerResult {
  readonly assignment: Int32Array;
  readonly certificate: Certificate;
}

/**
 * The best placement without contiguity, section 5 of Tarnawski et al. (NeurIPS 2020).
 * Simulated annealing finds a good placement, and the packing bound often proves at once how good it is where devices are alike and layers equal, which
 * is where HiGHS's bound stalls; then HiGHS has the rest of the time. It is given no start: with one, as with a cut-off, its bound stalls, and it finds good
 * placements by itself.
 *
 * @param start returned if nothing better is found in time: the best contiguous placement, say
 * @param seconds time limit; the incumbent and the bound reached by then are returned, as they are when a stop is requested
 * @throws CancelledError if cancelled
 */
export function solveAssignment(problem: PlacementProblem, highs: Highs, start: Int32Array, seconds: number, control: Control): IntegerResult {
  const method = 'integer';
  const begun = performance.now();
  const startValue = evaluate(problem, start).maxLoadSeconds;
  if (startValue === 0) return { assignment: start, certificate: { value: 0, lowerBound: 0, optimal: true, method } };
  const { assignment: annealed, value: unit } = annealFrom(problem, start, startValue, seconds * ANNEALING_SHARE, control);
  const { count, seconds: times } = colocationGroups(problem);
  const packed = packingBound({ classes: problem.classes, seconds: times, count }, Math.min(looseBound(problem), unit), unit, Math.min(MOST_PACKING, seconds / 6), highs, beneath(control, unit));
  if (unit - packed <= ASSIGNMENT_GAP * unit) return { assignment: annealed, certificate: certify(problem, annealed, packed, method) };
  const { program, assignment } = assignmentProgram(problem, unit);
  const left = Math.max(0.1, seconds - (performance.now() - begun) / 1000);
  const limits = { seconds: left, relativeGap: ASSIGNMENT_GAP, scale: unit, phase: t('integer program') };
  const solution = program.minimise(highs, limits, floored(beneath(control, unit), packed));
  // The start is a solution, so a proof that there is none proves nothing.
  const bound = solution.status === 'infeasible' ? 0 : solution.lowerBound * unit;
  const found = solution.values ? assignment(solution.values) : annealed;
  const evaluation = evaluate(problem, found, { requireContiguity: false });
  const best = evaluation.violations.length === 0 && evaluation.maxLoadSeconds < unit ? found : annealed;
  return { assignment: best, certificate: certify(problem, best, Math.max(packed, bound), method) };
}

/**
 * The best contiguous placement by the ordered formulation, one program for each arrangement of the device classes along the pipeline, each
 * asked only for something strictly better than what is known. Independent of the program over ideals, and so a check of it; and able to
 * solve graphs whose ideals are too many.
 * @throws CancelledError if cancelled
 * @throws UserError if the classes can be arranged in more than 200 ways
 */
export function solveOrdered(problem: PlacementProblem, highs: Highs, start: Int32Array, seconds: number, control: Control): IntegerResult {
  const method = 'ordered-integer';
  const ways = arrangementCount(problem);
  if (ways > MOST_ARRANGEMENTS) {
    throw new UserError('method ordered-integer', t('the device classes can follow each other in {0} ways, and it tries at most {1}.', ways, MOST_ARRANGEMENTS), t("Use method '{0}'.", 'auto'));
  }
  const arrangements = classArrangements(problem.classes.map((c) => c.count));
  const firstDevice = firstDevices(problem.classes);
  const deadline = performance.now() + seconds * 1000;
  let best = start;
  let value = evaluate(problem, start).maxLoadSeconds;
  let lowerBound = Infinity;
  for (const classAt of arrangements) {
    if (value === 0) break;
    if (control.stopRequested?.() === true) {
      lowerBound = 0;
      break;
    }
    const unit = value * (1 - INTEGER_TOLERANCE);
    const left = Math.max(0.1, (deadline - performance.now()) / 1000);
    const { program, assignment } = orderedProgram(problem, classAt, firstDevice, unit);
    const solution = program.minimise(highs, { seconds: left, relativeGap: INTEGER_TOLERANCE, scale: unit, phase: t('ordered integer program') }, beneath(control, value));
    // Infeasible: nothing with this arrangement is better than `unit`.
    lowerBound = Math.min(lowerBound, solution.status === 'infeasible' ? unit : solution.lowerBound * unit);
    if (solution.values) {
      const found = assignment(solution.values);
      const evaluation = evaluate(problem, found);
      if (evaluation.violations.length === 0 && evaluation.maxLoadSeconds < value) {
        best = found;
        value = evaluation.maxLoadSeconds;
      }
    }
  }
  return { assignment: best, certificate: certify(problem, best, lowerBound, method) };
}

/** Reports no incumbent above what is known. */
function beneath(control: Control, value: number): Control {
  return { ...control, report: (p) => control.report({ ...p, incumbent: Math.min(value, p.incumbent ?? Infinity) }) };
}

/**
 * Anneals the start coolly, then what local search finds and the start again from a warm beginning, and then on from the best, as long as there is time,
 * each run with another seed.
 */
function annealFrom(problem: PlacementProblem, start: Int32Array, startValue: number, seconds: number, control: Control): { assignment: Int32Array; value: number } {
  const begun = performance.now();
  const spent = (): number => (performance.now() - begun) / 1000;
  const starts: { readonly from: Int32Array; readonly warm?: number }[] = [{ from: start, warm: COOL }];
  let best = { assignment: start, value: startValue };
  const offer = (assignment: Int32Array): void => {
    const { maxLoadSeconds: value, violations } = evaluate(problem, assignment, { requireContiguity: false });
    if (violations.length > 0 || value >= best.value) return;
    best = { assignment, value };
    control.report({ phase: t('annealing'), incumbent: value });
  };
  try {
    const { assignment } = solveLocally(problem, Math.min(1, seconds / 4), beneath(control, startValue)).placement;
    starts.push({ from: assignment });
    offer(assignment);
  } catch (error) {
    // no random start fits: there is the one that was given
    if (!(error instanceof UserError)) throw error;
  }
  starts.push({ from: start });
  const one = Math.min(ONE_ANNEALING, seconds / 2);
  for (let run = 0; spent() + one / 2 < seconds && control.stopRequested?.() !== true; run++) {
    const { from, warm } = starts[run] ?? { from: best.assignment, warm: COOL };
    offer(anneal(problem, from, Math.min(one, seconds - spent()), beneath(control, best.value), run + 1, warm));
  }
  return best;
}

/** A control that reports no lower bound below what is proven. */
function floored(control: Control, bound: number): Control {
  return { ...control, report: (p) => control.report({ ...p, lowerBound: Math.max(bound, p.lowerBound ?? 0) }) };
}

function certify(problem: PlacementProblem, assignment: Int32Array, bound: number, method: string): Certificate {
  const value = evaluate(problem, assignment).maxLoadSeconds;
  const lowerBound = Math.max(0, Math.min(value, bound));
  return { value, lowerBound, optimal: value - lowerBound <= PROVEN * value, method };
}

/** In how many ways the device classes can follow each other along the pipeline. */
export function arrangementCount(problem: PlacementProblem): number {
  let ways = 1, placed = 0;
  for (const { count } of problem.classes) for (let i = 1; i <= count; i++) ways = (ways * ++placed) / i;
  return Math.round(ways);
}

/** All distinct orders of `counts[c]` copies of each class c. */
function classArrangements(counts: readonly number[]): number[][] {
  const left = [...counts];
  const length = left.reduce((a, b) => a + b, 0);
  const result: number[][] = [];
  const current: number[] = [];
  const extend = (): void => {
    if (current.length === length) {
      result.push([...current]);
      return;
    }
    for (let c = 0; c < left.length; c++) {
      if (left[c]! === 0) continue;
      left[c]!--;
      current.push(c);
      extend();
      current.pop();
      left[c]!++;
    }
  };
  extend();
  return result;
}
