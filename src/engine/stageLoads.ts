import { stagesOfNodes } from '../cost/expandPlacement';
import { judge, type Judgement } from '../placement/judge';
import type { DeviceLoad, Objective, Placement, PlacementProblem } from '../placement/problem';

/** A load as its two parts: computing, and what transfers (and the exchange of gradients between replicas) add to it. */
export function loadParts(load: DeviceLoad): { computeSeconds: number; communicationSeconds: number; loadSeconds: number } {
  return { computeSeconds: load.computeSeconds, communicationSeconds: Math.max(0, load.loadSeconds - load.computeSeconds), loadSeconds: load.loadSeconds };
}

/**
 * The load of each stage of a placement, in its order, computed by the evaluator. Where a device runs several stages (slots of one
 * sample's latency) each of them is looked at as if it had a device to itself.
 *
 * @param judged what the evaluator says of the placement, where that is known
 */
export function stageLoads({ problem, objective }: { readonly problem: PlacementProblem; readonly objective: Objective }, placement: Placement, judged?: Judgement): readonly DeviceLoad[] {
  if (placement.stageOf) return judge(apart(problem, placement), { assignment: stagesOfNodes(placement), order: placement.order.map((_, stage) => stage) }, 'throughput', false).loads;
  const { loads } = judged ?? judge(problem, placement, objective, objective !== 'latency');
  return placement.order.map((device) => loads[device]!);
}

/** The problem on one device for each stage, of the class of the stage's device. */
function apart(problem: PlacementProblem, { order }: Placement): PlacementProblem {
  const classOf = problem.classes.flatMap((cls, c) => Array.from({ length: cls.count }, () => c));
  const pick = <T>(of: readonly T[]): T[] => order.map((device) => of[classOf[device]!]!);
  return {
    ...problem,
    classes: pick(problem.classes).map((cls) => ({ ...cls, count: 1 })),
    seconds: pick(problem.seconds),
    nets: problem.nets.map((net) => ({ ...net, transferSeconds: pick(net.transferSeconds) })),
  };
}
