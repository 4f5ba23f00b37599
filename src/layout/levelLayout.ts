import { t } from '@vscode/l10n';
import { throwIfCancelled, type Control } from '../shared/progress';
import { plainColumn, type ColumnProblem, type ColumnResult, type ElkRunner } from './columnLayout';
import { foldIntoColumns, type Column } from './columns';
import type { BoxGraph } from './layeredGraph';
import { assignLanes, LANE, laneSpace, routePoints, type Lanes, type OutsideEdge } from './routeOutside';

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
 * Coordinates for one level: stages from left to right, boxes from top to bottom within a stage, long stages folded into
 * columns. Each column is laid out by ELK on its own (its time depends on long edges most of all), and edges that leave
 * their column are routed around the boxes. Deterministic as long as the deadline is not reached.
 * @param entry the box where edges from outside begin, or -1; it stands in a column of its own where there are several
 * @param stageCount groups of the graph that are stages, with a place of their own even when they are empty
 * @throws CancelledError between columns, if the control says so
 */
export async function layoutLevel(graph: BoxGraph, layers: Int32Array, entry: number, stageCount: number, spacing: Spacing, run: LayoutRun): Promise<LevelResult> {
  const columns = apart(foldIntoColumns(graph, layers), entry);
  const columnOf = new Int32Array(graph.group.length);
  columns.forEach((column, c) => column.members.forEach((v) => (columnOf[v] = c)));
  const problems = columnProblems(graph, layers, columns, columnOf);
  const results: ColumnResult[] = [];
  for (const [c, problem] of problems.entries()) {
    throwIfCancelled(run.control);
    run.control.report({ phase: t('laying out'), fraction: c / problems.length });
    results.push(await layoutColumn(problem, run));
  }
  return compose(graph, stageCount, spacing, columns, columnOf, problems, results);
}

/** What comes from outside often goes to every layer: from a column of its own it gets there along the gutters, not between the boxes of the first one. */
function apart(columns: readonly Column[], entry: number): readonly Column[] {
  if (entry < 0 || columns.length < 2) return columns;
  const others = columns.map(({ group, members }) => ({ group, members: members.filter((v) => v !== entry) })).filter(({ members }) => members.length > 0);
  return [{ group: columns[0]!.group, members: [entry] }, ...others];
}

async function layoutColumn(problem: ColumnProblem, run: LayoutRun): Promise<ColumnResult> {
  if (problem.count === 1) return plainColumn(problem);
  if (problem.count <= MOST_BOXES_FOR_ELK && problem.edges.length <= MOST_EDGES_FOR_ELK && performance.now() <= run.deadline) return run.elk(problem);
  run.plain = true;
  return plainColumn(problem);
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

/** Where the columns, gutters, buses and stages stand. */
interface Frame {
  readonly columnX: readonly number[];
  /** y of the first row of boxes */
  readonly top: number;
  readonly bottom: number;
  readonly gutterX: (gutter: number, tensor: number) => number;
  readonly width: number;
  readonly stages: LevelResult['stages'];
}

function frameOf(groupCount: number, stageCount: number, { margin, padding, header, left: leftLanes, right: rightLanes }: Spacing, columns: readonly Column[], results: readonly ColumnResult[], lanes: Lanes): Frame {
  const top = margin + header + laneSpace(lanes.top) + (lanes.top > 0 ? 2 * LANE : 0) + padding;
  const bottom = top + results.reduce((tallest, r) => Math.max(tallest, r.height), 0) + padding;
  const columnX: number[] = [];
  const gutterLeft: number[] = [];
  const stages: LevelResult['stages'][number][] = [];
  let x = margin;
  let c = 0;
  for (let group = 0; group < groupCount; group++) {
    if (group > 0) x += STAGE_GAP - 2 * padding + laneSpace(lanes.gutters[c] ?? 0);
    else x += laneSpace(lanes.gutters[0] ?? 0);
    const left = x;
    x += padding;
    const first = c;
    for (; columns[c]?.group === group; c++) {
      if (c > first) x += COLUMN_GAP + laneSpace(lanes.gutters[c]!);
      gutterLeft.push(x - (c > first ? COLUMN_GAP / 2 : leftLanes) - laneSpace(lanes.gutters[c]!));
      columnX.push(x);
      x += results[c]!.width;
    }
    if (c === first) x += EMPTY_STAGE_WIDTH;
    x += padding;
    if (group < stageCount) stages.push({ x: left, y: margin, width: x - left, height: bottom - margin });
  }
  gutterLeft.push(x + rightLanes);
  return { columnX, top, bottom, stages, width: x + margin, gutterX: (gutter, tensor) => gutterLeft[gutter]! + lanes.ofGutter(gutter, tensor) * LANE };
}

function compose(
  graph: BoxGraph,
  stageCount: number,
  spacing: Spacing,
  columns: readonly Column[],
  columnOf: Int32Array,
  problems: readonly IndexedProblem[],
  results: readonly ColumnResult[],
): LevelResult {
  const outsideEdges = graph.edges.map(({ tensor, from, to }): OutsideEdge | null =>
    columnOf[from] === columnOf[to] ? null : { tensor, fromColumn: columnOf[from]!, toColumn: columnOf[to]!, crossesGroups: graph.group[from] !== graph.group[to] },
  );
  const lanes = assignLanes(outsideEdges.filter((edge) => edge !== null), columns.length);
  const frame = frameOf(Math.max(stageCount, graph.groupCount), stageCount, spacing, columns, results, lanes);
  const x = new Array<number>(graph.group.length);
  const y = new Array<number>(graph.group.length);
  const points: (readonly number[])[] = new Array(graph.edges.length);
  columns.forEach(({ members }, c) => {
    const result = results[c]!;
    const dx = frame.columnX[c]!;
    members.forEach((v, i) => {
      x[v] = dx + result.x[i]!;
      y[v] = frame.top + result.y[i]!;
    });
    problems[c]!.edgeIndices.forEach((index, e) => {
      points[index] = result.points[e]!.map((value, i) => value + (i % 2 === 0 ? dx : frame.top));
    });
  });
  outsideEdges.forEach((edge, index) => {
    if (edge === null) return;
    const { from, to } = graph.edges[index]!;
    const neighbours = edge.toColumn === edge.fromColumn + 1;
    const bus = lanes.ofBus(edge.tensor, edge.crossesGroups) * LANE;
    const busY = neighbours ? null : edge.crossesGroups ? frame.bottom + BUS_GAP + bus : frame.top - TOP_GAP - bus;
    const start = [x[from]! + graph.width[from]! / 2, y[from]! + graph.height[from]!] as const;
    const end = [x[to]! + graph.width[to]! / 2, y[to]!] as const;
    points[index] = routePoints(start, end, frame.gutterX(edge.fromColumn + 1, edge.tensor), frame.gutterX(edge.toColumn, edge.tensor), busY);
  });
  return {
    width: frame.width,
    height: frame.bottom + spacing.margin + (lanes.bottom > 0 ? BUS_GAP + laneSpace(lanes.bottom) : 0),
    x, y, points,
    stages: frame.stages,
  };
}
