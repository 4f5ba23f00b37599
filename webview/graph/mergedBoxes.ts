import { pixelOf } from './levelOfDetail';
import type { Scene } from './scene';

/**
 * Boxes that are too small to be told apart, merged: the boxes of one stage, of about one colour, in one cell of a grid are one rectangle around them all.
 * Sharp at every scale, since rectangles are drawn, not pixels; and as many as a screen has cells, however many operators there are.
 */
export interface MergedBoxes {
  /** x, y, width, height, in the order of their looks */
  readonly rectangles: Float32Array;
  readonly stage: Int32Array;
  /** step of colour; `UNKNOWN` if a metric is laid over and none of the boxes has a number */
  readonly step: Uint8Array;
  /** whether they are among what is found */
  readonly found: Uint8Array;
  /** how much of the rectangle its boxes fill, in eighths, 1 to 8 */
  readonly density: Uint8Array;
}

/** What the looks of boxes depend on; step by drawn box. */
export interface Looks {
  readonly step: Uint8Array;
  readonly matches: ReadonlySet<number> | null;
}

/** Side of a cell, screen pixels where a level begins. */
const CELL = 8;

const remembered = new WeakMap<Scene, { readonly looks: Looks; readonly levels: Map<number, MergedBoxes> }>();

/** The boxes of operators merged for one level, made when the level is first looked at. */
export function mergedBoxes(scene: Scene, looks: Looks, level: number): MergedBoxes {
  let known = remembered.get(scene);
  if (known === undefined || known.looks.step !== looks.step || known.looks.matches !== looks.matches) {
    known = { looks, levels: new Map() };
    remembered.set(scene, known);
  }
  const { levels } = known;
  const merged = (at: number): MergedBoxes => {
    const made = levels.get(at) ?? mergeBoxes(scene, looks, CELL * pixelOf(at));
    levels.set(at, made);
    return made;
  };
  // whoever zooms comes to the next level soon
  for (const next of [level - 1, level + 1]) {
    if (next >= 0 && !levels.has(next)) globalThis.requestIdleCallback?.(() => remembered.get(scene)?.levels === levels && merged(next));
  }
  return merged(level);
}

/** More boxes than any picture has; with all that is sorted by before it, it leaves numbers exact. */
const MOST_BOXES = 2 ** 22;
/** Colours that are told apart within a cell: steps in pairs. */
const STEP_SHARE = 2;

/** @param cell side of the grid's cells, world coordinates */
export function mergeBoxes({ boxes, stage, layout }: Pick<Scene, 'boxes' | 'stage' | 'layout'>, { step, matches }: Looks, cell: number): MergedBoxes {
  const columns = Math.ceil(layout.width / cell) + 1;
  const rows = Math.ceil(layout.height / cell) + 1;
  const count = layout.operators.length;
  const numbers = new Map<number, number>();
  const looks: number[] = [];
  // boxes of one look in one cell follow each other once these are sorted; numbers are sorted faster than anything that has to be compared by a function
  const keys = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const look = ((stage[i]! + 1) * 256 + Math.floor(step[i]! / STEP_SHARE)) * 2 + (matches?.has(layout.operators[i]!) === false ? 0 : 1);
    let number = numbers.get(look);
    if (number === undefined) numbers.set(look, (number = looks.push(look) - 1));
    const row = Math.floor((boxes[4 * i + 1]! + boxes[4 * i + 3]! / 2) / cell);
    const column = Math.floor((boxes[4 * i]! + boxes[4 * i + 2]! / 2) / cell);
    keys[i] = ((number * rows + row) * columns + column) * MOST_BOXES + i;
  }
  keys.sort();
  const edges = new Float32Array(4 * count);
  const area = new Float64Array(count);
  const look = new Int32Array(count);
  const mostStep = new Uint8Array(count);
  let made = 0;
  let place = -1;
  for (const key of keys) {
    const i = key % MOST_BOXES;
    const own = (key - i) / MOST_BOXES;
    const [left, top] = [boxes[4 * i]!, boxes[4 * i + 1]!];
    const [right, bottom] = [left + boxes[4 * i + 2]!, top + boxes[4 * i + 3]!];
    const at = 4 * (own === place ? made - 1 : made);
    if (own !== place) {
      place = own;
      edges[at] = left;
      edges[at + 1] = top;
      edges[at + 2] = right;
      edges[at + 3] = bottom;
      look[made++] = looks[Math.floor(own / (rows * columns))]!;
    } else {
      if (left < edges[at]!) edges[at] = left;
      if (top < edges[at + 1]!) edges[at + 1] = top;
      if (right > edges[at + 2]!) edges[at + 2] = right;
      if (bottom > edges[at + 3]!) edges[at + 3] = bottom;
    }
    area[made - 1]! += (right - left) * (bottom - top);
    if (step[i]! > mostStep[made - 1]!) mostStep[made - 1] = step[i]!;
  }
  const density = new Uint8Array(made);
  const order = new Float64Array(made);
  for (let m = 0; m < made; m++) {
    density[m] = Math.max(1, Math.min(8, Math.round((8 * area[m]!) / ((edges[4 * m + 2]! - edges[4 * m]!) * (edges[4 * m + 3]! - edges[4 * m + 1]!)))));
    order[m] = ((look[m]! * 256 + mostStep[m]!) * 16 + density[m]!) * MOST_BOXES + m;
  }
  order.sort();
  const merged = { rectangles: new Float32Array(4 * made), stage: new Int32Array(made), step: new Uint8Array(made), found: new Uint8Array(made), density: new Uint8Array(made) };
  for (let i = 0; i < made; i++) {
    const m = order[i]! % MOST_BOXES;
    merged.rectangles[4 * i] = edges[4 * m]!;
    merged.rectangles[4 * i + 1] = edges[4 * m + 1]!;
    merged.rectangles[4 * i + 2] = edges[4 * m + 2]! - edges[4 * m]!;
    merged.rectangles[4 * i + 3] = edges[4 * m + 3]! - edges[4 * m + 1]!;
    merged.stage[i] = Math.floor(look[m]! / 512) - 1;
    merged.step[i] = mostStep[m]!;
    merged.found[i] = look[m]! % 2;
    merged.density[i] = density[m]!;
  }
  return merged;
}
