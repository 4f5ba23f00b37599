import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { layoutPlan } from '../../../src/layout/layoutPlan';
import type { PlanView } from '../../../src/shared/planView';
import { formatShape, shorten, shortName } from '../../../webview/graph/boxText';
import { between, bringIntoView, fit, keepInSight, pan, zoomAround, type Camera } from '../../../webview/graph/camera';
import { contrast, parseColor, withContrast, type Rgb } from '../../../webview/graph/color';
import { emphasisOf } from '../../../webview/graph/emphasis';
import { makeGrid } from '../../../webview/graph/hitTest';
import { makePalette } from '../../../webview/graph/palette';
import { makeScene, type Scene } from '../../../webview/graph/scene';
import { spoken } from '../../../webview/graph/speak';
import { walk } from '../../../webview/graph/walk';
import { cnnView, tinyView, transformerView } from '../../fixtures/planViews';

const viewport = { width: 1000, height: 600 };
const cameras = fc.record({ x: fc.double({ min: -1e4, max: 1e4, noNaN: true }), y: fc.double({ min: -1e4, max: 1e4, noNaN: true }), scale: fc.double({ min: 0.02, max: 2, noNaN: true }) });

describe('camera', () => {
  it('keeps the point under the cursor when it zooms', () => {
    fc.assert(
      fc.property(cameras, fc.double({ min: 0.2, max: 5, noNaN: true }), fc.nat(1000), fc.nat(600), (camera, factor, px, py) => {
        const after = zoomAround(camera, factor, px, py);
        expect(after.x + px / after.scale).toBeCloseTo(camera.x + px / camera.scale, 4);
        expect(after.y + py / after.scale).toBeCloseTo(camera.y + py / camera.scale, 4);
      }),
    );
  });

  it('pans by screen pixels', () => expect(pan({ x: 0, y: 0, scale: 0.5 }, 10, -20)).toEqual({ x: -20, y: 40, scale: 0.5 }));

  it('fits the whole picture, never larger than life', () => {
    const camera = fit({ x: 0, y: 0, width: 5000, height: 1000 }, viewport);
    expect((0 - camera.x) * camera.scale).toBeGreaterThanOrEqual(0);
    expect((5000 - camera.x) * camera.scale).toBeLessThanOrEqual(viewport.width);
    expect(fit({ x: 0, y: 0, width: 10, height: 10 }, viewport).scale).toBeLessThanOrEqual(1.1);
  });

  it('moves only as far as needed to show something, and zooms in if it would be unreadable', () => {
    const camera: Camera = { x: 0, y: 0, scale: 1 };
    expect(bringIntoView(camera, { x: 400, y: 300, width: 100, height: 40 }, viewport, 0.8)).toEqual(camera);
    expect(bringIntoView(camera, { x: 1000, y: 300, width: 100, height: 40 }, viewport, 0.8)).toEqual({ x: 160, y: 0, scale: 1 });
    expect(bringIntoView({ x: 0, y: 0, scale: 0.1 }, { x: 400, y: 300, width: 100, height: 40 }, viewport, 0.8).scale).toBe(0.8);
  });

  it('begins and ends a motion where it should', () => {
    fc.assert(
      fc.property(cameras, cameras, (a, b) => {
        for (const [t, wanted] of [[0, a], [1, b]] as const) {
          const c = between(a, b, t, viewport);
          expect(c.scale).toBeCloseTo(wanted.scale, 6);
          expect(c.x).toBeCloseTo(wanted.x, 2);
          expect(c.y).toBeCloseTo(wanted.y, 2);
        }
      }),
    );
  });

  it('never loses the picture', () => {
    fc.assert(
      fc.property(cameras, (camera) => {
        const { x, y, scale } = keepInSight(camera, { width: 3000, height: 1500 }, viewport);
        expect(x).toBeLessThan(3000);
        expect(y).toBeLessThan(1500);
        expect(x + viewport.width / scale).toBeGreaterThan(0);
        expect(y + viewport.height / scale).toBeGreaterThan(0);
      }),
    );
  });
});

