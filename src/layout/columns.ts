import { BOX_HEIGHT, BOX_WIDTH, type DrawnGraph } from './layeredGraph';

/** A run of consecutive layers of one group, drawn from top to bottom. */
export interface Column {
  readonly group: number;
  /** positions in the drawn graph */
  readonly members: number[];
}

/** Distances between boxes, CSS pixels. */
export const LAYER_GAP = 30;
export const SIBLING_GAP = 18;

/** What the shape of the whole picture should be: somewhat wider than the part of the panel that shows it, because the eye follows columns. */
const TARGET_ASPECT = 2.1;
const GUTTER = 70;
const FEWEST_LAYERS = 6;

/**
 * Networks are threads: hundreds of layers, each a few operators wide. As one column they would be unreadable at any zoom that
 * shows them whole; so each group is folded like the text of a newspaper, into columns of about equal height, so that the picture
 * as a whole has the proportions of a panel. Folds fall where few edges cross.
 */
export function foldIntoColumns(graph: DrawnGraph, layers: Int32Array): Column[] {
  const groups = Array.from({ length: graph.groupCount }, (_, group) => profileOf(graph, layers, group));
  const deepest = Math.max(1, ...groups.map((g) => g.widths.length));
  let best = deepest;
  let bestError = Infinity;
  for (let height = Math.min(FEWEST_LAYERS, deepest); height <= deepest; height = Math.max(height + 1, Math.floor(height * 1.06))) {
    const error = Math.abs(Math.log(estimatedAspect(groups, height) / TARGET_ASPECT));
    if (error < bestError) [best, bestError] = [height, error];
  }
  return groups.flatMap((profile, group) => {
    const ends = folds(profile, best);
    const columns: Column[] = ends.map(() => ({ group, members: [] }));
    const columnOf = (layer: number): number => ends.findIndex((end) => layer < end);
    for (let v = 0; v < graph.operators.length; v++) {
      if (graph.group[v] === group) columns[columnOf(layers[v]!)]!.members.push(v);
    }
    return columns.filter((column) => column.members.length > 0);
  });
}

interface Profile {
  /** operators in each layer */
  readonly widths: number[];
  /** edges of the group that pass from above layer i to layer i or below */
  readonly crossings: number[];
}

function profileOf(graph: DrawnGraph, layers: Int32Array, group: number): Profile {
  const widths: number[] = [];
  for (let v = 0; v < graph.operators.length; v++) {
    if (graph.group[v] !== group) continue;
    while (widths.length <= layers[v]!) widths.push(0);
    widths[layers[v]!]!++;
  }
  const change = new Array<number>(widths.length + 1).fill(0);
  for (const { from, to } of graph.edges) {
    if (graph.group[from] !== group || graph.group[to] !== group) continue;
    change[layers[from]! + 1]!++;
    change[layers[to]! + 1]!--;
  }
  let open = 0;
  return { widths, crossings: change.slice(0, widths.length).map((step) => (open += step)) };
}

function estimatedAspect(groups: readonly Profile[], height: number): number {
  let width = 0;
  for (const profile of groups) {
    const count = Math.ceil(profile.widths.length / height);
    for (let c = 0; c < count; c++) {
      const widest = Math.max(0, ...profile.widths.slice(c * height, (c + 1) * height));
      width += widest * (BOX_WIDTH + SIBLING_GAP) + GUTTER;
    }
  }
  return width / (height * (BOX_HEIGHT + LAYER_GAP) + 2 * GUTTER);
}

/** The layers at which the columns of one group end, the last being the number of layers. */
function folds({ widths, crossings }: Profile, height: number): number[] {
  const depth = widths.length;
  const count = Math.ceil(depth / height);
  const ends: number[] = [];
  for (let c = 1; c < count; c++) {
    const ideal = Math.round((c * depth) / count);
    const reach = Math.max(1, Math.floor(height * 0.12));
    let best = ideal;
    let bestCost = Infinity;
    for (let at = Math.max((ends.at(-1) ?? 0) + 1, ideal - reach); at <= Math.min(depth - 1, ideal + reach); at++) {
      const cost = crossings[at]! + Math.abs(at - ideal) / (reach + 1);
      if (cost < bestCost) [best, bestCost] = [at, cost];
    }
    ends.push(best);
  }
  return [...ends, depth];
}
