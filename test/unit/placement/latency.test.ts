import { describe, expect, it } from 'vitest';
import { evaluateLatency } from '../../../src/placement/latency/evaluateLatency';
import { greedyLatency } from '../../../src/placement/latency/greedyLatency';
import { HOST, type LatencySplit } from '../../../src/placement/latency/latencyProblem';
import { latencyMethods, solveLatency, splitOfPlacement } from '../../../src/placement/latency/solveLatency';
import { searchIdeals } from '../../../src/placement/latency/searchIdeals';
import { allIdeals, latencyModel } from '../../../src/placement/latency/latencyModel';
import type { Net, Overlap, PlacementProblem } from '../../../src/placement/problem';
import { unattended } from '../../../src/shared/progress';
import { CancelledError, UserError } from '../../../src/shared/userError';
import { random } from './randomProblem';

const overlaps: readonly Overlap[] = ['none', 'compute', 'duplex', 'full'];

/** A small problem of accelerators and a host: memory, shared weights, workspace, colocation, gaps in support, idle operators. */
function randomLatencyProblem(seed: number, most: number): PlacementProblem {
  const next = random(seed);
  const below = (k: number): number => Math.floor(next() * k);
  const chance = (p: number): boolean => next() < p;
  const n = 1 + below(most);
  const limited = chance(0.6);
  const host = chance(0.85);
  const density = 0.15 + next() * 0.5;
  const accelerators = host && chance(0.05) ? 0 : 1 + below(3);
  const nets: Net[] = [];
  for (let u = 0; u < n; u++) {
    const consumers: number[] = [];
    for (let v = u + 1; v < n; v++) if (chance(density)) consumers.push(v);
    if (consumers.length === 0) continue;
    nets.push({ producer: u, consumers, transferSeconds: [below(5) / 2, 0] });
    if (chance(0.15)) nets.push({ producer: u, consumers: consumers.slice(-1), transferSeconds: [below(3), 0] });
  }
  const idle = Array.from({ length: n }, () => chance(0.2));
  const colocated = chance(0.5);
  const shared: { bytes: number; operators: number[] }[] = [];
  while (n > 1 && limited && chance(0.3)) {
    const operators = [...new Set([below(n), below(n), below(n)])].sort((a, b) => a - b);
    if (operators.length > 1) shared.push({ bytes: 1 + below(5), operators });
  }
  return {
    labels: Array.from({ length: n }, (_, v) => `op${v}`),
    classes: [
      { name: 'accelerator', count: accelerators, memoryBytes: limited ? 4 + below(14) : Infinity, overlap: chance(0.6) ? 'none' : overlaps[below(4)]! },
      { name: 'host', count: host ? 8 : 0, memoryBytes: Infinity, overlap: 'none' },
    ],
    seconds: [
      Float64Array.from({ length: n }, (_, v) => (idle[v] ? 0 : chance(0.08) ? Infinity : 1 + below(9) / 3)),
      Float64Array.from({ length: n }, (_, v) => (idle[v] ? 0 : chance(0.05) ? Infinity : 1 + below(30) / 3)),
    ],
    residentBytes: Float64Array.from({ length: n }, (_, v) => (limited && !idle[v] ? below(6) : 0)),
    workspaceBytes: Float64Array.from({ length: n }, () => (limited && chance(0.3) ? below(4) : 0)),
    sharedMemory: shared,
    nets,
    colocation: Int32Array.from({ length: n }, () => (colocated && chance(0.5) ? below(3) : -1)),
    backward: new Uint8Array(n),
  };
}

/** The best latency over all splits; Infinity if none is valid. Of accelerators without operators only the next one is tried. */
function bruteForce(problem: PlacementProblem, q: number): number {
  const n = problem.labels.length;
  const slotOf = new Int32Array(n).fill(HOST);
  const users = new Int32Array(problem.classes[0]!.count);
  const split: LatencySplit = { slotOf, slotsPerAccelerator: q };
  let best = Infinity;
  const place = (v: number): void => {
    if (v === n) {
      best = Math.min(best, evaluateLatency(problem, split).latencySeconds);
      return;
    }
    slotOf[v] = HOST;
    place(v + 1);
    for (let d = 0; d < users.length; d++) {
      users[d]!++;
      for (let s = 0; s < q; s++) {
        slotOf[v] = d * q + s;
        place(v + 1);
      }
      users[d]!--;
      if (users[d] === 0) break;
    }
    slotOf[v] = HOST;
  };
  place(0);
  return best;
}

