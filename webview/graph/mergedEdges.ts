import { pixelOf } from './levelOfDetail';
import type { Scene } from './scene';

/** Edges between stages as they are seen from far away: up to the groups that they lead to, and what lies within a pixel of each other is one line. World coordinates. */
export interface MergedCuts {
  /** the stage that they leave */
  readonly stage: number;
  /** upright and level lines: left, top, right, bottom of each */
  readonly straight: Float32Array;
  /** other lines: x0, y0, x1, y1 of each */
  readonly slanted: Float32Array;
  /** where arrow heads stand: x and y of each */
  readonly ends: Float32Array;
}

const remembered = new WeakMap<Scene, Map<number, readonly MergedCuts[]>>();

/** The cut edges merged for one level, made when the level is first looked at. */
export function mergedCuts(scene: Scene, level: number): readonly MergedCuts[] {
  const levels = remembered.get(scene) ?? new Map<number, readonly MergedCuts[]>();
  remembered.set(scene, levels);
  let merged = levels.get(level);
  if (merged === undefined) {
    const byStage = new Map<number, (readonly number[])[]>();
    for (const e of scene.cutEdges) {
      const { from, to, fromGroup, toGroup, points } = scene.layout.edges[e]!;
      const stage = scene.view.operators[from]!.stage;
      // on the way from the rim of an expanded group to what is in it, or back
      if (fromGroup !== undefined && scene.layout.groups[fromGroup]!.stage === scene.view.operators[to]!.stage) continue;
      if (toGroup !== undefined && scene.layout.groups[toGroup]!.stage === stage) continue;
      const lines = byStage.get(stage);
      if (lines === undefined) byStage.set(stage, [points]);
      else lines.push(points);
    }
    merged = [...byStage].map(([stage, lines]) => ({ stage, ...mergeLines(lines, pixelOf(level)) }));
    levels.set(level, merged);
  }
  return merged;
}

/** Arrow heads are some pixels large: of two that are closer than this many pixels one is seen. */
const HEAD = 3;

/** @param lines x0, y0, x1, y1, ... of each; @param pixel what is seen as one point, world coordinates */
export function mergeLines(lines: readonly (readonly number[])[], pixel: number): Omit<MergedCuts, 'stage'> {
  const upright = new Map<number, [number, number][]>();
  const level = new Map<number, [number, number][]>();
  const slanted = new Map<string, readonly [number, number, number, number]>();
  const ends = new Map<string, readonly [number, number]>();
  const enter = (along: Map<number, [number, number][]>, at: number, from: number, to: number): void => {
    const key = Math.round(at / pixel);
    const spans = along.get(key);
    const span: [number, number] = [Math.min(from, to), Math.max(from, to)];
    if (spans === undefined) along.set(key, [span]);
    else spans.push(span);
  };
  for (const points of lines) {
    for (let i = 0; i + 3 < points.length; i += 2) {
      const [x0, y0, x1, y1] = [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!];
      if (Math.abs(x0 - x1) < pixel) enter(upright, (x0 + x1) / 2, y0, y1);
      else if (Math.abs(y0 - y1) < pixel) enter(level, (y0 + y1) / 2, x0, x1);
      else slanted.set([x0, y0, x1, y1].map((value) => Math.round(value / pixel)).join(), [x0, y0, x1, y1]);
    }
    const [x, y] = [points.at(-2)!, points.at(-1)!];
    ends.set(`${Math.round(x / pixel / HEAD)},${Math.round(y / pixel / HEAD)}`, [x, y]);
  }
  const straight: number[] = [];
  for (const [key, spans] of upright) for (const [from, to] of joined(spans, pixel)) straight.push(key * pixel, from, key * pixel, to);
  for (const [key, spans] of level) for (const [from, to] of joined(spans, pixel)) straight.push(from, key * pixel, to, key * pixel);
  return { straight: Float32Array.from(straight), slanted: Float32Array.from([...slanted.values()].flat()), ends: Float32Array.from([...ends.values()].flat()) };
}

/** Spans that overlap or nearly touch, as one. */
function joined(spans: [number, number][], slack: number): readonly (readonly [number, number])[] {
  spans.sort((a, b) => a[0] - b[0]);
  const result: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = result.at(-1);
    if (last !== undefined && from <= last[1] + slack) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}
