import type { GroupView, LayoutView } from '../shared/layoutView';
import type { PlanView } from '../shared/planView';
import { unattended, type Control } from '../shared/progress';
import { makeElkRunner, type ElkRunner } from './columnLayout';
import { drawnOperators, type DrawnOperators } from './drawnOperators';
import { groupingOf, type Grouping } from './groups';
import { BOX_HEIGHT, BOX_WIDTH, layersWithinGroups, type BoxGraph } from './layeredGraph';
import { layoutLevel, STAGE_GAP, type LayoutRun, type LevelResult, type Spacing } from './levelLayout';
import { levelsOf, type Item, type Level } from './levels';

export interface LayoutOptions {
  /** draw also operators that follow from weights and bound dimensions alone */
  readonly showFoldable: boolean;
  /** keys of the groups whose inside is drawn; absent: none, so that a large model begins with few boxes */
  readonly expanded?: readonly string[];
  /** draw groups even if the model is small enough for a picture of all its operators */
  readonly grouped?: boolean;
  /** after this long, what is not laid out yet gets the plain layout */
  readonly deadlineMilliseconds: number;
  /** absent: ELK anew */
  readonly elk?: ElkRunner;
  /** columns that `elk` is given at a time; 1 if absent */
  readonly columnsAtATime?: number;
}

/** Groups are larger than operators: they say more. CSS pixels at scale 1. */
const GROUP_WIDTH = 208;
const GROUP_HEIGHT = 64;
/** Ports are points where edges meet; their width keeps these apart from what passes by. */
const PORT_WIDTH = 12;
const PORT_HEIGHT = 1;

const WHOLE: Spacing = { margin: 40, padding: 22, header: 8, left: STAGE_GAP / 2, right: 22 };
const WHOLE_WITHOUT_STAGES: Spacing = { ...WHOLE, header: WHOLE.padding };
const INSIDE: Spacing = { margin: 0, padding: 16, header: 26, left: 8, right: -8 };

/**
 * Coordinates for a plan. In a small model each operator is drawn; in a large one groups of them, and what is in
 * the groups that are expanded. Inner levels are laid out before the ones around them, which see a group as a box.
 * @throws CancelledError if `control` says so
 */
export async function layoutPlan(view: PlanView, options: LayoutOptions, control: Control = unattended): Promise<LayoutView> {
  const run: LayoutRun = { elk: options.elk ?? makeElkRunner(), columnsAtATime: options.columnsAtATime ?? 1, deadline: performance.now() + options.deadlineMilliseconds, control, plain: false };
  const drawn = drawnOperators(view, options.showFoldable);
  const grouping = groupingOf(view, drawn, options.grouped ?? false);
  const levels = levelsOf(view, drawn, grouping, new Set(options.expanded));
  const place = placesOf(view, drawn, grouping);
  const stageCount = view.plan?.stages.length ?? 0;
  const results = new Map<number, LevelResult>();
  for (const level of [...levels].reverse()) {
    const whole = level.group < 0;
    const graph = boxGraph(level, whole ? place : () => 0, whole ? drawn.stageCount : 1, results);
    const layers = layersWithinGroups(graph);
    const deepest = layers.reduce((most, layer) => Math.max(most, layer), 0);
    level.items.forEach(({ kind }, i) => kind === 'exit' && (layers[i] = Math.max(1, deepest)));
    results.set(level.group, await layoutLevel(graph, layers, level.items.findIndex(({ kind }) => kind === 'entry'), whole ? stageCount : 0, !whole ? INSIDE : stageCount > 0 ? WHOLE : WHOLE_WITHOUT_STAGES, run));
  }
  return compose(grouping, levels, results, run.plain);
}

/** @returns the place of an item's stage from left to right */
function placesOf(view: PlanView, drawn: DrawnOperators, { groups }: Grouping): (item: Item) => number {
  const of = new Int32Array(view.operators.length);
  drawn.operators.forEach((operator, i) => (of[operator] = drawn.stage[i]!));
  return ({ kind, index }) => of[kind === 'operator' ? index : groups[index]!.first]!;
}

function boxGraph(level: Level, place: (item: Item) => number, groupCount: number, inner: ReadonlyMap<number, LevelResult>): BoxGraph {
  const sizes = level.items.map((item) => sizeOf(item, inner));
  return {
    width: sizes.map(([width]) => width),
    height: sizes.map(([, height]) => height),
    group: Int32Array.from(level.items, place),
    groupCount,
    edges: level.edges.map(({ tensors, from, to }) => ({ tensor: tensors[0]!, from, to })),
  };
}

function sizeOf({ kind, index }: Item, inner: ReadonlyMap<number, LevelResult>): readonly [number, number] {
  if (kind === 'operator') return [BOX_WIDTH, BOX_HEIGHT];
  if (kind !== 'group') return [PORT_WIDTH, PORT_HEIGHT];
  const inside = inner.get(index);
  return inside === undefined ? [GROUP_WIDTH, GROUP_HEIGHT] : [Math.max(GROUP_WIDTH, inside.width), inside.height];
}

/** Moves every level to where its group stands. */
function compose({ groups, groupOf }: Grouping, levels: readonly Level[], results: ReadonlyMap<number, LevelResult>, plain: boolean): LayoutView {
  const operators: { readonly index: number; readonly box: Rectangle }[] = [];
  const boxOfGroup = new Map<number, Rectangle>();
  const edges: LayoutView['edges'][number][] = [];
  for (const { group, items, edges: own } of levels) {
    const result = results.get(group)!;
    const [dx, dy] = boxOfGroup.get(group) ?? [0, 0];
    items.forEach((item, i) => {
      const [width, height] = sizeOf(item, results);
      const box: Rectangle = [round(dx + result.x[i]!), round(dy + result.y[i]!), round(width), round(height)];
      if (item.kind === 'operator') operators.push({ index: item.index, box });
      else if (item.kind === 'group') boxOfGroup.set(item.index, box);
    });
    own.forEach(({ tensors, producer, consumer, from, to }, e) => {
      edges.push({
        tensor: tensors[0]!, from: producer, to: consumer,
        points: result.points[e]!.map((value, i) => round(value + (i % 2 === 0 ? dx : dy))),
        ...(tensors.length > 1 && { tensors }),
        ...(items[from]!.kind !== 'operator' && { fromGroup: items[from]!.kind === 'group' ? items[from]!.index : group }),
        ...(items[to]!.kind !== 'operator' && { toGroup: items[to]!.kind === 'group' ? items[to]!.index : group }),
      });
    });
  }
  operators.sort((a, b) => a.index - b.index);
  const whole = results.get(-1)!;
  return {
    width: round(whole.width),
    height: round(whole.height),
    boxes: operators.flatMap(({ box }) => box),
    operators: operators.map(({ index }) => index),
    stages: whole.stages,
    edges,
    groups: groups.map((group, g): GroupView => ({ ...group, box: boxOfGroup.get(g) ?? null, expanded: results.has(g) })),
    groupOf: groups.length === 0 ? [] : [...groupOf],
    engine: plain ? 'plain' : 'elk',
  };
}

type Rectangle = readonly [number, number, number, number];

/** Half pixels are finer than anyone sees, and make the message to the view a third shorter. */
const round = (value: number): number => Math.round(value * 2) / 2;
