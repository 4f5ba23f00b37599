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

/** More stages than this stand in several rows, like words. */
const MOST_IN_ONE_ROW = 8;
const FEWEST_IN_A_ROW = 4;
/** What a stage takes beside its columns, and a row beside its tallest column. */
const BESIDE_STAGE = 170;
const BESIDE_ROW = 160;
/** Of the height of the whole, what a row keeps free above it: the titles of stages are as large on the screen at every zoom. */
export const TITLE_SHARE = 0.06;

export interface Folded {
  readonly columns: Column[];
  /** stages in each row but the last, which may have fewer */
  readonly groupsPerRow: number;
}

/**
 * Networks are threads: hundreds of layers, each a few boxes wide. As one column they would be unreadable at any zoom that
 * shows them whole; so each stage is folded like the text of a newspaper, into columns of about equal height, so that the picture
 * as a whole has the proportions of a panel. Folds fall where few edges cross. Many stages stand in rows for the same reason.
 */
export function foldIntoColumns(graph: BoxGraph, layers: Int32Array): Folded {
  const groups = Array.from({ length: graph.groupCount }, (_, group) => profileOf(graph, layers, group));
  const { height: best, groupsPerRow } = graph.groupCount <= MOST_IN_ONE_ROW ? oneRow(groups) : severalRows(groups);
  const columns = groups.flatMap((profile, group) => {
    const ends = folds(profile, best);
    const own: Column[] = ends.map(() => ({ group, members: [] }));
    const columnOf = (layer: number): number => ends.findIndex((end) => layer < end);
    for (const v of profile.members) own[columnOf(layers[v]!)]!.members.push(v);
    return own.filter((column) => column.members.length > 0);
  });
  return { columns, groupsPerRow };
}

/** Heights of columns that are tried, from the least to that of the tallest stage. */
function* heightsFor(groups: readonly Profile[]): Generator<number> {
  const tallest = Math.max(1, ...groups.map((g) => g.total));
  for (let height = Math.min(FEWEST_LAYERS * (BOX_HEIGHT + LAYER_GAP), tallest); ; height = Math.min(tallest, height * 1.06)) {
    yield height;
    if (height >= tallest) return;
  }
}

function oneRow(groups: readonly Profile[]): { readonly height: number; readonly groupsPerRow: number } {
  let best = 0;
  let bestError = Infinity;
  for (const height of heightsFor(groups)) {
    const error = Math.abs(Math.log(estimatedAspect(groups, height) / TARGET_ASPECT));
    if (error < bestError) [best, bestError] = [height, error];
  }
  return { height: best, groupsPerRow: Math.max(1, groups.length) };
}

/** The rows in which all stages are largest when the whole is in view; the fewest of such. */
function severalRows(groups: readonly Profile[]): { readonly height: number; readonly groupsPerRow: number } {
  let best = { height: 1, groupsPerRow: groups.length };
  let bestSize = Infinity;
  for (const height of heightsFor(groups)) {
    const widths = groups.map((profile) => BESIDE_STAGE + estimatedWidth(profile, height));
    for (let rows = 1; rows <= Math.ceil(groups.length / FEWEST_IN_A_ROW); rows++) {
      const groupsPerRow = Math.ceil(groups.length / rows);
      let widest = 0;
      for (let first = 0; first < groups.length; first += groupsPerRow) widest = Math.max(widest, widths.slice(first, first + groupsPerRow).reduce((a, b) => a + b, 0));
      const size = Math.max(widest / TARGET_ASPECT, (rows * (height + BESIDE_ROW)) / Math.max(0.4, 1 - TITLE_SHARE * (rows - 1)));
      if (size < 0.97 * bestSize) [best, bestSize] = [{ height, groupsPerRow }, size];
    }
  }
  return best;
}

interface Profile {
  /** box indices */
  readonly members: readonly number[];
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
  const members: number[] = [];
  for (let v = 0; v < graph.group.length; v++) {
    if (graph.group[v] !== group) continue;
    members.push(v);
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
  return { members, widths, heights, total: heights.reduce((a, b) => a + b, 0), crossings: change.slice(0, widths.length).map((step) => (open += step)) };
}

const columnsOf = ({ total, widths }: Profile, height: number): number => Math.min(widths.length, Math.ceil(total / height - 1e-9));

const estimatedAspect = (groups: readonly Profile[], height: number): number => groups.reduce((sum, profile) => sum + estimatedWidth(profile, height), 0) / (height + 2 * GUTTER);

function estimatedWidth(profile: Profile, height: number): number {
  const count = columnsOf(profile, height);
  const widest = new Array<number>(count).fill(0);
  let above = 0;
  profile.widths.forEach((layer, i) => {
    const c = Math.min(count - 1, Math.floor((above * count) / profile.total));
    widest[c] = Math.max(widest[c]!, layer);
    above += profile.heights[i]!;
  });
  return widest.reduce((sum, column) => sum + column + GUTTER, 0);
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
