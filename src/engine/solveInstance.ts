import { basename } from 'node:path';
import { evaluate } from '../placement/evaluate';
import { readInstance } from '../placement/instance';
import { InfeasibleError } from '../placement/infeasible';
import type { Objective, PlacementProblem, Solution } from '../placement/problem';
import { solvePlacement } from '../placement/solvePlacement';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { readTextFile } from '../sidecar/textFile';

export interface InstanceRequest {
  readonly path: string;
  readonly objective: Objective;
  readonly method: string;
  readonly timeLimitSeconds?: number;
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
  /** in the numbering of `assignment`; `operators` are ids in the file, in its order */
  readonly devices: readonly { readonly kind: 'accelerator' | 'cpu'; readonly load: number; readonly memory: number; readonly operators: readonly number[] }[];
}

/**
 * Solves an instance in the format of the reference program of Tarnawski et al. (NeurIPS 2020).
 *
 * @throws UserError if the file is no such instance, or nothing fits
 */
export async function solveInstance(request: InstanceRequest, control: Control): Promise<SolvedInstance> {
  const subject = basename(request.path);
  control.report({ phase: 'reading' });
  const { problem, ids } = readInstance(readTextFile(request.path, subject), subject);
  const { objective } = request;
  const { placement, certificate, solveSeconds } = await solveNamed(problem, request, subject, control);
  const { loads, violations } = evaluate(problem, placement.assignment, { requireContiguity: request.method !== 'integer' });
  if (violations.length > 0) throw new Error(`the placement found is not valid: ${violations.slice(0, 3).join('; ')}`);
  return {
    objective,
    ...certificate,
    seconds: solveSeconds,
    assignment: Object.fromEntries(ids.map((id, operator) => [String(id), placement.assignment[operator]!])),
    devices: loads.map((load) => ({
      kind: load.class === 0 ? 'accelerator' : 'cpu',
      load: load.loadSeconds,
      memory: load.residentBytes + load.workspaceBytes,
      operators: ids.filter((_, operator) => placement.assignment[operator] === load.device),
    })),
  };
}

/** Solves, and lets what is infeasible bear the name of the file. */
async function solveNamed(problem: PlacementProblem, { objective, method, timeLimitSeconds }: InstanceRequest, subject: string, control: Control): Promise<Solution> {
  try {
    return await solvePlacement(problem, { objective, method, ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }) }, control);
  } catch (error) {
    if (error instanceof InfeasibleError) throw new UserError(subject, error.problem, error.remedy);
    throw error;
  }
}
