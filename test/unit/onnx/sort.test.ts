import fc from 'fast-check';
import { expect, it } from 'vitest';
import { topologicalOrder } from '../../../src/onnx/sort';

/** Node i makes the tensor `t<i>`. */
const order = (reads: readonly (readonly number[])[]): ReturnType<typeof topologicalOrder> =>
  topologicalOrder(reads.map((list) => list.map((i) => `t${i}`)), new Map(reads.map((_, i) => [`t${i}`, i])));

/** The smallest order by brute force: again and again the first node that is ready. */
function byBruteForce(reads: readonly (readonly number[])[]): number[] | undefined {
  const done: number[] = [];
  while (done.length < reads.length) {
    const next = reads.findIndex((list, i) => !done.includes(i) && list.every((p) => done.includes(p)));
    if (next < 0) return undefined;
    done.push(next);
  }
  return done;
}

it('is the smallest topological order, or names a cycle', () => {
  const graphs = fc.integer({ min: 1, max: 9 }).chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 2 }), { minLength: n, maxLength: n }));
  let cycles = 0;
  fc.assert(
    fc.property(graphs, (reads) => {
      const found = order(reads);
      const expected = byBruteForce(reads);
      if (expected !== undefined) {
        expect(found).toEqual({ order: expected });
        return;
      }
      cycles++;
      const cycle = 'cycle' in found ? found.cycle : [];
      expect(cycle).not.toHaveLength(0);
      expect(new Set(cycle).size).toBe(cycle.length);
      cycle.forEach((node, i) => expect(reads[node]).toContain(cycle.at(i - 1)));
    }),
    { numRuns: 1000 },
  );
  expect(cycles).toBeGreaterThan(50);
});

it('takes a reversed chain of 100,000 nodes', () => {
  const n = 100_000;
  const found = order(Array.from({ length: n }, (_, i) => (i === n - 1 ? [] : [i + 1])));
  expect('order' in found && found.order[0]).toBe(n - 1);
});
