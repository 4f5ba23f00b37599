import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../shared/progress';
import { plainColumn, type ColumnProblem, type ColumnResult, type ElkRunner } from './columnLayout';
import { foldIntoColumns, TITLE_SHARE, type Column } from './columns';
import type { BoxGraph } from './layeredGraph';
import { isThread, splitAtWaists, stackPieces } from './waists';
import { areNeighbours, assignBuses, gutterAfter, gutterBefore, gutterLanes, LANE, laneSpace, routePoints, type Bus, type Buses, type GutterLanes, type OutsideEdge, type Rows } from './routeOutside';

/** Distances around boxes, CSS pixels at scale 1. */
export interface Spacing {
  /** around the whole */
  readonly margin: number;
  /** between the edge of a stage and its boxes */
  readonly padding: number;
  /** more of it at the top, for a title */
  readonly header: number;
  /** from the first column of a stage to the edges left of it, and from the end of the last stage to the edges right of it */
  readonly left: number;
  readonly right: number;
}

/** Boxes placed beside and below each other. */
export interface LevelResult {
  readonly width: number;
  readonly height: number;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly stages: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
  /** per edge x0, y0, x1, y1, ... */
  readonly points: readonly (readonly number[])[];
}

/** What the levels of one picture share. */
export interface LayoutRun {
  readonly elk: ElkRunner;
  readonly columnsAtATime: number;
  /** as of `performance.now()`; after it, what is not laid out yet gets the plain layout */
  readonly deadline: number;
  readonly control: Control;
  /** set where the plain layout stood in */
  plain: boolean;
}

export const STAGE_GAP = 170;
const COLUMN_GAP = 40;
const EMPTY_STAGE_WIDTH = 180;
/** between the stages and the nearest edge that runs below them */
const BUS_GAP = 26;
/** between the boxes of a stage and the nearest edge that runs above them */
const TOP_GAP = 22;
/** ELK's time grows faster than the number of boxes; beyond this many the plain layout stands in. */
const MOST_BOXES_FOR_ELK = 800;
const MOST_EDGES_FOR_ELK = 4000;

/**
 * Coordinates for one level: stages from left to right, many of them in rows, boxes from top to bottom within a stage, long stages
 * folded into columns. Each column is laid out by ELK on its own (its time depends on long edges most of all), and edges that leave
 * their column are routed around the boxes. Deterministic as long as the deadline is not reached.
 * @param entry the box where edges from outside begin, or -1; it stands in a column of its own where there are several
 * @param stageCount groups of the graph that are stages, with a place of their own even when they are empty
 * @throws CancelledError between columns, if the control says so
 */
export async function layoutLevel(graph: BoxGraph, layers: Int32Array, entry: number, stageCount: number, spacing: Spacing, run: LayoutRun): Promise<LevelResult> {
  const folded = foldIntoColumns(graph, layers);
  const columns = apart(folded.columns, entry);
  const columnOf = new Int32Array(graph.group.length);
  columns.forEach((column, c) => column.members.forEach((v) => (columnOf[v] = c)));
  const problems = columnProblems(graph, layers, columns, columnOf);
  const results: ColumnResult[] = new Array(problems.length);
  const waiting = problems.entries();
  const work = async (): Promise<void> => {
    for (const [c, problem] of waiting) {
      throwIfCancelled(run.control);
      run.control.report({ phase: t('laying out'), fraction: c / problems.length });
      results[c] = await layoutColumn(problem, run);
    }
  };
  await Promise.all(Array.from({ length: run.columnsAtATime }, work));
  return compose(graph, stageCount, spacing, columns, folded.groupsPerRow, columnOf, problems, results);
}

/** What comes from outside often goes to every layer: from a column of its own it gets there along the gutters, not between the boxes of the first one. */
function apart(columns: readonly Column[], entry: number): readonly Column[] {
  if (entry < 0 || columns.length < 2) return columns;
  const others = columns.map(({ group, members }) => ({ group, members: members.filter((v) => v !== entry) })).filter(({ members }) => members.length > 0);
  return [{ group: columns[0]!.group, members: [entry] }, ...others];
}

/** In pieces where it is one box wide, as long as these fit together. */
async function layoutColumn(problem: ColumnProblem, run: LayoutRun): Promise<ColumnResult> {
  const split = splitAtWaists(problem);
  if (split.bridges.length === 0) return layoutPiece(problem, run);
  const results: ColumnResult[] = [];
  for (const piece of split.pieces) results.push(await layoutPiece(piece, run));
  return stackPieces(problem, split, results) ?? layoutPiece(problem, run);
}

async function layoutPiece(problem: ColumnProblem, run: LayoutRun): Promise<ColumnResult> {
  if (isThread(problem)) return plainColumn(problem);
  const drawable = problem.count <= MOST_BOXES_FOR_ELK && problem.edges.length <= MOST_EDGES_FOR_ELK && performance.now() <= run.deadline;
  const result = drawable ? await run.elk(problem, run) : null;
  run.plain ||= result === null;
  return result ?? plainColumn(problem);
}

