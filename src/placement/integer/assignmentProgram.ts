import { classOfDevices, firstDevices } from '../devices';
import type { PlacementProblem } from '../problem';
import { IntegerProgram, type Terms } from '../../solver/integerProgram';
import { colocationGroups, workspaceLevels } from './groups';
import type { PointReader } from './pointReader';

/**
 * The placement integer program without contiguity, section 5 of Tarnawski et al. (NeurIPS 2020), over operator groups that share a device.
 * It differs from the paper's in three ways: a transfer is a property of a tensor (a net), so `in` and `out` are counted once per net, not per edge;
 * loads are scaled so that the best known value is 1; and devices of one class are interchangeable, so a group may only take a device
 * whose predecessor is taken by a group before it in the list (no symmetric copies). The list is ordered by falling work: in topological order
 * the same rows are of no use. The best known value is *not* an upper bound of the makespan variable: with one the bound of HiGHS stalls.
 *
 * @param unit what a load of 1 in the program stands for, in seconds; the best known value
 */
export function assignmentProgram(problem: PlacementProblem, unit: number): PointReader {
  const { count, groupOf, seconds, resident, workspace } = colocationGroups(problem);
  const classOf = classOfDevices(problem.classes);
  const devices = classOf.length;
  const firstOf = firstDevices(problem.classes);
  const program = new IntegerProgram();

  const makespan = program.variable(0, Infinity, 1);
  const x: number[][] = [];
  for (let g = 0; g < count; g++) {
    x.push([]);
    for (let d = 0; d < devices; d++) x[g]!.push(program.binary());
  }

  for (let g = 0; g < count; g++) {
    program.row(x[g]!.map((variable) => [variable, 1] as const), 1, 1);
    for (let d = 0; d < devices; d++) {
      const c = classOf[d]!;
      if (!Number.isFinite(seconds[c]![g]!)) program.atMost([[x[g]![d]!, 1]], 0);
      // Interchangeable devices are taken in the order of the groups.
      const predecessor = d - 1;
      if (d > firstOf[c]!) {
        if (g < d - firstOf[c]!) program.atMost([[x[g]![d]!, 1]], 0);
        else program.atMost([[x[g]![d]!, 1], ...Array.from({ length: g }, (_, w) => [x[w]![predecessor]!, -1] as const)], 0);
      }
    }
  }

  const receiveTerms: [number, number][][] = Array.from({ length: devices }, () => []);
  const sendTerms: [number, number][][] = Array.from({ length: devices }, () => []);
  problem.nets.forEach((net) => {
    const producer = groupOf[net.producer]!;
    const consumers = [...new Set(net.consumers.map((v) => groupOf[v]!))].filter((g) => g !== producer);
    if (consumers.length === 0) return;
    for (let d = 0; d < devices; d++) {
      const seconds = net.transferSeconds[classOf[d]!]! / unit;
      if (seconds === 0) continue;
      const receive = program.binary(), send = program.binary();
      for (const g of consumers) {
        program.atLeast([[receive, 1], [x[g]![d]!, -1], [x[producer]![d]!, 1]], 0);
        program.atLeast([[send, 1], [x[producer]![d]!, -1], [x[g]![d]!, 1]], 0);
      }
      receiveTerms[d]!.push([receive, seconds]);
      sendTerms[d]!.push([send, seconds]);
    }
  });

  for (let d = 0; d < devices; d++) {
    const c = classOf[d]!;
    const compute: Terms = x.map((row, g) => [row[d]!, Number.isFinite(seconds[c]![g]!) ? seconds[c]![g]! / unit : 0] as const);
    const receive = receiveTerms[d]!, send = sendTerms[d]!;
    const sums: Terms[] = {
      none: [[...compute, ...receive, ...send]],
      compute: [compute, [...receive, ...send]],
      duplex: [[...compute, ...receive], [...compute, ...send]],
      full: [compute, receive, send],
    }[problem.classes[c]!.overlap];
    for (const terms of sums) if (terms.length > 0) program.atMost([...terms, [makespan, -1]], 0);
  }

  const everything = resident.reduce((a, b) => a + b, 0) + problem.sharedMemory.reduce((a, s) => a + s.bytes, 0) + workspace.reduce((a, b) => Math.max(a, b), 0);
  for (let d = 0; d < devices; d++) {
    const capacity = problem.classes[classOf[d]!]!.memoryBytes;
    if (everything <= capacity) continue;
    // Rows are scaled by the capacity: bytes would be far outside the tolerances of the solver.
    const terms: [number, number][] = [];
    for (let g = 0; g < count; g++) terms.push([x[g]![d]!, resident[g]! / capacity]);
    for (const { more, groups } of workspaceLevels(workspace)) {
      const reached = program.binary();
      for (const g of groups) program.atLeast([[reached, 1], [x[g]![d]!, -1]], 0);
      terms.push([reached, more / capacity]);
    }
    problem.sharedMemory.forEach((s) => {
      const variable = program.binary();
      for (const g of new Set(s.operators.map((v) => groupOf[v]!))) program.atLeast([[variable, 1], [x[g]![d]!, -1]], 0);
      terms.push([variable, s.bytes / capacity]);
    });
    program.atMost(terms, 1);
  }

  return {
    program,
    assignment: (values) => {
      const group = new Int32Array(count);
      for (let g = 0; g < count; g++) group[g] = x[g]!.reduce((best, variable, d) => (values[variable]! > values[x[g]![best]!]! ? d : best), 0);
      return groupOf.map((g) => group[g]!);
    },
  };
}
