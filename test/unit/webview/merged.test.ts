import { beforeAll, describe, expect, it } from 'vitest';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import { levelOf, pixelOf } from '../../../webview/graph/levelOfDetail';
import { mergeBoxes, mergedBoxes } from '../../../webview/graph/mergedBoxes';
import { mergedCuts, mergeLines } from '../../../webview/graph/mergedEdges';
import { makeScene, type Scene } from '../../../webview/graph/scene';
import { transformerView } from '../../fixtures/planViews';

describe('far views', () => {
  const view = transformerView(2500, 3);
  const options = { showFoldable: false, deadlineMilliseconds: -1 };
  let scene: Scene;

  beforeAll(async () => {
    const { groups } = await layoutPlan(view, options);
    scene = makeScene(view, await layoutPlan(view, { ...options, expanded: groups.map(({ key }) => key) }));
  });

  it('merges nothing where boxes can be told apart, and more the farther they are', () => {
    expect([1, 0.3, 0.06].map(levelOf)).toEqual([-1, -1, -1]);
    expect([0.059, 0.042, 0.03, 0.0075].map(levelOf)).toEqual([0, 1, 2, 6]);
    for (const scale of [0.05, 0.02, 0.004]) {
      const pixel = pixelOf(levelOf(scale)) * scale;
      expect(pixel).toBeGreaterThan(Math.SQRT1_2 - 1e-9);
      expect(pixel).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it('draws every box within a rectangle of its stage and its step, and few of these', () => {
    const looks = { step: scene.heat, matches: null };
    let before = scene.layout.operators.length;
    for (const cell of [200, 800, 3200]) {
      const { rectangles, stage, step, density } = mergeBoxes(scene, looks, cell);
      expect(stage.length).toBeLessThan(before);
      before = stage.length;
      expect([...density].every((eighths) => eighths >= 1 && eighths <= 8)).toBe(true);
      scene.layout.operators.forEach((_, i) => {
        const [x, y, w, h] = scene.boxes.subarray(4 * i, 4 * i + 4) as unknown as [number, number, number, number];
        const around = [...stage.keys()].some((m) => {
          const [mx, my, mw, mh] = rectangles.subarray(4 * m, 4 * m + 4) as unknown as [number, number, number, number];
          return stage[m] === scene.stage[i] && step[m]! >= scene.heat[i]! && x >= mx && y >= my && x + w <= mx + mw + 0.1 && y + h <= my + mh + 0.1;
        });
        if (!around) expect.fail(`box ${i} is in no rectangle of ${cell}`);
      });
    }
  });

  it('keeps what is found apart from the rest, and makes a level once', () => {
    const matches = new Set(scene.layout.operators.filter((operator) => view.operators[operator]!.type === 'MatMul'));
    const looks = { step: scene.heat, matches };
    const merged = mergedBoxes(scene, looks, 4);
    expect(new Set(merged.found)).toEqual(new Set([0, 1]));
    expect(mergedBoxes(scene, { ...looks }, 4)).toBe(merged);
    expect(new Set(mergedBoxes(scene, { step: scene.heat, matches: null }, 4).found)).toEqual(new Set([1]));
  });

  it('joins lines that lie within a pixel of each other, and keeps their reach', () => {
    const { straight, slanted, ends } = mergeLines([[0, 0, 0, 50, 100, 50, 100, 80], [0.4, 20, 0.4, 70], [0, 90, 0, 95], [10, 10, 40, 60], [10.2, 10, 40, 60.3]], 2);
    expect([...straight]).toEqual([0, 0, 0, 70, 0, 90, 0, 95, 100, 50, 100, 80, 0, 50, 100, 50]);
    expect(slanted).toHaveLength(4);
    expect(ends.length).toBe(2 * 4);
  });

  it('draws cut edges up to the groups that they lead to, each at least once', () => {
    const far = mergedCuts(scene, 3);
    expect(far.map(({ stage }) => stage).sort()).toEqual([0, 1]);
    const between = scene.layout.stages[1]!;
    // something enters stage 1 from the gap before it
    expect(far.some(({ straight }) => [...straight.keys()].some((i) => i % 4 === 0 && straight[i]! < between.x && straight[i + 2]! > between.x - 200))).toBe(true);
    const lines = far.reduce((sum, { straight, slanted }) => sum + (straight.length + slanted.length) / 4, 0);
    expect(lines).toBeGreaterThan(3);
    expect(lines).toBeLessThan(scene.cutEdges.length);
    expect(mergedCuts(scene, 3)).toBe(far);
  });
});