/** A chain a -> b -> c on two accelerators; each transfer takes 1. */
const chain: PlacementProblem = {
  labels: ['a', 'b', 'c'],
  classes: [
    { name: 'accelerator', count: 2, memoryBytes: 2, overlap: 'none' },
    { name: 'host', count: 1, memoryBytes: Infinity, overlap: 'none' },
  ],
  seconds: [Float64Array.of(2, 3, 4), Float64Array.of(20, 30, 40)],
  residentBytes: Float64Array.of(1, 1, 1),
  workspaceBytes: new Float64Array(3),
  sharedMemory: [],
  nets: [
    { producer: 0, consumers: [1], transferSeconds: [1, 0] },
    { producer: 1, consumers: [2], transferSeconds: [1, 0] },
  ],
  colocation: new Int32Array(3).fill(-1),
  backward: new Uint8Array(3),
};

describe('the latency of a split', () => {
  const judge = (...slotOf: number[]): ReturnType<typeof evaluateLatency> => evaluateLatency(chain, { slotOf: Int32Array.from(slotOf), slotsPerAccelerator: 1 });

  it('adds up loads along what waits for what', () => {
    // slot 0: 2 + 3 and one send; slot 1: one receive and 4
    expect(judge(0, 0, 1)).toMatchObject({ latencySeconds: 11, violations: [] });
    expect([...judge(0, 0, 1).doneSeconds]).toEqual([6, 6, 11]);
    expect(judge(0, 0, 1).slots.map((s) => [s.startSeconds, s.endSeconds])).toEqual([[0, 6], [6, 11]]);
    expect(judge(-1, -1, -1).latencySeconds).toBe(90);
    expect(judge(-1, 0, 0).latencySeconds).toBe(20 + 1 + 7);
  });

  it('names memory, circles, support, wrong slots and colocation', () => {
    expect(judge(0, 0, 0).violations[0]).toMatch(/needs 3 bytes and has 2/);
    expect(judge(0, 1, 0)).toMatchObject({ latencySeconds: Infinity });
    expect(judge(0, 1, 0).violations[0]).toMatch(/circle/);
    expect(judge(0, 5, 0).violations[0]).toMatch(/slot 5/);
    const split = { slotOf: Int32Array.of(0, 0, 1), slotsPerAccelerator: 1 };
    expect(evaluateLatency({ ...chain, seconds: [Float64Array.of(2, Infinity, 4), chain.seconds[1]!] }, split).violations[0]).toMatch(/'b' is not supported by accelerator/);
    expect(evaluateLatency({ ...chain, colocation: Int32Array.of(0, -1, 0) }, split).violations[0]).toMatch(/'a' and 'c' must share/);
  });

  it('runs the slots of one accelerator one after the other', () => {
    const apart: PlacementProblem = { ...chain, nets: [], classes: [{ ...chain.classes[0]!, memoryBytes: 9, count: 1 }, chain.classes[1]!] };
    expect(evaluateLatency(apart, { slotOf: Int32Array.of(0, 1, 1), slotsPerAccelerator: 2 }).slots.map((s) => [s.startSeconds, s.endSeconds])).toEqual([[0, 2], [2, 9]]);
    // the later slot feeds the earlier one
    expect(evaluateLatency({ ...chain, classes: apart.classes }, { slotOf: Int32Array.of(1, 0, 0), slotsPerAccelerator: 2 }).violations[0]).toMatch(/circle/);
  });

  it('refuses training graphs, three classes, and two that both pay', () => {
    const split = { slotOf: Int32Array.of(-1, -1, -1), slotsPerAccelerator: 1 };
    expect(() => evaluateLatency({ ...chain, backward: Uint8Array.of(0, 0, 1) }, split)).toThrow(UserError);
    expect(() => evaluateLatency({ ...chain, classes: [...chain.classes, chain.classes[1]!] }, split)).toThrow(UserError);
    expect(() => evaluateLatency({ ...chain, nets: [{ producer: 0, consumers: [1], transferSeconds: [1, 1] }] }, split)).toThrow(UserError);
    expect(() => evaluateLatency(chain, { ...split, slotsPerAccelerator: 0 })).toThrow(UserError);
  });
});

