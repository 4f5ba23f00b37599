import { BOX_HEIGHT, type BoxGraph } from './layeredGraph';

/** A run of consecutive layers of one stage, drawn from top to bottom. */
export interface Column {
  readonly group: number;
  /** box indices */
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
 * Networks are threads: hundreds of layers, each a few boxes wide. As one column they would be unreadable at any zoom that
 * shows them whole; so each stage is folded like the text of a newspaper, into columns of about equal height, so that the picture
 * as a whole has the proportions of a panel. Folds fall where few edges cross.
 */
export function foldIntoColumns(graph: BoxGraph, layers: Int32Array): Column[] {
  const groups = Array.from({ length: graph.groupCount }, (_, group) => profileOf(graph, layers, group));
  const tallest = Math.max(1, ...groups.map((g) => g.total));
  const least = Math.min(FEWEST_LAYERS * (BOX_HEIGHT + LAYER_GAP), tallest);
  let best = tallest;
  let bestError = Infinity;
  for (let height = least; ; height = Math.min(tallest, height * 1.06)) {
    const error = Math.abs(Math.log(estimatedAspect(groups, height) / TARGET_ASPECT));
    if (error < bestError) [best, bestError] = [height, error];
    if (height >= tallest) break;
  }
  return groups.flatMap((profile, group) => {
    const ends = folds(profile, best);
    const columns: Column[] = ends.map(() => ({ group, members: [] }));
    const columnOf = (layer: number): number => ends.findIndex((end) => layer < end);
    for (let v = 0; v < graph.group.length; v++) {
      if (graph.group[v] === group) columns[columnOf(layers[v]!)]!.members.push(v);
    }
    return columns.filter((column) => column.members.length > 0);
  });
}

interface Profile {
  /** width and height of each layer with the gaps that follow, CSS pixels */
  readonly widths: number[];
  readonly heights: number[];
  /** sum of the heights */
  readonly total: number;
  /** edges of the stage that pass from above layer i to layer i or below */
  readonly crossings: number[];
}

function profileOf(graph: BoxGraph, layers: Int32Array, group: number): Profile {
  const widths: number[] = [];
  const heights: number[] = [];
  for (let v = 0; v < graph.group.length; v++) {
    if (graph.group[v] !== group) continue;
    while (widths.length <= layers[v]!) {
      widths.push(0);
      heights.push(0);
    }
    widths[layers[v]!]! += graph.width[v]! + SIBLING_GAP;
    heights[layers[v]!] = Math.max(heights[layers[v]!]!, graph.height[v]! + LAYER_GAP);
  }
  const change = new Array<number>(widths.length + 1).fill(0);
  for (const { from, to } of graph.edges) {
    if (graph.group[from] !== group || graph.group[to] !== group) continue;
    change[Math.min(layers[from]!, layers[to]!) + 1]!++;
    change[Math.max(layers[from]!, layers[to]!) + 1]!--;
  }
  let open = 0;
  return { widths, heights, total: heights.reduce((a, b) => a + b, 0), crossings: change.slice(0, widths.length).map((step) => (open += step)) };
}

const columnsOf = ({ total, widths }: Profile, height: number): number => Math.min(widths.length, Math.ceil(total / height - 1e-9));

function estimatedAspect(groups: readonly Profile[], height: number): number {
  let width = 0;
  for (const profile of groups) {
    const count = columnsOf(profile, height);
    const widest = new Array<number>(count).fill(0);
    let above = 0;
    profile.widths.forEach((layer, i) => {
      const c = Math.min(count - 1, Math.floor((above * count) / profile.total));
      widest[c] = Math.max(widest[c]!, layer);
      above += profile.heights[i]!;
    });
    for (const column of widest) width += column + GUTTER;
  }
  return width / (height + 2 * GUTTER);
}

/** The layers at which the columns of one stage end, the last being the number of layers. */
function folds(profile: Profile, height: number): number[] {
  const depth = profile.widths.length;
  const count = columnsOf(profile, height);
  const starts: number[] = [];
  profile.heights.reduce((above, own) => (starts.push(above), above + own), 0);
  const reach = 0.12 * height;
  const ends: number[] = [];
  for (let c = 1; c < count; c++) {
    const ideal = (c * profile.total) / count;
    const after = ends.at(-1) ?? 0;
    let best = -1;
    let bestCost = Infinity;
    for (let at = after + 1; at < depth; at++) {
      const distance = Math.abs(starts[at]! - ideal);
      // Where a layer is taller than the reach, the nearest fold is the best there is.
      const cost = distance > reach ? 1e6 + distance : profile.crossings[at]! + distance / (reach + 1);
      if (cost < bestCost) [best, bestCost] = [at, cost];
    }
    if (best > 0) ends.push(best);
  }
  return depth === 0 ? [] : [...ends, depth];
}
