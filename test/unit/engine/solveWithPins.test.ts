import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src/engine/planned';
import { pinContradiction } from '../../../src/engine/pinContradiction';
import { keeps, problemWithPins } from '../../../src/engine/pins';
import type { PinnedTo } from '../../../src/engine/pinTargets';
import { solveWithPins } from '../../../src/engine/solveWithPins';
import { evaluate } from '../../../src/placement/evaluate';
import { judge } from '../../../src/placement/judge';
import type { PlacementProblem } from '../../../src/placement/problem';
import { unattended } from '../../../src/shared/progress';
import { UserError } from '../../../src/shared/userError';
import { random, randomProblem } from '../placement/randomProblem';

/** The best value over all assignments to named devices that keep the pins; Infinity if there is none. */
function bruteForce(problem: PlacementProblem, pinned: ReadonlyMap<number, PinnedTo>): number {
  const n = problem.labels.length;
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  const requiredStage = Int32Array.from({ length: n }, (_, v) => {
    const to = pinned.get(v);
    return to && 'stage' in to ? to.stage : -1;
  });
  const assignment = new Int32Array(n);
  let best = Infinity;
  const place = (v: number): void => {
    if (v === n) {
      const { maxLoadSeconds, violations } = evaluate({ ...problem, requiredStage }, assignment);
      if (violations.length === 0) best = Math.min(best, maxLoadSeconds);
      return;
    }
    const to = pinned.get(v);
    for (let d = 0; d < devices; d++) {
      if (to && 'device' in to && to.device !== d) continue;
      assignment[v] = d;
      place(v + 1);
    }
  };
  place(0);
  return best;
}

function attemptOf(problem: PlacementProblem, pinned: ReadonlyMap<number, PinnedTo>): Attempt {
  const each = Int32Array.from(problem.labels, (_, v) => v);
  const devices = problem.classes.flatMap(({ name, count }, c) => Array.from({ length: count }, (_, i) => ({ name: `${name}:${i}`, class: c })));
  const operators = problem.labels.map((id, index) => ({ id, name: '', index, type: 'Op' }));
  const input = { problem, devices, nodes: each, nodeOf: each };
  return { prepared: { model: { path: '/net.onnx' }, graph: { operators } }, cluster: {}, input, problem: problemWithPins(input as never, pinned), pinned, objective: 'throughput', planning: {} } as unknown as Attempt;
}

/** Pins of one to three operators, to devices and to stages. */
function randomPins(problem: PlacementProblem, seed: number): ReadonlyMap<number, PinnedTo> {
  const next = random(seed * 101 + 7);
  const below = (k: number): number => Math.floor(next() * k);
  const devices = problem.classes.reduce((sum, { count }) => sum + count, 0);
  return new Map(Array.from({ length: 1 + below(3) }, () => [below(problem.labels.length), next() < 0.5 ? { device: below(devices) } : { stage: below(Math.min(devices, problem.labels.length)) }]));
}

describe('solving with pins to devices and stages', () => {
  const seen = { solved: 0, infeasible: 0, told: 0, mixed: 0 };
  for (let batch = 0; batch < 4; batch++) {
    it(`finds what brute force finds, batch ${batch}`, async () => {
      for (let seed = batch * 250; seed < (batch + 1) * 250; seed++) {
        // a forward pass alone: pins change what colocation says of backward operators without a forward part
        const drawn = randomProblem(seed, 5);
        const problem = { ...drawn, backward: new Uint8Array(drawn.labels.length) };
        const pinned = randomPins(problem, seed);
        const best = bruteForce(problem, pinned);
        const attempt = attemptOf(problem, pinned);
        const contradiction = pinContradiction(attempt, pinned);
        const where = `seed ${seed}`;
        if (contradiction !== null) expect(best, `${where}: ${contradiction}`).toBe(Infinity);
        let found;
        try {
          found = await solveWithPins(attempt, {}, unattended);
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          expect(best, `${where}: ${error.message}`).toBe(Infinity);
          // what cannot be placed at all is no contradiction of pins
          if (bruteForce(problem, new Map()) === Infinity) continue;
          seen.infeasible++;
          if (contradiction !== null) seen.told++;
          continue;
        }
        seen.solved++;
        const kinds = new Set([...pinned.values()].map((to) => Object.keys(to)[0]));
        if (kinds.size === 2) seen.mixed++;
        const { placement, certificate } = found;
        expect(certificate.value, where).toBeCloseTo(best, 9);
        expect(certificate.optimal, where).toBe(true);
        expect(judge(problem, placement, 'throughput').violations, where).toEqual([]);
        for (const [v, to] of pinned) expect(keeps(placement, v, to), where).toBe(true);
      }
    });
  }

  it('has met all kinds of problems', () => {
    expect(seen.solved).toBeGreaterThan(300);
    expect(seen.infeasible).toBeGreaterThan(100);
    expect(seen.mixed).toBeGreaterThan(50);
    // most contradictions have a sentence of their own; what is left is memory, and circles that several pins close together
    expect(seen.told / seen.infeasible).toBeGreaterThan(0.7);
  });
});
