import { IntegerProgram, type Terms } from '../../solver/integerProgram';
import type { PlacementProblem } from '../problem';
import { colocationGroups, workspaceLevels } from './groups';
import type { PointReader } from './pointReader';

/**
 * The contiguous placement integer program in its ordered formulation: y[g,m] = 1 if group g lies at pipeline position m or before.
 * y grows with m, and y[u,m] >= y[v,m] wherever u must precede v, so the columns of y are a chain of ideals and x = y[m] - y[m-1] is contiguous
 * by construction. The paper's program (section 5) instead adds reachability variables to the unordered assignment; it admits every
 * renaming of the devices and its relaxation is much weaker. Which class stands at which position is fixed by the caller, because a free
 * choice would bring the symmetric copies back.
 *
 * A position may stay empty, and stages that are not used do not count: up to the last stage that an operator must be in, none may.
 */
export function orderedProgram(problem: PlacementProblem, classAt: readonly number[], firstDevice: readonly number[], unit: number): PointReader {
  const { count, groupOf, seconds, resident, workspace } = colocationGroups(problem);
  const positions = classAt.length;
  const program = new IntegerProgram();
  const makespan = program.variable(0, 1, 1);

  // y[g][m] for m < positions - 1; at the last position everything has been placed.
  const y = Array.from({ length: count }, () => Array.from({ length: positions - 1 }, () => program.binary()));
  const x = (g: number, m: number): [number, number][] => [
    ...(m < positions - 1 ? [[y[g]![m]!, 1] as [number, number]] : []),
    ...(m > 0 ? [[y[g]![m - 1]!, -1] as [number, number]] : []),
  ];
  /** the constant part of x(g, m) */
  const x0 = (m: number): number => (m === positions - 1 ? 1 : 0);

  for (let g = 0; g < count; g++) for (let m = 1; m < positions - 1; m++) program.atLeast([[y[g]![m]!, 1], [y[g]![m - 1]!, -1]], 0);
  const required = problem.requiredStage ?? new Int32Array(0);
  const last = required.reduce((a, b) => Math.max(a, b), -1);
  required.forEach((stage, v) => {
    if (stage < 0) return;
    const of = y[groupOf[v]!]!;
    for (let m = 0; m < positions - 1; m++) program.row([[of[m]!, 1]], m < stage ? 0 : 1, m < stage ? 0 : 1);
  });
  for (let m = 0; m <= last; m++) program.atLeast(Array.from({ length: count }, (_, g) => x(g, m)).flat(), 1 - count * x0(m));
  for (const [u, v] of precedence(problem, groupOf)) for (let m = 0; m < positions - 1; m++) program.atLeast([[y[u]![m]!, 1], [y[v]![m]!, -1]], 0);
  for (let g = 0; g < count; g++) {
    for (let m = 0; m < positions; m++) if (!Number.isFinite(seconds[classAt[m]!]![g]!)) program.row(x(g, m), -x0(m), -x0(m));
  }

  for (let m = 0; m < positions; m++) {
    const c = classAt[m]!;
    const cls = problem.classes[c]!;
    const compute: [number, number][] = [];
    let computeConstant = 0;
    for (let g = 0; g < count; g++) {
      const s = seconds[c]![g]!;
      if (!Number.isFinite(s) || s === 0) continue;
      for (const [variable, sign] of x(g, m)) compute.push([variable, (sign * s) / unit]);
      computeConstant += (x0(m) * s) / unit;
    }
    const receive: [number, number][] = [], send: [number, number][] = [];
    for (const net of problem.nets) {
      const transfer = net.transferSeconds[c]! / unit;
      if (transfer === 0) continue;
      const producer = groupOf[net.producer]!;
      const consumers = [...new Set(net.consumers.map((v) => groupOf[v]!))].filter((g) => g !== producer);
      if (consumers.length === 0) continue;
      const receives = program.binary(), sends = program.binary();
      for (const g of consumers) {
        program.atLeast([[receives, 1], ...difference(x(producer, m), x(g, m))], 0);
        program.atLeast([[sends, 1], ...difference(x(g, m), x(producer, m))], 0);
      }
      receive.push([receives, transfer]);
      send.push([sends, transfer]);
    }
    const bounded = (terms: Terms, constant: number): void => program.atMost([...terms, [makespan, -1]], -constant);
    switch (cls.overlap) {
      case 'none': bounded([...compute, ...receive, ...send], computeConstant); break;
      case 'compute': bounded(compute, computeConstant); bounded([...receive, ...send], 0); break;
      case 'duplex': bounded([...compute, ...receive], computeConstant); bounded([...compute, ...send], computeConstant); break;
      case 'full': bounded(compute, computeConstant); bounded(receive, 0); bounded(send, 0); break;
    }
    limitMemory(m, cls.memoryBytes);
  }

  function limitMemory(m: number, capacity: number): void {
    const everything = sum(resident) + problem.sharedMemory.reduce((a, s) => a + s.bytes, 0) + workspace.reduce((a, b) => Math.max(a, b), 0);
    if (everything <= capacity) return;
    const terms: [number, number][] = [];
    let constant = 0;
    for (let g = 0; g < count; g++) {
      for (const [variable, sign] of x(g, m)) terms.push([variable, (sign * resident[g]!) / capacity]);
      constant += (x0(m) * resident[g]!) / capacity;
    }
    for (const { more, groups } of workspaceLevels(workspace)) {
      const reached = program.binary();
      for (const g of groups) program.atLeast([[reached, 1], ...x(g, m).map(([v, s]) => [v, -s] as const)], x0(m));
      terms.push([reached, more / capacity]);
    }
    for (const shared of problem.sharedMemory) {
      const holds = program.binary();
      for (const g of new Set(shared.operators.map((v) => groupOf[v]!))) program.atLeast([[holds, 1], ...x(g, m).map(([v, s]) => [v, -s] as const)], x0(m));
      terms.push([holds, shared.bytes / capacity]);
    }
    program.atMost(merge(terms), 1 - constant);
  }

  return {
    program,
    assignment: (values) => {
      const next = [...firstDevice];
      const device = classAt.map((c) => next[c]!++);
      const position = (g: number): number => {
        const m = y[g]!.findIndex((variable) => values[variable]! > 0.5);
        return m < 0 ? positions - 1 : m;
      };
      const group = Array.from({ length: count }, (_, g) => device[position(g)]!);
      return groupOf.map((g) => group[g]!);
    },
  };
}