describe('hit testing', () => {
  it('finds what a search through all boxes finds', () => {
    const box = fc.tuple(fc.nat(3000), fc.nat(3000), fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 700 }));
    fc.assert(
      fc.property(fc.array(box, { maxLength: 30 }), fc.nat(4000), fc.nat(4000), (list, x, y) => {
        const grid = makeGrid(list.flat(), list.length);
        const inside = ([bx, by, w, h]: readonly number[]): boolean => x >= bx! && x <= bx! + w! && y >= by! && y <= by! + h!;
        const at = grid.at(x, y);
        expect(at === -1 ? !list.some(inside) : inside(list[at]!)).toBe(true);
        const seen: number[] = [];
        grid.forEachIn(x, y, x + 500, y + 500, (i) => seen.push(i));
        expect(new Set(seen).size).toBe(seen.length);
        list.forEach(([bx, by, w, h], i) => {
          if (bx <= x + 500 && bx + w >= x && by <= y + 500 && by + h >= y) expect(seen).toContain(i);
        });
      }),
    );
  });
});

describe('palette', () => {
  const theme = (background: Rgb, text: Rgb, highContrast = false) =>
    makePalette({ highContrast, background, text, quiet: [128, 128, 128], accent: [0, 120, 212], match: [158, 106, 3], error: [228, 86, 86], chip: background, chipOutline: [128, 128, 128], font: 'x' });

  it.each([
    ['white', [255, 255, 255], [59, 59, 59], false],
    ['dark grey', [31, 31, 31], [204, 204, 204], false],
    ['black in high contrast', [0, 0, 0], [255, 255, 255], true],
    ['white in high contrast', [255, 255, 255], [41, 41, 41], true],
    ['solarized', [253, 246, 227], [101, 123, 131], false],
  ] as const)('keeps stages apart from a background of %s, and texts readable', (_, background, text, highContrast) => {
    const palette = theme(background, text, highContrast);
    const strong = Array.from({ length: 8 }, (_unused, s) => parseColor(palette.stages(s).strong)!);
    for (const [s, color] of strong.entries()) {
      expect(contrast(color, background)).toBeGreaterThanOrEqual(3);
      expect(contrast(parseColor(palette.stages(s).onStrong)!, color)).toBeGreaterThanOrEqual(4.5);
    }
    expect(new Set(strong.map(String)).size).toBe(8);
    expect(contrast(parseColor(palette.quietText)!, background)).toBeGreaterThanOrEqual(4.5);
  });

  it('starts over after eight stages, and shows no hue without a stage', () => {
    const palette = theme([255, 255, 255], [0, 0, 0]);
    expect(palette.stages(9)).toEqual(palette.stages(1));
    expect(palette.stages(-1)).not.toEqual(palette.stages(0));
  });

  it('reads colours as computed styles give them', () => {
    expect(parseColor('#1f6fb4')).toEqual([31, 111, 180]);
    expect(parseColor('#fff')).toEqual([255, 255, 255]);
    expect(parseColor(' rgb(1, 2, 3)')).toEqual([1, 2, 3]);
    expect(parseColor('rgba(0, 0, 0, 0.5)', [255, 255, 255])).toEqual([127.5, 127.5, 127.5]);
    expect(parseColor('#00000080', [255, 255, 255])!.map(Math.round)).toEqual([127, 127, 127]);
    expect(parseColor('')).toBeNull();
    expect(parseColor('inherit')).toBeNull();
  });

  it('raises contrast as far as is possible', () => {
    expect(contrast(withContrast([120, 120, 120], [128, 128, 128], 3), [128, 128, 128])).toBeGreaterThanOrEqual(3);
  });
});

describe('texts of boxes', () => {
  const measure = (text: string): number => text.length;
  it('cuts where less is lost', () => {
    expect(shorten('abcdef', 6, measure, 'start')).toBe('abcdef');
    expect(shorten('abcdef', 4, measure, 'start')).toBe('abc…');
    expect(shorten('/layers.3/attn', 6, measure, 'end')).toBe('…/attn');
    expect(shorten('abc', 1, measure, 'end')).toBe('');
  });
  it('drops a last part that repeats the type', () => {
    expect(shortName('/layers.3/q_proj/MatMul_1', 'MatMul')).toBe('/layers.3/q_proj');
    expect(shortName('/layers.3/q_proj', 'MatMul')).toBe('/layers.3/q_proj');
    expect(shortName('MatMul', 'MatMul')).toBe('MatMul');
  });
  it('writes shapes with what is not known', () => {
    expect(formatShape([1, 'batch', null])).toBe('1×batch×?');
    expect(formatShape([])).toBe('scalar');
    expect(formatShape(null)).toBe('shape unknown');
  });
});

