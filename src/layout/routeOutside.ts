/** Edges that leave their column run in the gutters between columns, along buses above and below rows of columns, and beside the rows, so that they never pass behind boxes. */

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

/** Rows of columns: to the left of each column there is a gutter, and one more to the right of the last of each row. */
export interface Rows {
  readonly count: number;
  readonly rowOf: (column: number) => number;
}

export const gutterBefore = (column: number, { rowOf }: Rows): number => column + rowOf(column);
export const gutterAfter = (column: number, { rowOf }: Rows): number => column + rowOf(column) + 1;

/** Side by side in one row, so that the gutter between them is all that an edge needs. */
export const areNeighbours = ({ fromColumn, toColumn }: OutsideEdge, { rowOf }: Rows): boolean => toColumn === fromColumn + 1 && rowOf(fromColumn) === rowOf(toColumn);

export interface GutterLanes {
  /** number of lanes in each gutter */
  readonly count: readonly number[];
  readonly of: (gutter: number, tensor: number) => number;
}

/** Consumers of one tensor share its lanes, so that it is drawn as a tree and counted once. */
export function gutterLanes(edges: readonly OutsideEdge[], columns: number, rows: Rows): GutterLanes {
  const gutters: Map<number, number>[] = Array.from({ length: columns + rows.count }, () => new Map());
  const enter = (gutter: number, tensor: number): void => {
    const lanes = gutters[gutter]!;
    if (!lanes.has(tensor)) lanes.set(tensor, lanes.size % MOST_LANES);
  };
  for (const { tensor, fromColumn, toColumn } of edges) {
    enter(gutterAfter(fromColumn, rows), tensor);
    enter(gutterBefore(toColumn, rows), tensor);
  }
  return { count: gutters.map((lanes) => Math.min(lanes.size, MOST_LANES)), of: (gutter, tensor) => gutters[gutter]?.get(tensor) ?? 0 };
}

export interface Bus {
  /** number of lanes */
  readonly count: number;
  readonly of: (tensor: number) => number;
}

/** Where edges run along rows of columns, and from row to row. */
export interface Buses {
  /** per row, above its boxes: edges within a group */
  readonly tops: readonly Bus[];
  /** above each row, and below the last: edges between groups */
  readonly corridors: readonly Bus[];
  /** left of all rows: edges that skip a row, or go up */
  readonly side: Bus;
}

/** @param position of a gutter from left to right */
export function assignBuses(edges: readonly OutsideEdge[], rows: Rows, position: (gutter: number) => number): Buses {
  type Spans = Map<number, [number, number]>;
  const spans = (length: number): Spans[] => Array.from({ length }, () => new Map());
  const [tops, corridors] = [spans(rows.count), spans(rows.count + 1)];
  const side: Spans = new Map();
  const reach = (bus: Spans, tensor: number, ...places: readonly number[]): void => {
    const [low, high] = bus.get(tensor) ?? [Infinity, -Infinity];
    bus.set(tensor, [Math.min(low, ...places), Math.max(high, ...places)]);
  };
  for (const edge of edges) {
    if (areNeighbours(edge, rows)) continue;
    const { tensor, fromColumn, toColumn, crossesGroups } = edge;
    const [from, to] = [rows.rowOf(fromColumn), rows.rowOf(toColumn)];
    const [leave, enter] = [position(gutterAfter(fromColumn, rows)), position(gutterBefore(toColumn, rows))];
    if (from === to) reach(crossesGroups ? corridors[from + 1]! : tops[from]!, tensor, leave, enter);
    else if (to === from + 1) reach(corridors[to]!, tensor, leave, enter);
    else {
      reach(corridors[from + 1]!, tensor, leave, -1);
      reach(corridors[to]!, tensor, enter, -1);
      reach(side, tensor, from + 1, to);
    }
  }
  return { tops: tops.map(packIntervals), corridors: corridors.map(packIntervals), side: packIntervals(side) };
}

/** First-fit colouring of intervals, shortest first so that short ones lie next to the boxes. */
function packIntervals(spans: ReadonlyMap<number, readonly [number, number]>): Bus {
  const order = [...spans].sort(([a, [al, ah]], [b, [bl, bh]]) => ah - al - (bh - bl) || al - bl || a - b);
  const taken: (readonly [number, number])[][] = [];
  const lane = new Map<number, number>();
  for (const [tensor, span] of order) {
    let chosen = taken.findIndex((others) => others.every(([low, high]) => span[1] < low || span[0] > high));
    if (chosen < 0) chosen = taken.length < MOST_LANES ? taken.push([]) - 1 : lane.size % MOST_LANES;
    taken[chosen]!.push(span);
    lane.set(tensor, chosen);
  }
  return { count: taken.length, of: (tensor) => lane.get(tensor) ?? 0 };
}

/** Width that a gutter or bus with this many lanes takes beside what it keeps free anyway. */
export const laneSpace = (lanes: number): number => Math.max(0, lanes - 1) * LANE;

/**
 * The points of one edge: down from the producer, sideways in the gap between two layers into the gutter, along it (and along a bus
 * where other columns lie between), sideways above the consumer, down into it.
 * @param from where it leaves its box at the bottom, @param to where it enters its box at the top
 * @param leaveX,enterX x of the lanes in the two gutters; the same for neighbouring columns
 * @param via points between the two gutters, x and y of each
 */
export function routePoints(from: readonly [number, number], to: readonly [number, number], leaveX: number, enterX: number, via: readonly number[]): number[] {
  const [startX, startY] = from;
  const [endX, endY] = to;
  return [startX, startY, startX, startY + TURN, leaveX, startY + TURN, ...via, enterX, endY - TURN, endX, endY - TURN, endX, endY];
}
