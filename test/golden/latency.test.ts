import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../src/placement/instance';
import { evaluateLatency } from '../../src/placement/latency/evaluateLatency';
import type { LatencySplit } from '../../src/placement/latency/latencyProblem';
import { solveLatency, splitOfPlacement } from '../../src/placement/latency/solveLatency';
import { solve } from '../../src/placement/solve';
import { unattended } from '../../src/shared/progress';

const folder = '../shared/data/placement';
type Baselines = Readonly<Partial<Record<'greedy' | 'humanExpert' | 'maxLoadSplit', number>>>;
/** What the integer program of the reference reached, where it was run. */
const targets: Readonly<Record<string, number>> = { 'layers-bert24_inference': 100.22, 'ops-bert3_inference': 410 };

describe.skipIf(!existsSync(`${folder}/latency`))('latency instances of ../shared/data/placement (skipped where absent)', () => {
  const golden = existsSync(folder) ? (JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as { latency: Record<string, Baselines> }).latency : {};
  const files = existsSync(folder) ? readdirSync(`${folder}/latency`) : [];

  it('are all in the record', () => expect(files.map((file) => file.replace('.json', '')).sort()).toEqual(Object.keys(golden).sort()));

  for (const file of files) {
    const name = file.replace('.json', '');
    const baselines = golden[name]!;
    const { problem } = readInstance(readFileSync(`${folder}/latency/${file}`, 'utf8'), file);

    it(`${file}: one slot each, no worse than any baseline, proven`, () => {
      const { split, certificate } = solveLatency(problem, { timeLimitSeconds: 120 }, unattended);
      const judged = evaluateLatency(problem, split);
      expect(judged.violations).toEqual([]);
      expect(judged.latencySeconds).toBe(certificate.value);
      for (const value of [...Object.values(baselines), targets[name] ?? Infinity]) expect(certificate.value).toBeLessThanOrEqual(value * (1 + 1e-9));
      expect(certificate.value / certificate.lowerBound).toBeLessThan(1.03);
    }, 150_000);

    it(`${file}: greedy is no worse than the record`, () => {
      expect(solveLatency(problem, { method: 'greedy' }, unattended).certificate.value).toBeLessThanOrEqual(baselines.greedy! * (1 + 1e-9));
    });

    it(`${file}: the split with the least load as a start, two slots each within a limit of time`, () => {
      const { placement } = solve(problem, { objective: 'throughput', method: 'auto' }, unattended);
      const start: LatencySplit = splitOfPlacement(problem, placement.assignment, 2);
      const { certificate } = solveLatency(problem, { slots: 2, start, timeLimitSeconds: 4 }, unattended);
      expect(certificate.value).toBeLessThanOrEqual(evaluateLatency(problem, start).latencySeconds);
      expect(certificate.lowerBound).toBeLessThanOrEqual(certificate.value);
    }, 30_000);
  }

  it.runIf(existsSync(`${folder}/experts`))('the evaluator agrees with the recorded latency of the expert split of bert24', () => {
    const file = readdirSync(`${folder}/experts`).find((f) => f.includes('bert24') && f.includes('inference'));
    if (file === undefined) return;
    const { problem, ids } = readInstance(readFileSync(`${folder}/latency/layers-bert24_inference.json`, 'utf8'), 'bert24');
    const expert = JSON.parse(readFileSync(`${folder}/experts/${file}`, 'utf8')) as { fpgas: { nodes: number[] }[] };
    const slotOf = Int32Array.from(ids, (id) => expert.fpgas.findIndex((f) => f.nodes.includes(id)));
    if (expert.fpgas.length <= problem.classes[0]!.count) expect(evaluateLatency(problem, { slotOf, slotsPerAccelerator: 1 }).latencySeconds).toBeCloseTo(golden['layers-bert24_inference']!.humanExpert!, 6);
  });
});
