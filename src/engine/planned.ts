import { expandPlacement, type PlacementInput, type PlanningOptions } from '../cost/buildProblem';
import type { ClusterFile } from '../cost/clusterFile';
import type { Judgement } from '../placement/judge';
import type { DeviceLoad, Objective, Placement, PlacementProblem } from '../placement/problem';
import type { PinnedTo } from './pinTargets';
import type { PreparedModel } from './prepareModel';
import { stageLoads } from './stageLoads';

/** A costed model on a cluster and, once there is one, its placement: what views and explanations are computed from. Not plain data. */
export interface Planned {
  readonly prepared: PreparedModel;
  readonly cluster: ClusterFile;
  /** the problem without pins */
  readonly input: PlacementInput;
  /** the problem that was solved: with pins as colocation, support and required stages; the same object as `input.problem` if there are none */
  readonly problem: PlacementProblem;
  /** operator index -> where it must be, set by hand */
  readonly pinned: ReadonlyMap<number, PinnedTo>;
  readonly objective: Objective;
  /** what the problem was made for beside the objective */
  readonly planning: PlanningOptions;
  readonly placement: Placement | null;
  /** operator -> device, foldable ones included; null before there is a plan */
  readonly devices: Int32Array | null;
  /** operator -> stage, an index into the placement's order; null before there is a plan */
  readonly stages: Int32Array | null;
  /** the load of each stage, by the evaluator; null before there is a plan */
  readonly loads: readonly DeviceLoad[] | null;
}

/** The same before there is a placement. */
export type Attempt = Omit<Planned, 'placement' | 'devices' | 'stages' | 'loads'>;

/** What a placement means for every operator of its graph. @param judged what the evaluator says of it, stages in its order, where that is known */
export function withPlacement(base: Attempt, placement: Placement, judged?: Judgement): Planned {
  const stages = expandPlacement(base.prepared.graph, base.input, placement);
  return { ...base, placement, stages, loads: stageLoads(base, placement, judged), devices: stages.map((stage) => placement.order[stage] ?? 0) };
}

/** Class of each device of a problem, devices numbered class by class. */
export function classOfDevices(problem: PlacementProblem): Int32Array {
  return Int32Array.from(problem.classes.flatMap((deviceClass, c) => Array.from({ length: deviceClass.count }, () => c)));
}
