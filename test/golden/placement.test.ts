import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workMeasure } from '../../src/placement/capacity';
import { contract } from '../../src/placement/contract';
import { evaluate } from '../../src/placement/evaluate';
import { enumerateIdeals } from '../../src/placement/ideals';
import { readInstance } from '../../src/placement/instance';
import { solve } from '../../src/placement/solve';
import { unattended } from '../../src/shared/progress';

const folder = '../shared/data/placement';

interface Golden {
  readonly maxLoad: number;
  readonly idealsAfterContraction: number | null;
  readonly linearized: number;
}

const apart = (a: number, b: number): number => Math.abs(a - b) / b;

describe.skipIf(!existsSync(folder))('reference instances of ../shared/data/placement (skipped where absent)', () => {
  const golden = existsSync(folder) ? (JSON.parse(readFileSync(`${folder}/golden.json`, 'utf8')) as { throughput: Record<string, Golden> }).throughput : {};
  const files = existsSync(folder) ? readdirSync(`${folder}/throughput`) : [];

  it('are all in the record', () => expect(files.map((file) => file.replace('.json', '')).sort()).toEqual(Object.keys(golden).sort()));

  for (const file of files) {
    const expected = golden[file.replace('.json', '')]!;
    const { problem } = readInstance(readFileSync(`${folder}/throughput/${file}`, 'utf8'), file);
    const options = { objective: 'throughput' } as const;

    it(`${file}: the optimum, proven`, () => {
      for (const method of ['ideals', 'auto']) {
        const { certificate, placement } = solve(problem, { ...options, method }, unattended);
        expect(apart(certificate.value, expected.maxLoad), `${method} ${certificate.value}`).toBeLessThan(1e-9);
        expect(certificate.optimal).toBe(true);
        const judged = evaluate(problem, placement.assignment);
        expect(judged.violations).toEqual([]);
        expect(judged.maxLoadSeconds).toBe(certificate.value);
      }
    });

    it(`${file}: other methods are valid, and their bounds honest`, () => {
      for (const method of ['linearized', 'coarsened', 'greedy', 'pipedream']) {
        const { certificate } = solve(problem, { ...options, method }, unattended);
        expect(certificate.value, method).toBeGreaterThanOrEqual(expected.maxLoad * (1 - 1e-9));
        expect(certificate.lowerBound, method).toBeLessThanOrEqual(expected.maxLoad * (1 + 1e-9));
        if (method === 'linearized' || method === 'coarsened') expect(certificate.value, method).toBeLessThanOrEqual(expected.linearized * (1 + 1e-9));
      }
    });

    it.skipIf(expected.idealsAfterContraction === null)(`${file}: number of ideals`, () => {
      const units = contract(problem);
      const ideals = enumerateIdeals(units, workMeasure(units), { count: 1e6, bytes: 1e9 }, unattended);
      expect(ideals?.count).toBe(expected.idealsAfterContraction);
    });
  }
});

describe('instances checked by hand', () => {
  const text = (over: object): string =>
    JSON.stringify({
      maxSizePerFPGA: 100,
      maxFPGAs: 2,
      maxCPUs: 0,
      nodes: [
        { id: 10, supportedOnFpga: true, cpuLatency: 50, fpgaLatency: 4, isBackwardNode: false, size: 40 },
        { id: 7, supportedOnFpga: true, cpuLatency: 50, fpgaLatency: 3, isBackwardNode: false, size: 40 },
        { id: 3, supportedOnFpga: true, cpuLatency: 50, fpgaLatency: 3, isBackwardNode: false, size: 40 },
        { id: 99, supportedOnFpga: true, cpuLatency: 50, fpgaLatency: 5, isBackwardNode: false },
      ],
      edges: [
        { sourceId: 10, destId: 7, cost: 1 },
        { sourceId: 10, destId: 3, cost: 1 },
        { sourceId: 7, destId: 99, cost: 0.5 },
        { sourceId: 3, destId: 99, cost: 0.25 },
      ],
      ...over,
    });

  it('a diamond on two accelerators: 10 and 3 send twice, 7 and 99 receive twice', () => {
    // {10, 7}: 4 + 3 + 1 + 0.5 = 8.5, {3, 99}: 3 + 5 + 1 + 0.5 = 9.5; {10, 3}: 4 + 3 + 1 + 0.25 = 8.25, {7, 99}: 3 + 5 + 1 + 0.25 = 9.25
    // {10}: 5, rest 12; {10, 7, 3} would be 10.75 and too large for one memory
    const { problem } = readInstance(text({}), 'diamond.json');
    const { certificate, placement } = solve(problem, { objective: 'throughput', method: 'auto' }, unattended);
    expect(certificate).toMatchObject({ value: 9.25, optimal: true });
    expect([...placement.assignment]).toEqual([0, 1, 0, 1]);
  });

  it('an operator that accelerators do not support goes to the CPU, which pays no transfer', () => {
    const { problem } = readInstance(
      text({ maxCPUs: 1, nodes: [10, 7, 3, 99].map((id) => ({ id, supportedOnFpga: id !== 99, cpuLatency: 6, fpgaLatency: 2, isBackwardNode: false })) }),
      'cpu.json',
    );
    // {10, 7, 3} on one accelerator: 6 + 0.5 + 0.25; {99} on the CPU: 6; {10}: 2 + 1, {7, 3}: 4 + 1 + 0.75
    const { certificate } = solve(problem, { objective: 'throughput', method: 'ideals' }, unattended);
    expect(certificate.value).toBe(6);
    expect(certificate.optimal).toBe(true);
  });
});
