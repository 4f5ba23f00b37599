import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildProblem } from '../../../src/cost/buildProblem';
import type { ClusterFile } from '../../../src/cost/clusterFile';
import { calibrated, type TimedOperator } from '../../../src/cost/measured';
import { operatorCosts } from '../../../src/cost/operatorCost';
import { sketchOperators } from '../../fixtures/operatorGraphs';

const operator = (type: string, estimate: number, measured?: number): TimedOperator => ({ type, estimate, measured });

describe('calibrated times', () => {
  it('are those measured, and estimates by the ratio of their type, else by the overall one', () => {
    const times = calibrated([operator('Conv', 1, 4), operator('Conv', 2, 2), operator('Add', 1, 0.5), operator('Conv', 10), operator('Add', 3), operator('Exp', 7)]);
    expect([...times.slice(0, 3)]).toEqual([4, 2, 0.5]);
    // Conv took 4 and 1 times its estimate: 2 in the geometric mean; Add a half; all three together the cube root of 2
    expect(times[3]).toBeCloseTo(20, 9);
    expect(times[4]).toBeCloseTo(1.5, 9);
    expect(times[5]).toBeCloseTo(7 * 2 ** (1 / 3), 9);
  });

  it('never make an operator run where the class does not support it, and take a time of 0 as it is', () => {
    expect([...calibrated([operator('Odd', Infinity, 1), operator('Odd', Infinity), operator('Add', 1, 0), operator('Add', 5), operator('Sub', 0, 3)])]).toEqual([Infinity, Infinity, 0, 5, 3]);
    expect([...calibrated([operator('Add', 1), operator('Sub', 2)])]).toEqual([1, 2]);
    expect([...calibrated([])]).toEqual([]);
  });

  it('are exact where every operator of a type is off by the same factor', () => {
    const kinds = fc.constantFrom('Conv', 'Add', 'Exp');
    fc.assert(
      fc.property(fc.array(fc.record({ type: kinds, estimate: fc.double({ min: 1e-6, max: 1, noNaN: true }), known: fc.boolean() }), { minLength: 1 }), (list) => {
        const factor = { Conv: 3, Add: 0.25, Exp: 17 };
        const times = calibrated(list.map(({ type, estimate, known }) => operator(type, estimate, known ? estimate * factor[type] : undefined)));
        list.forEach(({ type, estimate }, i) => {
          if (list.some((other) => other.type === type && other.known)) expect(times[i]! / (estimate * factor[type])).toBeCloseTo(1, 9);
        });
      }),
    );
  });
});

describe('a problem with measured times', () => {
  const graph = sketchOperators([
    { type: 'Relu', reads: ['x'], writes: ['a'] },
    { type: 'Relu', reads: ['a'], writes: ['b'] },
  ]);
  const device = { count: 1, memoryBytes: 1e6, peakFlops: { float32: 1e18 }, memoryBytesPerSecond: 1e18, operatorOverheadSeconds: 1e-3 };
  const cluster: ClusterFile = { version: 1, name: 'two', devices: [{ class: 'gpu', ...device }, { class: 'npu', ...device }], links: [{ between: ['gpu', 'npu'], bytesPerSecond: 1e9, path: 'peer' }] };
  const measured = { deviceClass: 'npu', device: 'Nine', seconds: new Map([['a', 0.25]]), memoryBytes: new Map([['b', 512]]), origin: { path: 'p', digest: 'd' } };
  const plain = buildProblem(graph, operatorCosts(graph), cluster).problem;
  const { problem } = buildProblem(graph, operatorCosts(graph), cluster, { measured });

  it('has them on their class alone', () => {
    expect(problem.seconds[0]).toEqual(plain.seconds[0]);
    expect([...problem.seconds[1]!].map((seconds) => Number(seconds.toPrecision(9)))).toEqual([0.25, 0.25]);
  });

  it('adds the memory that an operator needs while it runs', () => {
    expect(problem.workspaceBytes[0]).toBe(plain.workspaceBytes[0]);
    expect(problem.workspaceBytes[1]).toBe(plain.workspaceBytes[1]! + 512);
  });

  it('is the plain one where the cluster has no such class', () => {
    const other = buildProblem(graph, operatorCosts(graph), cluster, { measured: { ...measured, deviceClass: 'tpu', memoryBytes: new Map() } });
    expect(other.problem).toEqual(plain);
  });
});