describe('scene', () => {
  let view: PlanView;
  let scene: Scene;
  beforeAll(async () => {
    view = tinyView();
    scene = makeScene(view, await layoutPlan(view, { showFoldable: false, deadlineMilliseconds: 10_000 }));
  });

  it('separates cut edges from the others and labels each cut tensor', () => {
    expect([...scene.cutEdges].every((e) => view.operators[scene.layout.edges[e]!.from]!.stage !== view.operators[scene.layout.edges[e]!.to]!.stage)).toBe(true);
    expect(scene.innerEdges.length + scene.cutEdges.length).toBe(scene.layout.edges.length);
    expect(scene.cutLabels.flatMap((label) => label.tensors).sort()).toEqual(view.plan!.cuts.map((cut) => cut.tensor).sort());
    expect(scene.cutLabels[0]!.lines.join()).toMatch(/^[\d.]+ [kMG]?B,[\d.]+ [nµm]?s$/);
  });

  it('writes the labels of cuts between stages, not over operators', async () => {
    const plan = cnnView(300, 4);
    const layout = await layoutPlan(plan, { showFoldable: false, deadlineMilliseconds: 10_000 });
    for (const label of makeScene(plan, layout).cutLabels) expect(layout.stages.every((s) => label.x < s.x || label.x > s.x + s.width || label.top > s.y + s.height)).toBe(true);
  });

  it('walks from producer to consumer and back, and sideways within a row', () => {
    const [stem, left, right] = [0, 1, 2];
    expect([left, right]).toContain(walk(scene, stem, 'down'));
    expect(walk(scene, left, 'up')).toBe(stem);
    expect(walk(scene, right, 'up')).toBe(stem);
    const [first, second] = scene.boxes[4 * left]! < scene.boxes[4 * right]! ? [left, right] : [right, left];
    expect(walk(scene, first, 'right')).toBe(second);
    expect(walk(scene, second, 'left')).toBe(first);
    expect(walk(scene, stem, 'up')).toBe(stem);
  });

  it('reaches every operator of a decoder by arrow keys', async () => {
    const plan = transformerView(60, 2);
    const decoder = makeScene(plan, await layoutPlan(plan, { showFoldable: false, deadlineMilliseconds: 10_000 }));
    const reached = new Set([0]);
    for (const box of reached) for (const direction of ['up', 'down', 'left', 'right'] as const) reached.add(walk(decoder, box, direction));
    expect(reached.size).toBe(decoder.layout.operators.length);
  });

  it('brings out the edges of what is selected', () => {
    const edges = (selection: Parameters<typeof emphasisOf>[1]): number[] => [...emphasisOf(scene, selection, -1, null).edges].sort();
    expect(edges({ kind: 'operator', index: 0 })).toEqual(scene.layout.edges.flatMap((edge, e) => (edge.from === 0 || edge.to === 0 ? [e] : [])));
    const tensor = view.operators[0]!.outputs[0]!;
    expect(edges({ kind: 'tensor', index: tensor })).toEqual(scene.layout.edges.flatMap((edge, e) => (edge.tensor === tensor ? [e] : [])));
    expect(edges(null)).toEqual([]);
  });

  it('says what is selected', () => {
    expect(spoken(view, { kind: 'operator', index: 0 })).toMatch(/^Conv \/stem, stage 0, [\d.]+ µs$/);
    const pinned = { ...view, plan: { ...view.plan!, pins: [{ operator: 0, to: { device: 'a100:0' }, kept: true }, { operator: 1, to: { stage: 3 }, kept: false }] } };
    expect(spoken(pinned, { kind: 'operator', index: 0 })).toMatch(/^Conv \/stem, stage 0, pinned to a100:0, [\d.]+ µs$/);
    expect(spoken(pinned, { kind: 'operator', index: 1 })).toMatch(/, pinned to stage 3, which this plan does not keep, /);
    expect(spoken(view, { kind: 'stage', index: 1 })).toMatch(/^Stage 1 on a100:1, /);
    expect(spoken(view, null)).toBe('');
  });
});