describe.each([
  { q: 1, most: 6, problems: 500 },
  { q: 2, most: 5, problems: 250 },
])('$problems random problems, $q slots per accelerator', ({ q, most, problems }) => {
  it('exact equals brute force, no bound is above it, no method below', () => {
    let infeasible = 0;
    for (let seed = 0; seed < problems; seed++) {
      const problem = randomLatencyProblem(seed * 2 + q, most);
      const best = bruteForce(problem, q);
      if (best === Infinity) {
        infeasible++;
        for (const method of latencyMethods) expect(() => solveLatency(problem, { slots: q, method }, unattended), `${seed} ${method}`).toThrow(UserError);
        continue;
      }
      for (const method of latencyMethods) {
        const { split, certificate } = (() => {
          try {
            return solveLatency(problem, { slots: q, method }, unattended);
          } catch (error) {
            // a heuristic may miss what there is
            if (error instanceof UserError && (method === 'greedy' || method === 'linearized')) return { split: undefined, certificate: undefined };
            throw error;
          }
        })();
        if (split === undefined) continue;
        const judged = evaluateLatency(problem, split);
        expect(judged.violations, `${seed} ${method}`).toEqual([]);
        expect(judged.latencySeconds).toBe(certificate.value);
        expect(certificate.value, `${seed} ${method}`).toBeGreaterThanOrEqual(best * (1 - 1e-9));
        expect(certificate.lowerBound, `${seed} ${method}`).toBeLessThanOrEqual(best * (1 + 1e-9));
        expect(certificate.optimal, `${seed} ${method}`).toBe(certificate.lowerBound === certificate.value);
        if (method === 'auto' || method === 'ideals') {
          expect(certificate.value, `${seed} ${method}`).toBeLessThanOrEqual(best * (1 + 1e-9));
          expect(certificate.optimal).toBe(true);
        }
      }
    }
    expect(infeasible).toBeGreaterThan(0);
    expect(infeasible).toBeLessThan(problems / 2);
  }, 120_000);

  it('cut short or narrowed at any point, the bound holds', () => {
    for (let seed = 0; seed < 150; seed++) {
      const problem = randomLatencyProblem(seed * 2 + q, most);
      const best = bruteForce(problem, q);
      const model = latencyModel(problem, q);
      const lattice = allIdeals(model, 1e5, unattended)!;
      for (const beam of [1, 2]) {
        const { lowerBound, value } = searchIdeals(model, lattice, Infinity, Infinity, unattended, beam);
        expect(lowerBound, `${seed}`).toBeLessThanOrEqual(best * (1 + 1e-9));
        expect(value).toBeGreaterThanOrEqual(best * (1 - 1e-9));
      }
      let asked = 0;
      const { lowerBound } = searchIdeals(model, lattice, Infinity, Infinity, { report: () => undefined, cancelled: () => asked++ >= seed % 3 });
      expect(lowerBound, `${seed}`).toBeLessThanOrEqual(best * (1 + 1e-9));
    }
  }, 120_000);
});

describe('solving for latency', () => {
  it('is done when cancelled, with what it has', () => {
    const { certificate } = solveLatency(chain, {}, { report: () => undefined, cancelled: () => true });
    expect(certificate.value).toBe(11);
    expect(certificate.optimal).toBe(false);
    // greedy breaks the colocation, and nothing else has been tried
    const hard = { ...chain, classes: [{ ...chain.classes[0]!, memoryBytes: 0.5 }, { ...chain.classes[1]!, count: 0 }] };
    expect(() => solveLatency(hard, {}, { report: () => undefined, cancelled: () => true })).toThrow(CancelledError);
  });

  it('takes a start, and reports every improvement', () => {
    const seen: number[] = [];
    const control = { report: (p: { incumbent?: number }): void => void (p.incumbent !== undefined && seen.push(p.incumbent)), cancelled: () => false };
    const start = splitOfPlacement(chain, Int32Array.of(0, 2, 1));
    expect([...start.slotOf]).toEqual([0, HOST, 1]);
    const { certificate } = solveLatency(chain, { start }, control);
    expect(seen[0]).toBe(2 + 1 + 30 + 1 + 4);
    expect(Math.min(...seen)).toBe(certificate.value);
  });

  it('greedy fills one accelerator after the other', () => {
    expect([...greedyLatency(chain).slotOf]).toEqual([0, 0, 1]);
    expect([...greedyLatency(chain, 3).slotOf]).toEqual([0, 0, 3]);
  });
});
