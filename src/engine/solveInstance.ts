import { t } from '@vscode/l10n';
import { basename } from 'node:path';
import { readInstance } from '../placement/instance';
import { InfeasibleError } from '../placement/infeasible';
import { judge } from '../placement/judge';
import { HOST } from '../placement/latency/latencyProblem';
import { splitOfStages } from '../placement/latency/latencyPlacement';
import type { Objective, Placement, PlacementProblem, Solution } from '../placement/problem';
import { looseMethods, solvePlacement } from '../placement/solvePlacement';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { readTextFile } from '../sidecar/textFile';

export interface InstanceRequest {
  readonly path: string;
  readonly objective: Objective;
  readonly method: string;
  readonly timeLimitSeconds?: number;
  /** latency: most subgraphs that an accelerator runs one after the other; 1 if absent */
  readonly slots?: number;
  /** most devices of one stage; 1 if absent. The weights of an instance are not known apart: replicas exchange nothing */
  readonly replicas?: number;
}

/** A solved instance; times are in the instance's own unit, memory in bytes. */
export interface SolvedInstance {
  readonly objective: Objective;
  readonly value: number;
  readonly lowerBound: number;
  readonly optimal: boolean;
  readonly method: string;
  /** wall time of the solve */
  readonly seconds: number;
  /** id in the file -> device: accelerators 0 ... k-1, then CPUs */
  readonly assignment: Readonly<Record<string, number>>;
  /** latency: id in the file -> slot of its accelerator, from 0; -1 on the CPUs */
  readonly slots?: Readonly<Record<string, number>>;
  /** in the numbering of `assignment`; `operators` are ids in the file, in its order; `replicas` of the first device of a replicated stage */
  readonly devices: readonly { readonly kind: 'accelerator' | 'cpu'; readonly load: number; readonly memory: number; readonly operators: readonly number[]; readonly replicas?: number }[];
}

/**
 * Solves an instance in the format of the reference program of Tarnawski et al. (NeurIPS 2020).
 *
 * @throws UserError if the file is no such instance, or nothing fits
 */
export async function solveInstance(request: InstanceRequest, control: Control): Promise<SolvedInstance> {
  const subject = basename(request.path);
  control.report({ phase: t('reading') });
  const { problem: plain, ids } = readInstance(readTextFile(request.path, subject), subject);
  const problem = replicated(plain, request);
  const { objective } = request;
  const { placement, certificate, solveSeconds } = await solveNamed(problem, request, subject, control);
  const { loads, violations } = judge(problem, placement, objective, !looseMethods.includes(request.method));
  if (violations.length > 0) throw new Error(`the placement found is not valid: ${violations.slice(0, 3).join('; ')}`);
  return {
    objective,
    ...certificate,
    seconds: solveSeconds,
    assignment: Object.fromEntries(ids.map((id, operator) => [String(id), placement.assignment[operator]!])),
    ...(objective === 'latency' && { slots: slotsOf(problem, placement, ids) }),
    devices: loads.map((load) => ({
      kind: load.class === 0 ? 'accelerator' : 'cpu',
      load: load.loadSeconds,
      memory: load.residentBytes + load.workspaceBytes + load.stashBytes,
      ...(replicasOf(placement, load.device) > 1 && { replicas: replicasOf(placement, load.device) }),
      operators: ids.filter((_, operator) => placement.assignment[operator] === load.device),
    })),
  };
}

/** The problem with stages of several devices, if they are asked for. */
function replicated(problem: PlacementProblem, { replicas = 1, objective }: InstanceRequest): PlacementProblem {
  if (replicas === 1) return problem;
  if (objective === 'latency') throw new UserError('replicas', 'they do not shorten the latency of one sample.', 'Choose another objective.');
  const replication = { most: replicas, weightBytes: new Float64Array(problem.labels.length), sharedWeightBytes: [], bytesPerSecond: problem.classes.map(() => Infinity) };
  return { ...problem, replication };
}

const replicasOf = ({ order, replicas }: Placement, device: number): number => replicas?.[order.indexOf(device)] ?? 1;

/** By id: the slot of its accelerator that an operator runs in, -1 on the CPUs. */
function slotsOf(problem: PlacementProblem, placement: Placement, ids: readonly number[]): Record<string, number> {
  const { slotOf, slotsPerAccelerator } = splitOfStages(problem, placement);
  return Object.fromEntries(ids.map((id, v) => [String(id), slotOf[v] === HOST ? -1 : slotOf[v]! % slotsPerAccelerator]));
}

/** Solves, and lets what is infeasible bear the name of the file. */
async function solveNamed(problem: PlacementProblem, { objective, method, timeLimitSeconds, slots }: InstanceRequest, subject: string, control: Control): Promise<Solution> {
  try {
    return await solvePlacement(problem, { objective, method, ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }), ...(slots === undefined ? {} : { slots }) }, control);
  } catch (error) {
    if (error instanceof InfeasibleError) throw new UserError(subject, error.problem, error.remedy);
    throw error;
  }
}