/** a - b, where each is a list of terms */
function difference(a: Terms, b: Terms): [number, number][] {
  return merge([...a, ...b.map(([v, c]) => [v, -c] as const)]);
}

function merge(terms: Terms): [number, number][] {
  const total = new Map<number, number>();
  for (const [v, c] of terms) total.set(v, (total.get(v) ?? 0) + c);
  return [...total];
}

const sum = (a: Float64Array): number => a.reduce((x, y) => x + y, 0);

/**
 * Pairs (u, v) of groups where u must not come after v: the edges of the forward part, and the mirrored backward edges of groups that
 * have no forward operator, which gives those a place in the order.
 */
function precedence(problem: PlacementProblem, groupOf: Int32Array): [number, number][] {
  const forward = new Set<number>();
  problem.backward.forEach((b, v) => { if (b === 0) forward.add(groupOf[v]!); });
  const pairs = new Map<string, [number, number]>();
  for (const net of problem.nets) {
    for (const consumer of net.consumers) {
      const p = groupOf[net.producer]!, c = groupOf[consumer]!;
      if (p === c) continue;
      const backward = problem.backward[net.producer]! + problem.backward[consumer]!;
      if (backward === 0) pairs.set(`${p},${c}`, [p, c]);
      else if (backward === 2 && (!forward.has(p) || !forward.has(c))) pairs.set(`${c},${p}`, [c, p]);
    }
  }
  return [...pairs.values()];
}
