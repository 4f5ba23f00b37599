import { describe, expect, it } from 'vitest';
import { makeCachedElk, makeElkRunner, plainColumn, type ColumnProblem } from '../../../src/layout/columnLayout';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import { isThread, splitAtWaists, stackPieces } from '../../../src/layout/waists';
import { cnnView, transformerView } from '../../fixtures/planViews';

/** A box, a diamond of four, a box, a thread of two that an edge skips. */
const column: ColumnProblem = {
  count: 8,
  widths: new Array<number>(8).fill(100),
  heights: new Array<number>(8).fill(40),
  layers: [3, 4, 5, 5, 6, 7, 8, 9],
  edges: [[0, 1], [1, 2], [1, 3], [2, 4], [3, 4], [4, 5], [5, 6], [6, 7], [5, 7]].map(([from, to]) => ({ from: from!, to: to! })),
};

describe('splitAtWaists', () => {
  it('splits where one edge passes between two single boxes, and only there', () => {
    const { pieces, bridges } = splitAtWaists(column);
    expect(pieces.map(({ members }) => members)).toEqual([[0], [1, 2, 3, 4], [5, 6, 7]]);
    expect(bridges).toEqual([0, 5]);
    expect(pieces.map(({ edgeIndices }) => edgeIndices)).toEqual([[], [1, 2, 3, 4], [6, 7, 8]]);
    expect(pieces[1]!.edges).toEqual([{ from: 0, to: 1 }, { from: 0, to: 2 }, { from: 1, to: 3 }, { from: 2, to: 3 }]);
    expect(pieces.map(isThread)).toEqual([true, false, false]);
    expect(splitAtWaists({ ...column, edges: [...column.edges, { from: 0, to: 7 }] }).bridges).toEqual([]);
    expect(splitAtWaists({ ...column, edges: [...column.edges, { from: 0, to: 1 }] }).bridges).toEqual([5]);
  });

  it('stacks what was split with upright edges between, or says that it does not fit', () => {
    const split = splitAtWaists(column);
    const results = split.pieces.map(plainColumn);
    const stacked = stackPieces(column, split, results)!;
    expect(stacked.height).toBe(7 * 40 + 6 * 30);
    expect(stacked.width).toBe(218);
    for (const bridge of split.bridges) {
      const [x0, y0, x1, y1] = stacked.points[bridge]! as [number, number, number, number];
      expect(x0).toBe(x1);
      expect(y1 - y0).toBe(30);
    }
    expect(Math.min(...stacked.x)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...stacked.x) + 100).toBeLessThanOrEqual(stacked.width);
    expect(stackPieces(column, split, results.map((result, p) => (p === 1 ? { ...result, y: result.y.map((y) => y + 5) } : result)))).toBeNull();
  });

  it.each([['a detector', cnnView(765)], ['a decoder', transformerView(765, 0)]])('leaves ELK few of the operators of %s', async (_, view) => {
    const given: number[] = [];
    const elk = makeElkRunner();
    const layout = await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 60_000, elk: makeCachedElk((problem) => (given.push(problem.count), elk(problem))) });
    expect(layout.engine).toBe('elk');
    expect(given.reduce((a, b) => a + b, 0)).toBeLessThan(layout.operators.length / 2);
  });
});
