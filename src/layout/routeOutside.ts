/** Edges that leave their column run in the gutters between columns and along two buses, so that they never pass behind boxes. */

/** Distance from a box at which an edge turns sideways, and distance between parallel edges. CSS pixels. */
const TURN = 9;
export const LANE = 6;
/** More parallel edges than this share lanes: a wider gutter would say less than it costs. */
const MOST_LANES = 14;

export interface OutsideEdge {
  readonly tensor: number;
  /** column that it leaves and column that it enters; never the same */
  readonly fromColumn: number;
  readonly toColumn: number;
  readonly crossesGroups: boolean;
}

export interface Lanes {
  /** number of lanes in the gutter left of each column; one more for the gutter right of the last */
  readonly gutters: readonly number[];
  /** lanes along the top (edges within a group) and along the bottom (edges between groups) */
  readonly top: number;
  readonly bottom: number;
  readonly ofGutter: (gutter: number, tensor: number) => number;
  readonly ofBus: (tensor: number, crossesGroups: boolean) => number;
}

/** Consumers of one tensor share its lanes, so that it is drawn as a tree and counted once. */
export function assignLanes(edges: readonly OutsideEdge[], columns: number): Lanes {
  const gutters: Map<number, number>[] = Array.from({ length: columns + 1 }, () => new Map());
  const enter = (gutter: number, tensor: number): void => {
    const lanes = gutters[gutter]!;
    if (!lanes.has(tensor)) lanes.set(tensor, lanes.size % MOST_LANES);
  };
  const spans = { top: new Map<number, [number, number]>(), bottom: new Map<number, [number, number]>() };
  for (const { tensor, fromColumn, toColumn, crossesGroups } of edges) {
    enter(fromColumn + 1, tensor);
    enter(toColumn, tensor);
    if (toColumn === fromColumn + 1) continue;
    const bus = crossesGroups ? spans.bottom : spans.top;
    const [low, high] = bus.get(tensor) ?? [Infinity, -Infinity];
    bus.set(tensor, [Math.min(low, fromColumn + 1, toColumn), Math.max(high, fromColumn + 1, toColumn)]);
  }
  const top = packIntervals(spans.top);
  const bottom = packIntervals(spans.bottom);
  return {
    gutters: gutters.map((lanes) => Math.min(lanes.size, MOST_LANES)),
    top: top.count,
    bottom: bottom.count,
    ofGutter: (gutter, tensor) => gutters[gutter]?.get(tensor) ?? 0,
    ofBus: (tensor, crossesGroups) => (crossesGroups ? bottom : top).lane.get(tensor) ?? 0,
  };
}

/** First-fit colouring of intervals, shortest first so that short ones lie next to the boxes. */
function packIntervals(spans: ReadonlyMap<number, readonly [number, number]>): { lane: Map<number, number>; count: number } {
  const order = [...spans].sort(([a, [al, ah]], [b, [bl, bh]]) => ah - al - (bh - bl) || al - bl || a - b);
  const taken: (readonly [number, number])[][] = [];
  const lane = new Map<number, number>();
  for (const [tensor, span] of order) {
    let chosen = taken.findIndex((others) => others.every(([low, high]) => span[1] < low || span[0] > high));
    if (chosen < 0) chosen = taken.length < MOST_LANES ? taken.push([]) - 1 : lane.size % MOST_LANES;
    taken[chosen]!.push(span);
    lane.set(tensor, chosen);
  }
  return { lane, count: taken.length };
}

/** Width that a gutter or bus with this many lanes takes beside what it keeps free anyway. */
export const laneSpace = (lanes: number): number => Math.max(0, lanes - 1) * LANE;

/**
 * The points of one edge: down from the producer, sideways in the gap between two layers into the gutter, along it (and along a bus
 * where other columns lie between), sideways above the consumer, down into it.
 * @param from where it leaves its box at the bottom, @param to where it enters its box at the top
 * @param leaveX,enterX x of the lanes in the two gutters; the same for neighbouring columns
 * @param busY y of the bus lane; null for neighbouring columns
 */
export function routePoints(from: readonly [number, number], to: readonly [number, number], leaveX: number, enterX: number, busY: number | null): number[] {
  const [startX, startY] = from;
  const [endX] = to;
  const points = [startX, startY, startX, startY + TURN, leaveX, startY + TURN];
  if (busY !== null) points.push(leaveX, busY, enterX, busY);
  points.push(enterX, to[1] - TURN, endX, to[1] - TURN, endX, to[1]);
  return points;
}
