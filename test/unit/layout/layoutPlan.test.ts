import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import type { LayoutView } from '../../../src/shared/layoutView';
import type { PlanView } from '../../../src/shared/planView';
import { CancelledError } from '../../../src/shared/userError';
import { cnnView, tinyView, transformerView } from '../../fixtures/planViews';
import { boxAt, overlaps, type Box } from './sound';

const options = { showFoldable: false, deadlineMilliseconds: 20_000 };

function expectSound(view: PlanView, layout: LayoutView): void {
  const n = layout.operators.length;
  expect(layout.boxes).toHaveLength(4 * n);
  expect(layout.boxes.every(Number.isFinite)).toBe(true);
  expect(overlaps(layout.operators.map((_, i) => boxAt(layout, i)))).toEqual([]);
  layout.operators.forEach((operator, i) => {
    const [x, y, w, h] = boxAt(layout, i);
    expect(x >= 0 && y >= 0 && x + w <= layout.width && y + h <= layout.height).toBe(true);
    const stage = layout.stages[view.operators[operator]!.stage];
    if (stage !== undefined) expect(x >= stage.x && y >= stage.y && x + w <= stage.x + stage.width && y + h <= stage.y + stage.height).toBe(true);
  });
  layout.stages.forEach((stage, s) => s > 0 && expect(follows(stage, layout.stages[s - 1]!), `stage ${s} follows the one before it`).toBe(true));
  const position = new Map(layout.operators.map((operator, i) => [operator, i]));
  for (const edge of layout.edges) {
    expect(edge.points.length).toBeGreaterThanOrEqual(4);
    expect(edge.points.every(Number.isFinite)).toBe(true);
    const [fx, fy, fw, fh] = boxAt(layout, position.get(edge.from)!);
    const [tx, ty, tw] = boxAt(layout, position.get(edge.to)!);
    const [x0, y0] = edge.points as [number, number];
    const [x1, y1] = edge.points.slice(-2) as [number, number];
    expect(x0 >= fx - 1 && x0 <= fx + fw + 1 && Math.abs(y0 - (fy + fh)) <= 1, 'starts at the bottom of its producer').toBe(true);
    expect(x1 >= tx - 1 && x1 <= tx + tw + 1 && Math.abs(y1 - ty) <= 1, 'ends at the top of its consumer').toBe(true);
  }
}

type Stage = LayoutView['stages'][number];

/** Like a word: to the right of the one before, or in the next row. */
const follows = (stage: Stage, before: Stage): boolean => (stage.y === before.y ? stage.x > before.x + before.width : stage.y > before.y + before.height && stage.x < before.x);

/** Whether an upright or level line passes over a box. */
function passesOver([x0, y0, x1, y1]: readonly [number, number, number, number], [x, y, w, h]: Box): boolean {
  return Math.max(x0, x1) > x + 1 && Math.min(x0, x1) < x + w - 1 && Math.max(y0, y1) > y + 1 && Math.min(y0, y1) < y + h - 1;
}

