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
  const places = new Map<number, number>();
  const looks = new Map<number, number>();
  const count = layout.operators.length;
  const edges = new Float64Array(4 * count);
  const area = new Float64Array(count);
  const look = new Float64Array(count);
  const mostStep = new Uint8Array(count);
  let made = 0;
  for (let i = 0; i < count; i++) {
    const [x, y, w, h] = [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
    const own = ((stage[i]! + 1) * 256 + Math.floor(step[i]! / STEP_SHARE)) * 2 + (matches?.has(layout.operators[i]!) === false ? 0 : 1);
    // looks are numbered anew, as small integers are found faster
    const number = looks.get(own) ?? looks.size;
    if (number === looks.size) looks.set(own, number);
    const key = (number * rows + Math.floor((y + h / 2) / cell)) * columns + Math.floor((x + w / 2) / cell);
    let m = places.get(key);
    if (m === undefined) {
      m = made++;
      places.set(key, m);
      edges.set([x, y, x + w, y + h], 4 * m);
      look[m] = own;
    } else {
      edges[4 * m] = Math.min(edges[4 * m]!, x);
      edges[4 * m + 1] = Math.min(edges[4 * m + 1]!, y);
      edges[4 * m + 2] = Math.max(edges[4 * m + 2]!, x + w);
      edges[4 * m + 3] = Math.max(edges[4 * m + 3]!, y + h);
    }
    area[m]! += w * h;
    mostStep[m] = Math.max(mostStep[m]!, step[i]!);
  }
  const density = Float64Array.from({ length: made }, (_, m) => Math.max(1, Math.min(8, Math.round((8 * area[m]!) / ((edges[4 * m + 2]! - edges[4 * m]!) * (edges[4 * m + 3]! - edges[4 * m + 1]!))))));
  // by looks, then by place, as one number that is sorted without being compared by a function
  const order = Int32Array.from(Float64Array.from({ length: made }, (_, m) => ((look[m]! * 256 + mostStep[m]!) * 16 + density[m]!) * MOST_BOXES + m).sort(), (key) => key % MOST_BOXES);
  const rectangles = new Float32Array(4 * made);
  order.forEach((m, i) => rectangles.set([edges[4 * m]!, edges[4 * m + 1]!, edges[4 * m + 2]! - edges[4 * m]!, edges[4 * m + 3]! - edges[4 * m + 1]!], 4 * i));
  return {
    rectangles,
    stage: Int32Array.from(order, (m) => Math.floor(look[m]! / 512) - 1),
    step: Uint8Array.from(order, (m) => mostStep[m]!),
    found: Uint8Array.from(order, (m) => look[m]! % 2),
    density: Uint8Array.from(order, (m) => density[m]!),
  };
}
