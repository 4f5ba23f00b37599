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
  /** true: being cancelled ends the solve with the incumbent; false: it throws */
  readonly keepIncumbent: boolean;
}

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

  get variables(): number {
    return this.cost.length;
  }

  get rows(): number {
    return this.rowLower.length;
  }

  /** @returns the new variable's index */
  variable(lower: number, upper: number, cost = 0): number {
    this.cost.push(cost);
    this.lower.push(lower);
    this.upper.push(upper);
    this.integral.push(0);
    return this.cost.length - 1;
  }

  binary(upper: 0 | 1 = 1): number {
    const v = this.variable(0, upper);
    this.integral[v] = 1;
    return v;
  }

  /** lower <= sum of terms <= upper */
  row(terms: Terms, lower: number, upper: number): void {
    for (const [v, c] of terms) {
      if (c === 0) continue;
      this.indices.push(v);
      this.coefficients.push(c);
    }
    this.starts.push(this.indices.length);
    this.rowLower.push(lower);
    this.rowUpper.push(upper);
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
   * Minimises with HiGHS on this thread. The time limit is kept by polling, because HiGHS's own is soft.
   * @throws CancelledError if cancelled and the incumbent is not wanted
   */
  minimise(highs: Highs, limits: SolveLimits, control: Control): IntegerSolution {
    const model = highs.createModel({
      numCols: this.variables,
      numRows: this.rows,
      colCost: this.cost,
      colLower: this.lower,
      colUpper: this.upper,
      rowLower: this.rowLower,
      rowUpper: this.rowUpper,
      integrality: this.integral,
      matrix: { format: 'csr', numRows: this.rows, numCols: this.variables, starts: this.starts, indices: this.indices, values: this.coefficients },
    });
    const { callbackType, modelStatus } = highs.constants;
    const deadline = performance.now() + limits.seconds * 1000;
    let cancelled = false;
    try {
      // Presolve is off: that of HiGHS 1.15 calls points optimal that are not, and gives them as bounds, on small programs of our kind.
      model.options.set({ output_flag: false, presolve: 'off', time_limit: limits.seconds, mip_rel_gap: limits.relativeGap, mip_abs_gap: 1e-9 });
      const poll = (event: { interrupt(): void }): undefined => {
        cancelled ||= control.cancelled();
        if (cancelled || performance.now() > deadline) event.interrupt();
      };
      model.run({
        [callbackType.mipInterrupt]: (event) => {
          const { mip_primal_bound: primal, mip_dual_bound: dual } = event.data;
          control.report({
            phase: limits.phase,
            ...(primal !== undefined && Number.isFinite(primal) && Math.abs(primal) < 1e20 ? { incumbent: primal * limits.scale } : {}),
            ...(dual !== undefined && Number.isFinite(dual) && Math.abs(dual) < 1e20 ? { lowerBound: dual * limits.scale } : {}),
          });
          return poll(event);
        },
        [callbackType.simplexInterrupt]: poll,
      });
      if (cancelled && !limits.keepIncumbent) throw new CancelledError();
      const status = model.getModelStatus();
      if (status === modelStatus.infeasible) return { status: 'infeasible', objective: Infinity, lowerBound: Infinity };
      const bound = model.info.get('mip_dual_bound');
      const lowerBound = typeof bound === 'number' && Number.isFinite(bound) ? bound : -Infinity;
      const feasible = model.info.get('primal_solution_status') === highs.constants.solutionStatus.feasible;
      if (!feasible) return { status: 'unknown', objective: Infinity, lowerBound };
      return {
        status: status === modelStatus.optimal ? 'optimal' : 'feasible',
        values: model.getSolution().colValue,
        objective: model.getObjectiveValue(),
        lowerBound,
      };
    } finally {
      model.dispose();
    }
  }
}
