import { enumerateIdeals } from '../ideals';
import type { Overlap, PlacementProblem } from '../problem';
import type { Control } from '../../shared/progress';
import { latencyRoles, type LatencyRoles } from './latencyProblem';
import { latencyUnits, type LatencyUnits } from './latencyUnits';

/** The problem in the arrays that the search reads. Nets and members are in operators, ideals in units. */
export interface LatencyModel {
  readonly problem: PlacementProblem;
  readonly roles: LatencyRoles;
  readonly units: LatencyUnits;
  readonly slotsPerAccelerator: number;
  readonly accelerators: number;
  readonly memoryBytes: number;
  readonly overlap: Overlap;
  /** time of an operator on an accelerator, or on the host; Infinity where it cannot run */
  readonly onAccelerator: Float64Array;
  readonly onHost: Float64Array;
  /** net -> time an accelerator is busy to send or receive it */
  readonly transfer: Float64Array;
  /** operator -> nets it reads */
  readonly reads: readonly (readonly number[])[];
  /**
   * Least time from the start of an operator to the end of the sample: the longest path of best times. Valid for every split, because
   * an operator takes at least its best time between the end of what it waits for and its own end.
   */
  readonly head: Float64Array;
  /** longest path through the graph of best times: no split is faster */
  readonly criticalSeconds: number;
}

/** @throws UserError if the problem's classes do not fit the model */
export function latencyModel(problem: PlacementProblem, slotsPerAccelerator: number): LatencyModel {
  const roles = latencyRoles(problem);
  const n = problem.labels.length;
  const cls = problem.classes[roles.accelerator]!;
  const onAccelerator = cls.count > 0 ? problem.seconds[roles.accelerator]! : new Float64Array(n).fill(Infinity);
  const onHost = roles.host >= 0 ? problem.seconds[roles.host]! : new Float64Array(n).fill(Infinity);
  const units = latencyUnits(problem, roles, slotsPerAccelerator === 1);
  const reads: number[][] = Array.from({ length: n }, () => []);
  problem.nets.forEach((net, k) => {
    for (const v of net.consumers) reads[v]!.push(k);
  });
  const head = new Float64Array(n);
  const behind = new Float64Array(n);
  for (let u = units.size - 1; u >= 0; u--) {
    const members = units.members[u]!;
    for (let i = members.length - 1; i >= 0; i--) {
      const v = members[i]!;
      head[v] = behind[v]! + Math.min(onAccelerator[v]!, onHost[v]!);
      for (const k of reads[v]!) {
        const p = problem.nets[k]!.producer;
        behind[p] = Math.max(behind[p]!, head[v]!);
      }
    }
  }
  return {
    problem, roles, units, slotsPerAccelerator, onAccelerator, onHost, reads, head,
    accelerators: cls.count,
    memoryBytes: cls.memoryBytes,
    overlap: cls.overlap,
    transfer: Float64Array.from(problem.nets, (net) => net.transferSeconds[roles.accelerator]!),
    criticalSeconds: head.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** Sets of units closed under predecessors, smaller ones first, with what the search asks of each. */
export interface LatencyLattice {
  readonly count: number;
  readonly words: number;
  /** ideal i is words i * words .. (i + 1) * words - 1 */
  readonly bits: Uint32Array;
  /** units in each ideal; ascending */
  readonly cardinality: Int32Array;
  /** sums over the operators of each ideal; operators that accelerators do not support are counted instead of timed */
  readonly compute: Float64Array;
  readonly unsupported: Int32Array;
  readonly resident: Float64Array;
  /** ideal i's cut: nets with the producer inside and a consumer outside are cutNets[cutStarts[i] .. cutStarts[i + 1] - 1] */
  readonly cutStarts: Int32Array;
  readonly cutNets: Int32Array;
  /** how many consumers of the net are outside, by position in `cutNets` */
  readonly cutPins: Int32Array;
  /** largest head of those consumers */
  readonly cutHead: Float64Array;
}

/** All ideals of the units' order; null if they are more than the budget. */
export function allIdeals(model: LatencyModel, most: number, control: Control): LatencyLattice | null {
  const { size, order } = model.units;
  const empty = new Float64Array(size);
  const shape = {
    classes: model.problem.classes, size, order, unitOf: model.units.unitOf, seconds: [], residentBytes: empty, workspaceBytes: empty, sharedMemory: [], nets: [],
  };
  // with one unit of work each, ideals come by ascending size
  const measure = { work: new Float64Array(size).fill(1), total: size, capacity: () => size };
  const ideals = enumerateIdeals(shape, measure, { count: most, bytes: 5e8 }, control);
  return ideals === null ? null : lattice(model, ideals.count, ideals.words, ideals.bits);
}

/** The ideals of a linear order: its prefixes. Any split it yields is a split of the graph. */
export function prefixes(model: LatencyModel, order: Int32Array): LatencyLattice {
  const { size } = model.units;
  const words = Math.max(1, Math.ceil(size / 32));
  const bits = new Uint32Array((size + 1) * words);
  order.forEach((u, i) => {
    bits.copyWithin((i + 1) * words, i * words, (i + 1) * words);
    bits[(i + 1) * words + (u >> 5)]! |= 1 << (u & 31);
  });
  return lattice(model, size + 1, words, bits);
}

function lattice(model: LatencyModel, count: number, words: number, bits: Uint32Array): LatencyLattice {
  const { problem, units, onAccelerator, head } = model;
  const cardinality = new Int32Array(count);
  const compute = new Float64Array(count);
  const unsupported = new Int32Array(count);
  const resident = new Float64Array(count);
  const unitCompute = new Float64Array(units.size);
  const unitUnsupported = new Int32Array(units.size);
  const unitResident = new Float64Array(units.size);
  units.members.forEach((members, u) => {
    for (const v of members) {
      if (Number.isFinite(onAccelerator[v]!)) unitCompute[u]! += onAccelerator[v]!;
      else unitUnsupported[u]!++;
      unitResident[u]! += problem.residentBytes[v]!;
    }
  });
  const producer = Int32Array.from(problem.nets, (net) => units.unitOf[net.producer]!);
  const cutStarts = new Int32Array(count + 1);
  const cutNets: number[] = [];
  const cutPins: number[] = [];
  const cutHead: number[] = [];
  for (let i = 0; i < count; i++) {
    const base = i * words;
    for (let u = 0; u < units.size; u++) {
      if (((bits[base + (u >> 5)]! >>> (u & 31)) & 1) === 0) continue;
      cardinality[i]!++;
      compute[i]! += unitCompute[u]!;
      unsupported[i]! += unitUnsupported[u]!;
      resident[i]! += unitResident[u]!;
    }
    for (let k = 0; k < producer.length; k++) {
      const p = producer[k]!;
      if (((bits[base + (p >> 5)]! >>> (p & 31)) & 1) === 0) continue;
      let pins = 0;
      let longest = 0;
      for (const v of problem.nets[k]!.consumers) {
        const u = units.unitOf[v]!;
        if (((bits[base + (u >> 5)]! >>> (u & 31)) & 1) === 1) continue;
        pins++;
        if (head[v]! > longest) longest = head[v]!;
      }
      if (pins === 0) continue;
      cutNets.push(k);
      cutPins.push(pins);
      cutHead.push(longest);
    }
    cutStarts[i + 1] = cutNets.length;
  }
  return {
    count, words, bits, cardinality, compute, unsupported, resident, cutStarts,
    cutNets: Int32Array.from(cutNets), cutPins: Int32Array.from(cutPins), cutHead: Float64Array.from(cutHead),
  };
}
