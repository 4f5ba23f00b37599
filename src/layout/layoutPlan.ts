import type { LayoutView } from '../shared/layoutView';
import type { PlanView } from '../shared/planView';
import { throwIfCancelled, unattended, type Control } from '../shared/progress';
import { makeElkRunner, plainColumn, type ColumnProblem, type ColumnResult, type ElkRunner } from './columnLayout';
import { foldIntoColumns, type Column } from './columns';
import { BOX_HEIGHT, BOX_WIDTH, drawnGraph, layersWithinGroups, type DrawnGraph } from './layeredGraph';
import { assignLanes, LANE, laneSpace, routePoints, type Lanes, type OutsideEdge } from './routeOutside';

export interface LayoutOptions {
  /** draw also operators that follow from weights and bound dimensions alone */
  readonly showFoldable: boolean;
  /** after this long, what is not laid out yet gets the plain layout */
  readonly deadlineMilliseconds: number;
}

/** Distances, CSS pixels at scale 1. */
const STAGE_PADDING = 22;
const STAGE_HEADER = 8;
const STAGE_GAP = 170;
const COLUMN_GAP = 40;
const EMPTY_STAGE_WIDTH = 180;
const MARGIN = 40;
/** between the stages and the nearest edge that runs below them */
const BUS_GAP = 26;
/** ELK's time grows faster than the number of boxes; beyond this many the plain layout stands in. */
const MOST_BOXES_FOR_ELK = 800;
const MOST_EDGES_FOR_ELK = 4000;

/**
 * Coordinates for a plan: stages from left to right in pipeline order, operators from top to bottom within a stage, long stages
 * folded into columns. Each column is laid out by ELK on its own (its time depends on long edges most of all), and edges
 * that leave their column are routed around the boxes. Deterministic as long as the deadline is not reached.
 * @throws CancelledError between columns, if `control` says so
 */
export async function layoutPlan(view: PlanView, options: LayoutOptions, control: Control = unattended): Promise<LayoutView> {
  const deadline = performance.now() + options.deadlineMilliseconds;
  const graph = drawnGraph(view, options.showFoldable);
  const layers = layersWithinGroups(graph);
  const columns = foldIntoColumns(graph, layers);
  const columnOf = new Int32Array(graph.operators.length);
  columns.forEach((column, c) => column.members.forEach((v) => (columnOf[v] = c)));

  const problems = columnProblems(graph, layers, columns, columnOf);
  const results: ColumnResult[] = [];
  let engine: LayoutView['engine'] = 'elk';
  let elk: ElkRunner | undefined;
  for (const [c, problem] of problems.entries()) {
    throwIfCancelled(control);
    control.report({ phase: 'laying out', fraction: c / problems.length });
    if (problem.count > MOST_BOXES_FOR_ELK || problem.edges.length > MOST_EDGES_FOR_ELK || performance.now() > deadline) {
      results.push(plainColumn(problem));
      engine = 'plain';
    } else if (problem.count === 1) {
      results.push(plainColumn(problem));
    } else {
      elk ??= makeElkRunner();
      results.push(await elk(problem));
    }
  }
  return compose(view, graph, columns, columnOf, problems, results, engine);
}

interface IndexedProblem extends ColumnProblem {
  /** for each edge of the problem, its index in the drawn graph */
  readonly edgeIndices: readonly number[];
}

