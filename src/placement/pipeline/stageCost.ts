import { cutsOf } from '../cuts';
import { combine } from '../overlap';
import { walkIdeals, type Ideals } from '../ideals';
import type { PipelineUnits } from './units';

/** How a pipeline is run, as far as its stages' costs and memory depend on it. */
export interface PipelineRules {
  /** 'sum': a stage counts with both passes together; 'passes': with each apart (GPipe) */
  readonly value: 'sum' | 'passes';
  /** micro-batches in flight in a stage on `width` devices, of `behind` devices from it to the end of the pipeline */
  readonly inFlight: (width: number, behind: number) => number;
  /** most devices of one stage */
  readonly most: number;
  /** servers that the devices of each class are spread over evenly */
  readonly servers: number;
  /** bytes per second of the link between the replicas of a class */
  readonly syncBytesPerSecond: readonly number[];
}

/** Costs of the stages that lie between two ideals. `open` chooses the later one, `stage` the earlier; then the rest may be asked. */
export interface StageCosts {
  readonly open: (j: number) => void;
  readonly stage: (i: number) => void;
  /** whether class c supports all of the stage */
  readonly supported: (c: number) => boolean;
  /** time to compute both passes on one device of class c, in seconds */
  readonly compute: (c: number) => number;
  /**
   * Seconds of the stage on `width` devices of class c: [forward or both, backward or 0]. Valid until the next call.
   * @param end ideal at which the stage's server ends
   * @param opens the stage is the first of its server: what it reads comes from other servers. Otherwise that is known of no value, and the cheaper
   *   way is taken: no load is above what it will be
   */
  readonly load: (c: number, width: number, end: number, opens: boolean) => Float64Array;
  readonly fits: (c: number, inFlight: number) => boolean;
  /**
   * What matters of where a server ends to the stages that are still to be put before ideal i: of each value that crosses i, whether it is wanted within
   * the server and whether beyond it. Ends of equal keys cost the same.
   */
  readonly endKey: (i: number, end: number) => string;
}

/** Sums over the units of an ideal whose differences are exact: times and bytes as whole multiples of a quantum. */
interface PrefixSum {
  readonly of: Float64Array;
  readonly quantum: number;
}

const WHOLE = 2 ** 50;

/** Sums of unit values over each ideal. */
function prefixSums(ideals: Ideals, values: readonly Float64Array[]): PrefixSum[] {
  const totals = values.map((of) => of.reduce((a, b) => a + (Number.isFinite(b) ? b : 0), 0));
  const quanta = totals.map((total) => (total > 0 ? total / WHOLE : 1));
  const whole = values.map((of, k) => of.map((value) => (Number.isFinite(value) ? Math.round(value / quanta[k]!) : 0)));
  const result = values.map(() => new Float64Array(ideals.count));
  const running = new Float64Array(values.length);
  walkIdeals(
    ideals,
    (u, sign) => {
      for (let k = 0; k < values.length; k++) running[k]! += sign * whole[k]![u]!;
    },
    (i) => result.forEach((of, k) => (of[i] = running[k]!)),
  );
  return result.map((of, k) => ({ of, quantum: quanta[k]! }));
}

