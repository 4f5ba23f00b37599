import type { Instance } from '../placement/instance';
import { UserError } from '../shared/userError';

/**
 * A split made by hand, in the format of the reference program of Tarnawski et al.: `fpgas[].nodes` and `cpus[].nodes` are ids of the instance, in
 * the order of its devices. In training a backward operator goes with the forward ones of its colour.
 *
 * @returns operator -> device
 * @throws UserError if the text is no such split of the instance
 */
export function readExpert(text: string, subject: string, { problem, ids }: Instance): Int32Array {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch (error) {
    throw new UserError(subject, `not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const indexOf = new Map(ids.map((id, v) => [id, v]));
  const assignment = new Int32Array(ids.length).fill(-1);
  const [accelerators, cpus] = [problem.classes[0]!.count, problem.classes[1]!.count];
  const put = (key: string, first: number, count: number): void => {
    const lists = (root as Record<string, unknown> | null)?.[key];
    if (lists === undefined) return;
    if (!Array.isArray(lists)) throw new UserError(subject, `'${key}' must be a list.`);
    lists.forEach((entry: unknown, k) => {
      const nodes = (entry as { nodes?: unknown } | null)?.nodes;
      if (!Array.isArray(nodes)) throw new UserError(subject, `${key}[${k}] has no list 'nodes'.`);
      if (nodes.length > 0 && k >= count) throw new UserError(subject, `uses ${k + 1} ${key}, but the instance has ${count}.`);
      for (const id of nodes as unknown[]) {
        const v = typeof id === 'number' ? indexOf.get(id) : undefined;
        if (v === undefined) throw new UserError(subject, `${key}[${k}] names node ${JSON.stringify(id)}, which the instance does not have.`);
        if (assignment[v] !== -1) throw new UserError(subject, `node ${String(id)} is placed twice.`);
        assignment[v] = first + k;
      }
    });
  };
  put('fpgas', 0, accelerators);
  put('cpus', accelerators, cpus);

  const ofColour = new Map<number, number>();
  problem.colocation.forEach((colour, v) => {
    if (colour >= 0 && assignment[v] !== -1) ofColour.set(colour, assignment[v]!);
  });
  problem.colocation.forEach((colour, v) => {
    if (assignment[v] === -1 && colour >= 0) assignment[v] = ofColour.get(colour) ?? -1;
  });
  const missing = assignment.indexOf(-1);
  if (missing >= 0) throw new UserError(subject, `does not place node ${ids[missing]}.`, 'Every node must be on a device.');
  return assignment;
}
