import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitOn } from '../../../src/engine/fit';
import { noPlacement } from '../../../src/engine/fitError';
import { evaluate } from '../../../src/placement/evaluate';
import type { PlacementProblem } from '../../../src/placement/problem';
import { chainOf, plannedOn, steady } from './planned';

function problemOf(sizes: readonly number[], workspace: readonly number[], count: number, memoryBytes: number, shared: PlacementProblem['sharedMemory'] = []): PlacementProblem {
  return {
    labels: sizes.map(String),
    classes: [{ name: 'gpu', count, memoryBytes, overlap: 'none' }],
    seconds: [Float64Array.from(sizes, () => 1)],
    residentBytes: Float64Array.from(sizes),
    workspaceBytes: Float64Array.from(workspace),
    sharedMemory: shared,
    nets: sizes.slice(1).map((_, i) => ({ producer: i, consumers: [i + 1], transferSeconds: [0] })),
    colocation: new Int32Array(sizes.length).fill(-1),
    backward: new Uint8Array(sizes.length),
  };
}

/** Whether any contiguous split of a chain is within memory, by trying all of them. */
function fits(problem: PlacementProblem): boolean {
  const n = problem.labels.length;
  for (let cuts = 0; cuts < 2 ** (n - 1); cuts++) {
    let device = 0;
    const assignment = Int32Array.from({ length: n }, (_, v) => (v > 0 && (cuts >> (v - 1)) & 1 ? ++device : device));
    if (device < problem.classes[0]!.count && evaluate(problem, assignment).violations.length === 0) return true;
  }
  return false;
}

describe('fitOn', () => {
  it('names a memory that is enough, and on a chain no more than a tenth of a percent above the least', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 300 })), { minLength: 1, maxLength: 7 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (operators, count, sharing) => {
          const shared = sharing && operators.length > 1 ? [{ bytes: 500, operators: [0, operators.length - 1] }] : [];
          const at = (memory: number): PlacementProblem => problemOf(operators.map(([size]) => size), operators.map(([, work]) => work), count, memory, shared);
          const { memoryBytes } = fitOn(at(1), 0);
          expect(fits(at(memoryBytes!))).toBe(true);
          expect(fits(at(memoryBytes! * 0.998 - 1e-6))).toBe(false);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('counts devices of the memory that there is', () => {
    expect(fitOn(problemOf([5, 5, 5, 5], [0, 0, 0, 0], 2, 5), 0)).toMatchObject({ totalBytes: 20, devices: 4 });
    expect(fitOn(problemOf([5, 50], [0, 0], 2, 5), 0).devices).toBeUndefined();
  });
});

describe('noPlacement', () => {
  it('says what is needed, what there is, and what would do', () => {
    const cluster = { ...steady, devices: [{ ...steady.devices[0]!, count: 2, memoryBytes: 100 }], links: [steady.links[0]!] };
    const planned = plannedOn(cluster, chainOf(['Relu', 'Relu', 'Relu', 'Relu']), null);
    planned.input.problem.residentBytes.fill(90);
    planned.input.problem.workspaceBytes.fill(10);
    expect(noPlacement(planned, 'net.onnx').message).toBe('net.onnx: needs 370 B, the cluster has 2 x 100 B. The smallest found that would fit is 2 x 191 B, or 4 x 100 B.');
  });

  it('names operators that nothing runs', () => {
    const cluster = { ...steady, devices: [steady.devices[0]!], links: [steady.links[0]!] };
    expect(noPlacement(plannedOn(cluster, chainOf(['Relu', 'Odd']), null), 'net.onnx').message).toBe(
      'net.onnx: no device of the cluster runs Odd ("b"). Add a device that does, such as the host.',
    );
  });
});