/** Prepares the costs of all stages between two ideals of a lattice. */
export function stageCosts(units: PipelineUnits, ideals: Ideals, rules: PipelineRules): StageCosts {
  const { words, bits } = ideals;
  const { classes, nets, shared } = units;
  const k = classes.length;
  const unsupported = units.forward.map((of) => of.map((t) => (Number.isFinite(t) ? 0 : 1)));
  const sums = prefixSums(ideals, [...units.forward, ...units.backward, ...unsupported, units.residentBytes, units.stashBytes, units.weightBytes]);
  const cuts = cutsOf(ideals, units.size, nets);
  const has = (i: number, u: number): boolean => ((bits[i * words + (u >> 5)]! >>> (u & 31)) & 1) === 1;
  const anyNet = nets.length > 0;
  /** round in which each net was looked at last */
  const stamp = new Int32Array(nets.length);
  let round = 0;

  let j = 0;
  let i = 0;
  /** what of the stage is known so far */
  let communicated = -1;
  let openedWith = false;
  let exactMemory = false;
  let sharedBytes = 0;
  let sharedWeights = 0;
  let workspace = 0;
  /** seconds by class: forward receive and send, backward receive and send */
  const way = [0, 1, 2, 3].map(() => new Float64Array(k));
  const result = new Float64Array(2);
  const between = (s: number): number => {
    const { of, quantum } = sums[s]!;
    return (of[j]! - of[i]!) * quantum;
  };
  const inStage = (u: number): boolean => has(j, u) && !has(i, u);

  const oneServer = rules.servers === 1;
  /** A net pays if it has an end inside the stage and one outside: then it is cut at one of the two ideals. */
  const communicate = (end: number, opens: boolean): void => {
    communicated = end;
    openedWith = opens;
    for (const of of way) of.fill(0);
    round++;
    // of what lies before the stage it is known only for the first stage of a server that it lies in another one
    const unknown = (u: number): boolean => !oneServer && !opens && has(i, u);
    const near = (u: number): boolean => oneServer || (!has(i, u) && has(end, u));
    const outside = (u: number): boolean => !inStage(u);
    for (const ideal of [i, j]) {
      for (let at = cuts.starts[ideal]!; at < cuts.starts[ideal + 1]!; at++) {
        const e = cuts.nets[at]!;
        if (stamp[e] === round) continue;
        stamp[e] = round;
        const net = nets[e]!;
        const home = inStage(net.producer);
        if (!home && !net.pins.some(inStage)) continue;
        const there = way[(net.backward ? 2 : 0) + (home ? 1 : 0)]!;
        const back = way[home ? 2 : 3]!;
        const ends = home ? net.pins.filter(outside) : [net.producer];
        const inside = ends.some((u) => !unknown(u) && near(u));
        const across = ends.some((u) => !unknown(u) && !near(u));
        for (let c = 0; c < k; c++) {
          if (inside) {
            there[c]! += net.transferSeconds[c]!;
            back[c]! += net.gradientSeconds[c]!;
          }
          if (across) {
            there[c]! += net.crossSeconds[c]!;
            back[c]! += net.crossGradientSeconds[c]!;
          }
          if (!inside && !across) {
            there[c]! += Math.min(net.transferSeconds[c]!, net.crossSeconds[c]!);
            back[c]! += Math.min(net.gradientSeconds[c]!, net.crossGradientSeconds[c]!);
          }
        }
      }
    }
  };

  const weigh = (): void => {
    exactMemory = true;
    sharedBytes = sharedWeights = workspace = 0;
    for (const entry of shared) {
      if (!entry.units.some(inStage)) continue;
      sharedBytes += entry.bytes;
      sharedWeights += entry.weightBytes;
    }
    for (let w = 0; w < words; w++) {
      for (let inside = (bits[j * words + w]! & ~bits[i * words + w]!) >>> 0; inside !== 0; inside &= inside - 1) {
        workspace = Math.max(workspace, units.workspaceBytes[w * 32 + 31 - Math.clz32(inside & -inside)]!);
      }
    }
  };

  const [resident, stash, weights] = [3 * k, 3 * k + 1, 3 * k + 2];
  const sharedTotal = shared.reduce((total, { bytes }) => total + bytes, 0);
  const workspaceMost = units.workspaceBytes.reduce((most, bytes) => Math.max(most, bytes), 0);
  return {
    endKey: (ideal, end) => {
      let key = '';
      for (let at = cuts.starts[ideal]!; at < cuts.starts[ideal + 1]!; at++) {
        const e = cuts.nets[at]!;
        const net = nets[e]!;
        const ends = has(ideal, net.producer) ? net.pins : [net.producer];
        let inside = false;
        let beyond = false;
        for (const u of ends) {
          if (!has(end, u)) beyond = true;
          else if (!has(ideal, u)) inside = true;
        }
        // what is not wanted beyond the server is the usual case
        if (beyond) key += `${e}${inside ? '+' : '-'}`;
      }
      return key;
    },
    open: (ideal) => void (j = ideal),
    stage: (ideal) => {
      i = ideal;
      communicated = -1;
      exactMemory = false;
    },
    supported: (c) => sums[2 * k + c]!.of[j] === sums[2 * k + c]!.of[i],
    compute: (c) => between(c) + between(k + c),
    load: (c, width, end, opens) => {
      if (anyNet && (communicated !== end || openedWith !== opens)) communicate(end, opens);
      const { overlap } = classes[c]!;
      const [receive, send, receiveBack, sendBack] = way as [Float64Array, Float64Array, Float64Array, Float64Array];
      let sync = 0;
      if (width > 1) {
        if (shared.length > 0 && !exactMemory) weigh();
        sync = ((2 * (width - 1)) / width) * ((between(weights) + sharedWeights) / rules.syncBytesPerSecond[c]!);
      }
      if (rules.value === 'sum') {
        result[0] = combine(overlap, between(c) + between(k + c), receive[c]! + receiveBack[c]!, send[c]! + sendBack[c]!) / width + sync;
      } else {
        result[0] = combine(overlap, between(c), receive[c]!, send[c]!) / width;
        result[1] = combine(overlap, between(k + c), receiveBack[c]!, sendBack[c]!) / width + sync;
      }
      return result;
    },
    fits: (c, inFlight) => {
      const free = classes[c]!.memoryBytes * (1 + 1e-12);
      if (free === Infinity) return true;
      const own = between(resident) + between(stash) * inFlight;
      if (own + sharedTotal + workspaceMost <= free) return true;
      if (own * (1 - 1e-12) > free) return false;
      if (!exactMemory) weigh();
      return own + sharedBytes + workspace <= free;
    },
  };
}
