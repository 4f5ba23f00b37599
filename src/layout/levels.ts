import type { PlanView } from '../shared/planView';
import type { DrawnOperators } from './drawnOperators';
import type { Grouping } from './groups';

/** What stands on a level: an operator, a group, or a port, where edges from and to the outside of a group meet. */
export interface Item {
  readonly kind: 'operator' | 'group' | 'entry' | 'exit';
  /** operator index or group index */
  readonly index: number;
}

export interface LevelEdge {
  /** all tensors that the edge stands for, in the order of the view; the first producer and consumer of any */
  readonly tensors: number[];
  readonly producer: number;
  readonly consumer: number;
  /** positions in the level's items */
  readonly from: number;
  readonly to: number;
}

/** The picture as a whole, or the inside of an expanded group. */
export interface Level {
  /** -1 for the whole */
  readonly group: number;
  readonly items: Item[];
  readonly edges: LevelEdge[];
}

/**
 * What is to be drawn on which level: operators in no group or directly in an expanded one, and groups where all around them are
 * expanded. Edges between the same two boxes become one, unless both are operators; what leaves an expanded group does so
 * through one of its two ports. @returns the whole first, then the expanded groups, outer before inner
 */
export function levelsOf(view: PlanView, drawn: DrawnOperators, { groups, groupOf }: Grouping, expanded: ReadonlySet<string>): Level[] {
  const levels: Building[] = [building(-1)];
  /** of each group the level inside it, -1 if it is closed or not drawn; and the level that it stands on, -1 if it is not drawn */
  const inside = new Int32Array(groups.length).fill(-1);
  const standsOn = new Int32Array(groups.length).fill(-1);
  groups.forEach(({ parent, key }, g) => {
    standsOn[g] = parent < 0 ? 0 : inside[parent]!;
    if (standsOn[g]! >= 0 && expanded.has(key)) inside[g] = levels.push(building(g)) - 1;
  });
  /** the group that is drawn in place of an operator inside it, or -1 */
  const closedAround = (operator: number): number => {
    let g = groupOf[operator]!;
    if (g < 0 || inside[g]! >= 0) return -1;
    while (standsOn[g]! < 0) g = groups[g]!.parent;
    return g;
  };
  const isDrawn = new Uint8Array(view.operators.length);
  const closed = new Int32Array(view.operators.length).fill(-1);
  for (const operator of drawn.operators) {
    isDrawn[operator] = 1;
    closed[operator] = closedAround(operator);
    for (let g = groupOf[operator]!; g >= 0; g = groups[g]!.parent) if (standsOn[g]! >= 0) place(levels[standsOn[g]!]!, 'group', g);
    if (closed[operator]! < 0) place(levels[groupOf[operator]! < 0 ? 0 : inside[groupOf[operator]!]!]!, 'operator', operator);
  }
  /** the boxes that an operator is drawn in, innermost first, with the levels that they stand on */
  const boxesOf = (operator: number): { level: number; position: number }[] => {
    const boxes: { level: number; position: number }[] = [];
    let g = closed[operator]!;
    if (g < 0) {
      g = groupOf[operator]!;
      const level = g < 0 ? 0 : inside[g]!;
      boxes.push({ level, position: levels[level]!.operators.get(operator)! });
    }
    for (; g >= 0; g = groups[g]!.parent) boxes.push({ level: standsOn[g]!, position: levels[standsOn[g]!]!.groups.get(g)! });
    return boxes;
  };
  view.tensors.forEach(({ producer, consumers }, tensor) => {
    if (producer < 0 || isDrawn[producer] === 0) return;
    const from = boxesOf(producer);
    for (const consumer of new Set(consumers)) {
      if (isDrawn[consumer] !== 1 || consumer === producer) continue;
      const to = boxesOf(consumer);
      let i = from.length - 1;
      let j = to.length - 1;
      while (i > 0 && j > 0 && from[i]!.position === to[j]!.position) [i, j] = [i - 1, j - 1];
      if (from[i]!.level !== to[j]!.level || from[i]!.position === to[j]!.position) continue;
      const cut = view.operators[producer]!.stage !== view.operators[consumer]!.stage;
      const common = levels[from[i]!.level]!;
      connect(common, from[i]!.position, to[j]!.position, tensor, producer, consumer, cut);
      for (const { level, position } of from.slice(0, i)) connect(levels[level]!, position, place(levels[level]!, 'exit', -1), tensor, producer, consumer, cut);
      for (const { level, position } of to.slice(0, j)) connect(levels[level]!, place(levels[level]!, 'entry', -1), position, tensor, producer, consumer, cut);
    }
  });
  return levels.map(({ group, items, edges }) => ({ group, items, edges: [...edges.values()] }));
}

interface Building {
  readonly group: number;
  readonly items: Item[];
  readonly edges: Map<string, LevelEdge>;
  readonly operators: Map<number, number>;
  readonly groups: Map<number, number>;
  readonly ports: Map<string, number>;
}

const building = (group: number): Building => ({ group, items: [], edges: new Map(), operators: new Map(), groups: new Map(), ports: new Map() });

/** @returns the item's position, where it is put if it is not there yet */
function place(level: Building, kind: Item['kind'], index: number): number {
  const places: Map<number | string, number> = kind === 'operator' ? level.operators : kind === 'group' ? level.groups : level.ports;
  const key = kind === 'operator' || kind === 'group' ? index : kind;
  let position = places.get(key);
  if (position === undefined) {
    position = level.items.push({ kind, index }) - 1;
    places.set(key, position);
  }
  return position;
}

function connect(level: Building, from: number, to: number, tensor: number, producer: number, consumer: number, cut: boolean): void {
  const alone = level.items[from]!.kind === 'operator' && level.items[to]!.kind === 'operator';
  const key = alone ? `${from}>${to}:${tensor}` : `${from}>${to}${cut ? '!' : ''}`;
  const known = level.edges.get(key);
  if (known === undefined) level.edges.set(key, { tensors: [tensor], producer, consumer, from, to });
  else if (known.tensors.at(-1) !== tensor) known.tensors.push(tensor);
}