describe('layoutPlan', () => {
  it.each([
    ['tiny', tinyView()],
    ['without a plan', tinyView(0)],
    ['a decoder', transformerView(150, 3)],
    ['a detector', cnnView(300, 5)],
    ['a detector without a plan', cnnView(300, 0)],
    ['more stages than operators', tinyView(9)],
  ])('places %s without overlaps, inside its stages, with edges that meet their boxes', async (_, view) => {
    const layout = await layoutPlan(view, options);
    expect(layout.engine).toBe('elk');
    expect(layout.stages).toHaveLength(view.plan?.stages.length ?? 0);
    expectSound(view, layout);
  });

  it('keeps a few stages in one row', async () => {
    for (const stages of [2, 5, 8]) expect(new Set((await layoutPlan(transformerView(600, stages), options)).stages.map(({ y }) => y)).size).toBe(1);
  });

  it.each([9, 16, 24, 64])('puts %d stages into rows of about the proportions of a panel, and leads what crosses them around all boxes', async (stages) => {
    const view = transformerView(1200, stages);
    const layout = await layoutPlan(view, options);
    expectSound(view, layout);
    const rows = new Set(layout.stages.map(({ y }) => y)).size;
    expect(rows).toBeGreaterThan(1);
    expect(rows).toBeLessThan(stages / 2);
    const aspect = layout.width / layout.height;
    expect(aspect).toBeGreaterThan(1);
    expect(aspect).toBeLessThan(4.5);
    const cuts = layout.edges.filter(({ from, to }) => view.operators[from]!.stage !== view.operators[to]!.stage);
    expect(cuts.length).toBeGreaterThanOrEqual(stages - 1);
    for (const { points } of cuts) {
      for (let i = 0; i + 3 < points.length; i += 2) {
        const line = points.slice(i, i + 4) as [number, number, number, number];
        expect(line.every((value) => value >= 0)).toBe(true);
        expect(layout.operators.filter((_, box) => passesOver(line, boxAt(layout, box)))).toEqual([]);
      }
    }
  });

  it('leads an edge that goes back to an earlier row beside the rows', async () => {
    const forward = transformerView(600, 20);
    const view = { ...forward, operators: forward.operators.map((operator) => ({ ...operator, stage: 19 - operator.stage })) };
    const layout = await layoutPlan(view, options);
    expectSound(view, layout);
    for (const { points } of layout.edges) {
      expect(points.every((value, i) => value >= 0 && value <= (i % 2 === 0 ? layout.width : layout.height))).toBe(true);
    }
  });

  it('draws foldable operators only on request', async () => {
    const view = transformerView(100, 2);
    const foldable = view.operators.filter((operator) => operator.foldable).length;
    const without = await layoutPlan(view, options);
    const withThem = await layoutPlan(view, { ...options, showFoldable: true });
    expect(foldable).toBeGreaterThan(0);
    expect(withThem.operators.length - without.operators.length).toBe(foldable);
    expectSound(view, withThem);
  });

  it('draws every tensor between drawn operators once for each consumer', async () => {
    const view = cnnView(200);
    const layout = await layoutPlan(view, options);
    const expected = view.tensors.flatMap((tensor, t) => (tensor.producer < 0 ? [] : [...new Set(tensor.consumers)].map((to) => `${t}:${tensor.producer}>${to}`)));
    expect(layout.edges.map((edge) => `${edge.tensor}:${edge.from}>${edge.to}`).sort()).toEqual(expected.sort());
  });

  it('gives the same picture for the same plan', async () => {
    const view = cnnView(150);
    expect(await layoutPlan(view, options)).toEqual(await layoutPlan(view, options));
  });

  it('fills a panel rather than a thread', async () => {
    for (const view of [cnnView(765), cnnView(400, 0), transformerView(600, 4)]) {
      const { width, height } = await layoutPlan(view, options);
      expect(width / height).toBeGreaterThan(1.2);
      expect(width / height).toBeLessThan(3.5);
    }
  });

  it('falls back to the plain layout once the deadline has passed', async () => {
    const view = cnnView(300);
    const layout = await layoutPlan(view, { ...options, deadlineMilliseconds: -1 });
    expect(layout.engine).toBe('plain');
    expectSound(view, layout);
  });

  it('keeps operators without a stage apart, after the stages', async () => {
    const view = tinyView();
    const stale: PlanView = { ...view, operators: view.operators.map((operator, i) => (i === 3 ? { ...operator, stage: -1 } : operator)) };
    const layout = await layoutPlan(stale, options);
    const last = layout.stages.at(-1)!;
    expect(boxAt(layout, 3)[0]).toBeGreaterThan(last.x + last.width);
    expectSound(stale, layout);
  });

  it('lays out an empty model', async () => {
    const view: PlanView = { ...tinyView(0), operators: [], tensors: [] };
    const layout = await layoutPlan(view, options);
    expect(layout.operators).toEqual([]);
    expect(layout.width).toBeGreaterThan(0);
  });

  it('stops when it is told to', async () => {
    await expect(layoutPlan(cnnView(200), options, { report: () => undefined, cancelled: () => true })).rejects.toThrow(CancelledError);
  });

  it('is sound for random graphs and random stages', async () => {
    await fc.assert(
      fc.asyncProperty(randomView, async (view) => {
        expectSound(view, await layoutPlan(view, options));
        expectSound(view, await layoutPlan(view, { ...options, deadlineMilliseconds: -1 }));
      }),
      { numRuns: 25 },
    );
  });
});

/** Any directed acyclic graph over the operators of the small example, any stages, not even contiguous ones. */
const randomView = fc.integer({ min: 1, max: 40 }).chain((n) =>
  fc.record({ edges: fc.array(fc.tuple(fc.nat(n - 1), fc.nat(n - 1)), { maxLength: 3 * n }), stages: fc.array(fc.integer({ min: -1, max: 2 }), { minLength: n, maxLength: n }) }).map(({ edges, stages }): PlanView => {
    const template = tinyView(3);
    return {
      ...template,
      operators: stages.map((stage, i) => ({ ...template.operators[0]!, id: `t${i}`, inputs: [], outputs: [i], stage })),
      tensors: stages.map((_, i) => ({
        ...template.tensors[0]!, name: `t${i}`, kind: 'activation' as const, producer: i,
        consumers: edges.filter(([a, b]) => Math.min(a, b) === i && a !== b).map(([a, b]) => Math.max(a, b)),
      })),
    };
  }),
);