interface IndexedProblem extends ColumnProblem {
  /** for each edge of the problem, its index in the graph */
  readonly edgeIndices: readonly number[];
}

function columnProblems(graph: BoxGraph, layers: Int32Array, columns: readonly Column[], columnOf: Int32Array): IndexedProblem[] {
  const local = new Int32Array(graph.group.length);
  const problems = columns.map(({ members }) => {
    members.forEach((v, i) => (local[v] = i));
    return {
      count: members.length,
      widths: members.map((v) => graph.width[v]!),
      heights: members.map((v) => graph.height[v]!),
      layers: members.map((v) => layers[v]!),
      edges: [] as { from: number; to: number }[],
      edgeIndices: [] as number[],
    };
  });
  graph.edges.forEach(({ from, to }, index) => {
    if (columnOf[from] !== columnOf[to]) return;
    const problem = problems[columnOf[from]!]!;
    problem.edges.push({ from: local[from]!, to: local[to]! });
    problem.edgeIndices.push(index);
  });
  return problems;
}

/** Where columns and gutters stand from left to right. */
interface Across {
  readonly columnX: readonly number[];
  readonly gutterLeft: readonly number[];
  readonly width: number;
  /** per group, left edge and width */
  readonly groups: readonly { readonly x: number; readonly width: number }[];
}

/** @param indent room left of the rows for edges that go from one to another */
function placeAcross(groupCount: number, groupsPerRow: number, { margin, padding, left: leftLanes, right: rightLanes }: Spacing, columns: readonly Column[], results: readonly ColumnResult[], gutters: readonly number[], indent: number): Across {
  const columnX: number[] = [];
  const gutterLeft: number[] = [];
  const groups: { x: number; width: number }[] = [];
  let width = 2 * margin;
  let c = 0;
  let x = 0;
  for (let group = 0; group < groupCount; group++) {
    const lanes = gutters[gutterLeft.length] ?? 0;
    x = group % groupsPerRow === 0 ? margin + indent + laneSpace(lanes) : x + STAGE_GAP - 2 * padding + laneSpace(lanes);
    const left = x;
    x += padding;
    const first = c;
    for (; columns[c]?.group === group; c++) {
      const own = laneSpace(gutters[gutterLeft.length]!);
      if (c > first) x += COLUMN_GAP + own;
      gutterLeft.push(x - (c > first ? COLUMN_GAP / 2 : leftLanes) - own);
      columnX.push(x);
      x += results[c]!.width;
    }
    if (c === first) x += EMPTY_STAGE_WIDTH;
    x += padding;
    groups.push({ x: left, width: x - left });
    const last = group === groupCount - 1;
    if (!last && (group + 1) % groupsPerRow !== 0) continue;
    width = Math.max(width, x + margin + (indent > 0 ? laneSpace(gutters[gutterLeft.length] ?? 0) : 0));
    gutterLeft.push(x + rightLanes);
  }
  return { columnX, gutterLeft, width, groups };
}

/** Where one row of stages stands from top to bottom. */
interface Row {
  /** top edge of its stages */
  readonly y: number;
  /** y of the first boxes */
  readonly top: number;
  /** lower edge of its stages */
  readonly bottom: number;
}

const LEAST_ROW_GAP = 80;

function placeDown({ margin, padding, header }: Spacing, heights: readonly number[], { tops, corridors }: Buses, width: number): readonly Row[] {
  const above = (row: number): number => header + laneSpace(tops[row]!.count) + (tops[row]!.count > 0 ? 2 * LANE : 0) + padding;
  const least = heights.reduce((sum, height, row) => sum + above(row) + height + padding + BUS_GAP + laneSpace(corridors[row]!.count), 0);
  const gap = Math.max(LEAST_ROW_GAP, (TITLE_SHARE * Math.max(least, width / 2)) / Math.max(0.4, 1 - TITLE_SHARE * (heights.length - 1)));
  const rows: Row[] = [];
  let y = margin + (corridors[0]!.count > 0 ? BUS_GAP + laneSpace(corridors[0]!.count) : 0);
  heights.forEach((height, row) => {
    const top = y + above(row);
    const bottom = top + height + padding;
    rows.push({ y, top, bottom });
    y = bottom + BUS_GAP + laneSpace(corridors[row + 1]!.count) + gap;
  });
  return rows;
}

