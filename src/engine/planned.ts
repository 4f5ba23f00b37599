import type { PlacementInput } from '../cost/buildProblem';
import type { ClusterFile } from '../cost/clusterFile';
import type { Placement, PlacementProblem } from '../placement/problem';
import type { PreparedModel } from './prepareModel';

/** A costed model on a cluster and, once there is one, its placement: what views and explanations are computed from. Not plain data. */
export interface Planned {
  readonly prepared: PreparedModel;
  readonly cluster: ClusterFile;
  /** the problem without pins */
  readonly input: PlacementInput;
  /** the problem that was solved: with pins as colocation and support; the same object as `input.problem` if there are none */
  readonly problem: PlacementProblem;
  /** operator index -> device, set by hand */
  readonly pinned: ReadonlyMap<number, number>;
  readonly placement: Placement | null;
  /** operator -> device, foldable ones included; null before there is a plan */
  readonly devices: Int32Array | null;
}

/** Class of each device of a problem, devices numbered class by class. */
export function classOfDevices(problem: PlacementProblem): Int32Array {
  return Int32Array.from(problem.classes.flatMap((deviceClass, c) => Array.from({ length: deviceClass.count }, () => c)));
}
