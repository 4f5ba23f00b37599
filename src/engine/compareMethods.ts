import { t } from '@vscode/l10n';
import { basename, resolve } from 'node:path';
import { judge } from '../placement/judge';
import { latencyMethods } from '../placement/latency/solveLatency';
import { needsPipeline } from '../placement/pipeline/flatten';
import type { Objective, PlacementProblem } from '../placement/problem';
import { methods } from '../placement/solve';
import { looseMethods, placementMethods, solvePlacement } from '../placement/solvePlacement';
import { comparisonOf, type MethodComparison, type MethodRow } from '../shared/comparisonView';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { attemptOf } from './attempt';
import type { PartitionRequest } from './requests';
import { sidecarPathOf } from './sidecarPath';

/** Seconds for each method where none are given. */
const DEFAULT_SECONDS = 20;

/** The methods that there are for a problem and an objective, the best first. */
export function methodsFor(problem: PlacementProblem, objective: Objective): readonly string[] {
  if (objective === 'latency') return latencyMethods;
  return objective === 'gpipe' || needsPipeline(problem) ? methods : placementMethods;
}

export interface CompareOptions {
  readonly objective: Objective;
  /** those of `methodsFor` if absent */
  readonly methods?: readonly string[];
  /** for each method */
  readonly timeLimitSeconds?: number;
  readonly slots?: number;
  /** a placement made elsewhere, as a row of its own: operator -> device */
  readonly expert?: { readonly name: string; readonly assignment: Int32Array };
}

/**
 * Runs one method after the other on one problem. What a method cannot do is said in its row; only cancelling ends the table.
 *
 * @param onRow called with each row as it is there
 * @throws UserError if a method is not known
 * @throws CancelledError if cancelled
 */
export async function compareOn(problem: PlacementProblem, options: CompareOptions, control: Control, onRow: (row: MethodRow) => void = () => undefined): Promise<MethodComparison> {
  const { objective, timeLimitSeconds = DEFAULT_SECONDS, expert } = options;
  const known = methodsFor(problem, objective);
  const chosen = options.methods ?? known;
  const unknown = chosen.find((method) => !known.includes(method));
  if (unknown !== undefined) throw new UserError('method', t("'{0}' is not one for this problem and the objective {1}.", unknown, objective), t('Choose from {0}.', known.join(', ')));
  const rows: MethodRow[] = [];
  const put = (row: MethodRow): void => {
    rows.push(row);
    onRow(row);
  };
  for (const method of chosen) {
    throwIfCancelled(control);
    control.report({ phase: method });
    put(await rowOf(problem, method, { ...options, timeLimitSeconds }, control));
  }
  if (expert) {
    const { value, violations } = judge(problem, { assignment: expert.assignment, order: [] }, objective === 'latency' ? 'throughput' : objective, false);
    const devices = new Set(expert.assignment).size;
    const row = { method: expert.name, optimal: false, contiguous: false, devices, seconds: 0 };
    put(violations.length > 0 ? { ...row, value: null, lowerBound: null, problem: violations[0]! } : { ...row, value, lowerBound: 0, problem: '' });
  }
  return comparisonOf(objective, rows);
}

async function rowOf(problem: PlacementProblem, method: string, { objective, timeLimitSeconds, slots }: CompareOptions, control: Control): Promise<MethodRow> {
  const started = performance.now();
  const contiguous = !looseMethods.includes(method) && objective !== 'latency';
  const row = { method, contiguous, optimal: false, devices: 0, value: null, lowerBound: null };
  try {
    const quiet: Control = { ...control, report: (progress) => control.report({ ...progress, phase: `${method}: ${progress.phase}` }) };
    const { placement, certificate } = await solvePlacement(
      problem,
      { objective, method, ...(timeLimitSeconds !== undefined && { timeLimitSeconds }), ...(slots !== undefined && { slots }) },
      quiet,
    );
    const devices = placement.replicas ? placement.replicas.reduce((sum, width) => sum + width, 0) : new Set(placement.assignment).size;
    return { ...row, ...certificate, method, devices, seconds: (performance.now() - started) / 1000, problem: '' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...row, seconds: (performance.now() - started) / 1000, problem: error.problem };
  }
}

/** `compareOn` for a model on a cluster, as `partition` would solve it. */
export async function compareMethods(request: PartitionRequest, options: Omit<CompareOptions, 'objective' | 'slots'>, control: Control, onRow?: (row: MethodRow) => void): Promise<MethodComparison & { readonly modelName: string }> {
  const modelPath = resolve(request.modelPath);
  const { attempt } = attemptOf(request, resolve(request.sidecarPath ?? sidecarPathOf(modelPath)), control);
  const comparison = await compareOn(attempt.problem, { ...options, objective: attempt.objective, ...(request.slots !== undefined && { slots: request.slots }) }, control, onRow);
  return { ...comparison, modelName: basename(modelPath) };
}
