import { evaluate } from './evaluate';
import { evaluateLatency } from './latency/evaluateLatency';
import { splitOfStages } from './latency/latencyPlacement';
import type { DeviceLoad, Objective, Placement, PlacementProblem } from './problem';

/** What a placement amounts to for an objective. */
export interface Judgement {
  /** one entry per device of the cluster, used or not */
  readonly loads: readonly DeviceLoad[];
  /** what the objective minimises, in seconds */
  readonly value: number;
  /** what the placement breaks, in sentences */
  readonly violations: readonly string[];
}

/** Has a placement judged by the evaluator of its objective. Stages of a pipeline must be contiguous unless `requireContiguity` is false. */
export function judge(problem: PlacementProblem, placement: Placement, objective: Objective, requireContiguity = true): Judgement {
  if (objective === 'latency') {
    const { loads } = evaluate(problem, placement.assignment, { requireContiguity: false });
    const { latencySeconds, violations } = evaluateLatency(problem, splitOfStages(problem, placement));
    return { loads, value: latencySeconds, violations };
  }
  const { order, replicas } = placement;
  return evaluate(problem, placement.assignment, { objective, requireContiguity, ...(requireContiguity && { order }), ...(replicas && { order, replicas }) });
}
