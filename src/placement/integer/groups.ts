import type { PlacementProblem } from '../problem';

/** groupOf[v]: the group of operator v. Groups are numbered from 0 in the order that symmetry is broken by. */
export interface Groups {
  readonly count: number;
  readonly groupOf: Int32Array;
  /** seconds[c][g]: sums over the group; Infinity where class c does not support all of it */
  readonly seconds: readonly Float64Array[];
  /** sums of resident bytes; length count */
  readonly resident: Float64Array;
  /** largest workspace; length count */
  readonly workspace: Float64Array;
}

/** Operators that must share a device form a group; groups are ordered by falling work, so that symmetry is broken by what matters. */
export function colocationGroups(problem: PlacementProblem): Groups {
  const n = problem.labels.length;
  const byColour = new Map<number, number>();
  const raw = new Int32Array(n);
  let count = 0;
  for (let v = 0; v < n; v++) {
    const colour = problem.colocation[v]!;
    const known = colour < 0 ? undefined : byColour.get(colour);
    raw[v] = known ?? count++;
    if (colour >= 0 && known === undefined) byColour.set(colour, raw[v]!);
  }
  const work = new Float64Array(count);
  for (let v = 0; v < n; v++) work[raw[v]!]! += Math.min(...problem.seconds.map((s) => s[v]!));
  const order = Array.from(work.keys()).sort((a, b) => work[b]! - work[a]! || a - b);
  const rank = new Int32Array(count);
  order.forEach((g, i) => (rank[g] = i));
  const groupOf = raw.map((g) => rank[g]!);

  const seconds = problem.classes.map(() => new Float64Array(count));
  const resident = new Float64Array(count);
  const workspace = new Float64Array(count);
  for (let v = 0; v < n; v++) {
    const g = groupOf[v]!;
    resident[g]! += problem.residentBytes[v]!;
    workspace[g] = Math.max(workspace[g]!, problem.workspaceBytes[v]!);
    problem.seconds.forEach((s, c) => (seconds[c]![g]! += s[v]!));
  }
  return { count, groupOf, seconds, resident, workspace };
}

/**
 * The largest workspace of a set of groups as a sum over levels: each level adds `more` bytes once the set holds any of `groups`. Every group
 * with some workspace is in the first level. For each set it is the maximum, and its relaxation is tighter than one variable for the maximum.
 */
export function workspaceLevels(workspace: Float64Array): { readonly more: number; readonly groups: readonly number[] }[] {
  const falling = Array.from(workspace.keys()).filter((g) => workspace[g]! > 0).sort((a, b) => workspace[b]! - workspace[a]!);
  const levels: { more: number; groups: number[] }[] = [];
  falling.forEach((g, i) => {
    const below = i + 1 < falling.length ? workspace[falling[i + 1]!]! : 0;
    if (workspace[g]! > below) levels.push({ more: workspace[g]! - below, groups: falling.slice(0, i + 1) });
  });
  return levels;
}