function columnProblems(graph: DrawnGraph, layers: Int32Array, columns: readonly Column[], columnOf: Int32Array): IndexedProblem[] {
  const local = new Int32Array(graph.operators.length);
  const problems = columns.map(({ members }) => {
    members.forEach((v, i) => (local[v] = i));
    return { count: members.length, layers: members.map((v) => layers[v]!), edges: [] as { from: number; to: number }[], edgeIndices: [] as number[] };
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
  readonly stages: LayoutView['stages'];
}

function frameOf(view: PlanView, columns: readonly Column[], results: readonly ColumnResult[], lanes: Lanes): Frame {
  const stageCount = view.plan?.stages.length ?? 0;
  const header = stageCount > 0 ? STAGE_HEADER : STAGE_PADDING;
  const top = MARGIN + header + laneSpace(lanes.top) + (lanes.top > 0 ? 2 * LANE : 0) + STAGE_PADDING;
  const bottom = top + Math.max(BOX_HEIGHT, ...results.map((r) => r.height)) + STAGE_PADDING;
  const columnX: number[] = [];
  const gutterLeft: number[] = [];
  const stages: LayoutView['stages'][number][] = [];
  let x = MARGIN;
  let c = 0;
  const groups = Math.max(stageCount, ...columns.map((column) => column.group + 1), 0);
  for (let group = 0; group < groups; group++) {
    if (group > 0) x += STAGE_GAP - 2 * STAGE_PADDING + laneSpace(lanes.gutters[c] ?? 0);
    else x += laneSpace(lanes.gutters[0] ?? 0);
    const left = x;
    x += STAGE_PADDING;
    const first = c;
    for (; columns[c]?.group === group; c++) {
      if (c > first) x += COLUMN_GAP + laneSpace(lanes.gutters[c]!);
      gutterLeft.push(x - (c > first ? COLUMN_GAP / 2 : STAGE_GAP / 2) - laneSpace(lanes.gutters[c]!));
      columnX.push(x);
      x += results[c]!.width;
    }
    if (c === first) x += EMPTY_STAGE_WIDTH;
    x += STAGE_PADDING;
    if (group < stageCount) stages.push({ x: left, y: MARGIN, width: x - left, height: bottom - MARGIN });
  }
  gutterLeft.push(x + STAGE_PADDING);
  return { columnX, top, bottom, stages, width: x + MARGIN, gutterX: (gutter, tensor) => gutterLeft[gutter]! + lanes.ofGutter(gutter, tensor) * LANE };
}

function compose(
  view: PlanView,
  graph: DrawnGraph,
  columns: readonly Column[],
  columnOf: Int32Array,
  problems: readonly IndexedProblem[],
  results: readonly ColumnResult[],
  engine: LayoutView['engine'],
): LayoutView {
  const outside = (index: number): OutsideEdge | null => {
    const { tensor, from, to } = graph.edges[index]!;
    if (columnOf[from] === columnOf[to]) return null;
    return { tensor, fromColumn: columnOf[from]!, toColumn: columnOf[to]!, crossesGroups: graph.group[from] !== graph.group[to] };
  };
  const outsideEdges = graph.edges.map((_, index) => outside(index));
  const lanes = assignLanes(outsideEdges.filter((edge) => edge !== null), columns.length);
  const frame = frameOf(view, columns, results, lanes);

  const boxes = new Array<number>(graph.operators.length * 4);
  const points: (readonly number[])[] = new Array(graph.edges.length);
  columns.forEach(({ members }, c) => {
    const result = results[c]!;
    const dx = frame.columnX[c]!;
    members.forEach((v, i) => boxes.splice(4 * v, 4, round(dx + result.x[i]!), round(frame.top + result.y[i]!), BOX_WIDTH, BOX_HEIGHT));
    problems[c]!.edgeIndices.forEach((index, e) => {
      points[index] = result.points[e]!.map((value, i) => round(value + (i % 2 === 0 ? dx : frame.top)));
    });
  });
  outsideEdges.forEach((edge, index) => {
    if (edge === null) return;
    const { from, to } = graph.edges[index]!;
    const neighbours = edge.toColumn === edge.fromColumn + 1;
    const bus = lanes.ofBus(edge.tensor, edge.crossesGroups) * LANE;
    const busY = neighbours ? null : edge.crossesGroups ? frame.bottom + BUS_GAP + bus : frame.top - STAGE_PADDING - bus;
    const corner = (v: number): [number, number] => [boxes[4 * v]!, boxes[4 * v + 1]!];
    points[index] = routePoints(corner(from), corner(to), frame.gutterX(edge.fromColumn + 1, edge.tensor), frame.gutterX(edge.toColumn, edge.tensor), busY).map(round);
  });
  return {
    width: round(frame.width),
    height: round(frame.bottom + MARGIN + (lanes.bottom > 0 ? BUS_GAP + laneSpace(lanes.bottom) : 0)),
    boxes,
    operators: graph.operators,
    stages: frame.stages,
    edges: graph.edges.map(({ tensor, from, to }, index) => ({ tensor, from: graph.operators[from]!, to: graph.operators[to]!, points: points[index]! })),
    engine,
  };
}

/** Half pixels are finer than anyone sees, and make the message to the view a third shorter. */
const round = (value: number): number => Math.round(value * 2) / 2;