function compose(
  graph: BoxGraph,
  stageCount: number,
  spacing: Spacing,
  columns: readonly Column[],
  groupsPerRow: number,
  columnOf: Int32Array,
  problems: readonly IndexedProblem[],
  results: readonly ColumnResult[],
): LevelResult {
  const groupCount = Math.max(stageCount, graph.groupCount);
  const rows: Rows = { count: Math.max(1, Math.ceil(groupCount / groupsPerRow)), rowOf: (column) => Math.floor(columns[column]!.group / groupsPerRow) };
  const outsideEdges = graph.edges.map(({ tensor, from, to }): OutsideEdge | null =>
    columnOf[from] === columnOf[to] ? null : { tensor, fromColumn: columnOf[from]!, toColumn: columnOf[to]!, crossesGroups: graph.group[from] !== graph.group[to] },
  );
  const outside = outsideEdges.filter((edge) => edge !== null);
  const gutters = gutterLanes(outside, columns.length, rows);
  const indent = rows.count > 1 ? STAGE_GAP / 2 + sideSpace(outside, rows) : 0;
  const across = placeAcross(groupCount, groupsPerRow, spacing, columns, results, gutters.count, indent);
  const buses = assignBuses(outside, rows, rows.count > 1 ? (gutter) => across.gutterLeft[gutter]! : (gutter) => gutter);
  const heights = new Array<number>(rows.count).fill(0);
  results.forEach(({ height }, c) => (heights[rows.rowOf(c)] = Math.max(heights[rows.rowOf(c)]!, height)));
  const down = placeDown(spacing, heights, buses, across.width);
  const route = router(rows, across, down, gutters, buses, spacing);
  const x = new Array<number>(graph.group.length);
  const y = new Array<number>(graph.group.length);
  const points: (readonly number[])[] = new Array(graph.edges.length);
  columns.forEach(({ members }, c) => {
    const result = results[c]!;
    const dx = across.columnX[c]!;
    const dy = down[rows.rowOf(c)]!.top;
    members.forEach((v, i) => {
      x[v] = dx + result.x[i]!;
      y[v] = dy + result.y[i]!;
    });
    problems[c]!.edgeIndices.forEach((index, e) => {
      points[index] = result.points[e]!.map((value, i) => value + (i % 2 === 0 ? dx : dy));
    });
  });
  outsideEdges.forEach((edge, index) => {
    if (edge === null) return;
    const { from, to } = graph.edges[index]!;
    points[index] = route(edge, [x[from]! + graph.width[from]! / 2, y[from]! + graph.height[from]!], [x[to]! + graph.width[to]! / 2, y[to]!]);
  });
  const below = buses.corridors.at(-1)!.count;
  return {
    width: across.width,
    height: down.at(-1)!.bottom + spacing.margin + (below > 0 ? BUS_GAP + laneSpace(below) : 0),
    x, y, points,
    stages: across.groups.slice(0, stageCount).map(({ x: left, width }, group) => {
      const row = down[Math.floor(group / groupsPerRow)]!;
      return { x: left, y: row.y, width, height: row.bottom - row.y };
    }),
  };
}

/** Distance of the lanes beside the rows from the margin. */
const SIDE_INSET = 10;

/** Room for the lanes beside the rows. */
function sideSpace(edges: readonly OutsideEdge[], rows: Rows): number {
  const { count } = assignBuses(edges, rows, (gutter) => gutter).side;
  return count > 0 ? 2 * LANE + laneSpace(count) : 0;
}

/** @returns the points of an edge between two columns */
function router(rows: Rows, { gutterLeft }: Across, down: readonly Row[], gutters: GutterLanes, { tops, corridors, side }: Buses, { margin }: Spacing) {
  const gutterX = (gutter: number, tensor: number): number => gutterLeft[gutter]! + gutters.of(gutter, tensor) * LANE;
  const offset = (bus: Bus, tensor: number): number => bus.of(tensor) * LANE;
  const corridorY = (corridor: number, tensor: number): number => (corridor === 0 ? margin : down[corridor - 1]!.bottom + BUS_GAP) + offset(corridors[corridor]!, tensor);
  return (edge: OutsideEdge, start: readonly [number, number], end: readonly [number, number]): readonly number[] => {
    const { tensor, fromColumn, toColumn, crossesGroups } = edge;
    const [from, to] = [rows.rowOf(fromColumn), rows.rowOf(toColumn)];
    const leaveX = gutterX(gutterAfter(fromColumn, rows), tensor);
    const enterX = gutterX(gutterBefore(toColumn, rows), tensor);
    const along = (y: number): readonly number[] => [leaveX, y, enterX, y];
    if (areNeighbours(edge, rows)) return routePoints(start, end, leaveX, enterX, []);
    if (from === to) return routePoints(start, end, leaveX, enterX, along(crossesGroups ? corridorY(from + 1, tensor) : down[from]!.top - TOP_GAP - offset(tops[from]!, tensor)));
    if (to === from + 1) return routePoints(start, end, leaveX, enterX, along(corridorY(to, tensor)));
    const sideX = margin + SIDE_INSET + offset(side, tensor);
    const [leaveY, enterY] = [corridorY(from + 1, tensor), corridorY(to, tensor)];
    return routePoints(start, end, leaveX, enterX, [leaveX, leaveY, sideX, leaveY, sideX, enterY, enterX, enterY]);
  };
}
