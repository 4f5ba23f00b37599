import type { Highs } from 'highs';
import { CancelledError } from '../shared/userError';
import type { Control } from '../shared/progress';

/** A linear expression: coefficients by variable. Each variable at most once. */
export type Terms = readonly (readonly [variable: number, coefficient: number])[];

/** How a solve of an integer program ended. All values are of the minimised objective. */
export interface IntegerSolution {
  /** 'optimal' within the gap asked for, 'feasible' if stopped early, 'infeasible' if proven, 'unknown' if stopped with nothing found */
  readonly status: 'optimal' | 'feasible' | 'infeasible' | 'unknown';
  /** one value per variable; absent without a solution */
  readonly values?: Float64Array;
  readonly objective: number;
  /** no solution is below this; -Infinity if nothing is proven */
  readonly lowerBound: number;
}

export interface SolveLimits {
  readonly seconds: number;
  /** stop at this relative gap */
  readonly relativeGap: number;
  /** what the objective is multiplied by before it is reported as progress */
  readonly scale: number;
  readonly phase: string;
}

/**
 * Continuous variables are handed to HiGHS less this. Presolve of HiGHS 1.15 looks for continuous variables that can only take whole values,
 * because of a row whose coefficients are whole multiples of theirs; then it strengthens coefficients with bounds of these variables that
 * are not whole, and cuts off optima (ERGO-Code/HiGHS issue 3274). With bounds and right sides off the grid by an irrational number no
 * variable is taken for one of them. Where a variable of a program is 0 or 1 in some optimum anyway, declare it binary: of 18,900 random
 * programs written so none went wrong; with such variables continuous, some did, even shifted.
 */
const SHIFT = Math.SQRT2 - 1;

/** Least time between two reports of progress, in milliseconds. */
const REPORT_EVERY = 50;

/** A mixed-integer linear program that is built row by row and minimised by HiGHS. */
export class IntegerProgram {
  private readonly cost: number[] = [];
  private readonly lower: number[] = [];
  private readonly upper: number[] = [];
  private readonly integral: (0 | 1)[] = [];
  private readonly rowLower: number[] = [];
  private readonly rowUpper: number[] = [];
  private readonly starts: number[] = [0];
  private readonly indices: number[] = [];
  private readonly coefficients: number[] = [];
  private offset = 0;

  get variables(): number {
    return this.cost.length;
  }

  get rows(): number {
    return this.rowLower.length;
  }

  /** @returns the new variable's index */
  variable(lower: number, upper: number, cost = 0): number {
    this.cost.push(cost);
    this.lower.push(lower - SHIFT);
    this.upper.push(upper - SHIFT);
    this.offset += cost * SHIFT;
    this.integral.push(0);
    return this.cost.length - 1;
  }

  binary(upper: 0 | 1 = 1): number {
    const v = this.variable(SHIFT, upper + SHIFT);
    this.lower[v] = 0;
    this.upper[v] = upper;
    this.integral[v] = 1;
    return v;
  }

  /** lower <= sum of terms <= upper */
  row(terms: Terms, lower: number, upper: number): void {
    let shifted = 0;
    for (const [v, c] of terms) {
      if (c === 0) continue;
      if (this.integral[v] === 0) shifted += c * SHIFT;
      this.indices.push(v);
      this.coefficients.push(c);
    }
    this.starts.push(this.indices.length);
    this.rowLower.push(lower - shifted);
    this.rowUpper.push(upper - shifted);
  }

  /** sum of terms <= upper */
  atMost(terms: Terms, upper: number): void {
    this.row(terms, -Infinity, upper);
  }

  /** sum of terms >= lower */
  atLeast(terms: Terms, lower: number): void {
    this.row(terms, lower, Infinity);
  }

  /**
   * Minimises with HiGHS on this thread. The time limit is kept by polling, because HiGHS's own is soft. A stop that is requested, the end of the
   * time and a failure inside HiGHS all leave the best solution so far with the bound that is proven by then.
   * @throws CancelledError if cancelled
   */
  minimise(highs: Highs, limits: SolveLimits, control: Control): IntegerSolution {
    const model = highs.createModel({
      numCols: this.variables,
      numRows: this.rows,
      colCost: this.cost,
      offset: this.offset,
      colLower: this.lower,
      colUpper: this.upper,
      rowLower: this.rowLower,
      rowUpper: this.rowUpper,
      integrality: this.integral,
      matrix: { format: 'csr', numRows: this.rows, numCols: this.variables, starts: this.starts, indices: this.indices, values: this.coefficients },
    });
    const { callbackType, modelStatus, solutionStatus } = highs.constants;
    const deadline = performance.now() + limits.seconds * 1000;
    let cancelled = false, over = false;
    let best: Float64Array | undefined;
    let objective = Infinity, lowerBound = -Infinity;
    const poll = (event: { interrupt(): void }): undefined => {
      cancelled ||= control.cancelled();
      over ||= cancelled || performance.now() > deadline || control.stopRequested?.() === true;
      if (over) event.interrupt();
    };
    const unshifted = (values: Float64Array): Float64Array => values.map((value, v) => (this.integral[v] === 1 ? value : value + SHIFT));
    try {
      // Restarts are off: after one, HiGHS 1.15 has given values of points that it then found to violate a row.
      model.options.set({ output_flag: false, mip_allow_restart: false, time_limit: limits.seconds, mip_rel_gap: limits.relativeGap, mip_abs_gap: 1e-9 });
      let reported = -Infinity;
      try {
        model.run({
          [callbackType.mipImprovingSolution]: (event) => {
            const { mip_solution: values, objective_function_value: value } = event.data;
            if (!values || value === undefined || values.length !== this.variables || value >= objective) return;
            best = unshifted(values);
            objective = value;
          },
          [callbackType.mipInterrupt]: (event) => {
            const { mip_primal_bound: primal, mip_dual_bound: dual } = event.data;
            if (isValue(dual) && dual > lowerBound) lowerBound = dual;
            if (performance.now() > reported + REPORT_EVERY) {
              reported = performance.now();
              control.report({
                phase: limits.phase,
                ...(isValue(primal) ? { incumbent: primal * limits.scale } : {}),
                ...(lowerBound > -Infinity ? { lowerBound: lowerBound * limits.scale } : {}),
              });
            }
            return poll(event);
          },
          [callbackType.simplexInterrupt]: poll,
        });
      } catch {
        // HiGHS ran out of memory or refused its own result; what it found before still counts.
        if (cancelled) throw new CancelledError();
        return best ? { status: 'feasible', values: best, objective, lowerBound } : { status: 'unknown', objective, lowerBound };
      }
      if (cancelled) throw new CancelledError();
      const status = model.getModelStatus();
      if (status === modelStatus.infeasible) return { status: 'infeasible', objective: Infinity, lowerBound: Infinity };
      const bound = model.info.get('mip_dual_bound');
      if (typeof bound === 'number' && isValue(bound)) lowerBound = Math.max(lowerBound, bound);
      const feasible = model.info.get('primal_solution_status') === solutionStatus.feasible;
      if (!feasible) return best ? { status: 'feasible', values: best, objective, lowerBound } : { status: 'unknown', objective: Infinity, lowerBound };
      return { status: status === modelStatus.optimal ? 'optimal' : 'feasible', values: unshifted(model.getSolution().colValue), objective: model.getObjectiveValue(), lowerBound };
    } finally {
      model.dispose();
    }
  }
}

/** Whether HiGHS means a number, not its infinity of 1e30 or more. */
function isValue(x: number | undefined): x is number {
  return x !== undefined && Math.abs(x) < 1e20;
}
