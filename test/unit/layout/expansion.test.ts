import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeCachedElk, makeElkRunner } from '../../../src/layout/columnLayout';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import type { LayoutView } from '../../../src/shared/layoutView';
import type { PlanView } from '../../../src/shared/planView';
import { CancelledError } from '../../../src/shared/userError';
import { tinyView, transformerView } from '../../fixtures/planViews';
import { expectSoundGroups } from './sound';

const options = { showFoldable: false, deadlineMilliseconds: 60_000, elk: makeCachedElk() };
const view = transformerView(2000, 3);

/** What the edges stand for. */
function tensorsDrawn(layout: LayoutView): Set<number> {
  return new Set(layout.edges.flatMap(({ tensor, tensors }) => tensors ?? [tensor]));
}

describe('layoutPlan of a large model', () => {
  it('begins with few boxes, and every cut tensor is drawn', async () => {
    const layout = await layoutPlan(view, options);
    expect(layout.operators.length + layout.groups.filter(({ box }) => box !== null).length).toBeLessThan(60);
    expectSoundGroups(view, layout);
    const drawn = tensorsDrawn(layout);
    for (const { tensor } of view.plan!.cuts) expect(drawn.has(tensor)).toBe(true);
  });

  it('merges the edges between two groups, and says which tensors they stand for', async () => {
    const layout = await layoutPlan(view, options);
    const ends = layout.edges.filter(({ fromGroup, toGroup }) => fromGroup !== undefined && toGroup !== undefined).map(({ fromGroup, toGroup, from, to }) => `${fromGroup}>${toGroup}${view.operators[from]!.stage !== view.operators[to]!.stage}`);
    expect(ends.length).toBeGreaterThan(0);
    expect(new Set(ends).size).toBe(ends.length);
  });

  it('draws what is in an expanded group inside its frame, and every operator once when all are expanded', async () => {
    const all = (await layoutPlan(view, options)).groups.map(({ key }) => key);
    const layout = await layoutPlan(view, { ...options, expanded: all });
    expect(layout.groups.every(({ expanded }) => expanded)).toBe(true);
    expect(layout.operators).toEqual(view.operators.flatMap(({ foldable }, i) => (foldable ? [] : [i])));
    expectSoundGroups(view, layout);
  });

  it('puts a smaller model into groups on request, but none that is small', async () => {
    const [small, tiny] = [transformerView(765, 2), tinyView()];
    expect((await layoutPlan(small, options)).groups).toEqual([]);
    const layout = await layoutPlan(small, { ...options, grouped: true });
    expect(layout.groups.length).toBeGreaterThan(10);
    expect(layout.operators.length).toBeLessThan(small.operators.length / 4);
    expectSoundGroups(small, layout);
    expect((await layoutPlan(tiny, { ...options, grouped: true })).groups).toEqual([]);
  });

  it('keeps a collapsed group collapsed although something inside it is to be expanded', async () => {
    const { groups } = await layoutPlan(view, options);
    const inner = groups.find(({ parent }) => parent >= 0)!;
    const layout = await layoutPlan(view, { ...options, expanded: [inner.key] });
    expect(layout.groups.some(({ expanded }) => expanded)).toBe(false);
  });

  it('lays out layers that are alike once', async () => {
    let calls = 0;
    const run = makeElkRunner();
    const elk = makeCachedElk((problem) => (calls++, run(problem)));
    const { groups } = await layoutPlan(view, { ...options, elk });
    const expanded = groups.filter(({ kind, parent }) => kind === 'alike' || (parent >= 0 && groups[parent]!.kind === 'alike')).map(({ key }) => key);
    const before = calls;
    expect(expanded.length).toBeGreaterThan(40);
    const layout = await layoutPlan(view, { ...options, elk, expanded });
    expect(layout.groups.filter((group) => group.expanded).length).toBe(expanded.length);
    expect(calls - before).toBeLessThan(20);
    const again = calls;
    expect(await layoutPlan(view, { ...options, elk, expanded })).toEqual(layout);
    expect(calls).toBe(again);
  });

  it('falls back to the plain layout once the deadline has passed, and stops when it is told to', async () => {
    const all = (await layoutPlan(view, options)).groups.map(({ key }) => key);
    const layout = await layoutPlan(view, { ...options, expanded: all, deadlineMilliseconds: -1 });
    expect(layout.engine).toBe('plain');
    expectSoundGroups(view, layout);
    await expect(layoutPlan(view, options, { report: () => undefined, cancelled: () => true })).rejects.toThrow(CancelledError);
  });

  it('is sound whatever is expanded and however operators are placed', async () => {
    const { groups } = await layoutPlan(view, options);
    await fc.assert(
      fc.asyncProperty(fc.subarray(groups.map(({ key }) => key)), fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 60, maxLength: 60 }), async (expanded, stages) => {
        const moved: PlanView = { ...view, operators: view.operators.map((operator, i) => (i % 40 === 0 ? { ...operator, stage: stages[i / 40] ?? 0 } : operator)) };
        expectSoundGroups(view, await layoutPlan(view, { ...options, expanded }));
        expectSoundGroups(moved, await layoutPlan(moved, { ...options, expanded, deadlineMilliseconds: -1 }));
      }),
      { numRuns: 8 },
    );
  });
});
