import { FEWEST_GROUPED, MOST_UNGROUPED, type GroupView } from '../shared/layoutView';
import type { PlanView } from '../shared/planView';
import { foldAlike } from './alike';
import type { DrawnOperators } from './drawnOperators';
import { splitIntoParts } from './parts';
import { countOf, firstOf, scopeTree, type Child } from './scopeTree';

export type PlacelessGroup = Omit<GroupView, 'box' | 'expanded'>;

/** All groups of a view, outer before inner. */
export interface Grouping {
  readonly groups: readonly PlacelessGroup[];
  /** per operator of the plan view its innermost group, or -1 */
  readonly groupOf: Int32Array;
}

const ungrouped = (view: PlanView): Grouping => ({ groups: [], groupOf: new Int32Array(view.operators.length).fill(-1) });

/** One picture after the other is made of a view whose groups are expanded; the groups stay the same. By the number of operators drawn, as foldable ones may be or not, and by whether they are in groups. */
const remembered = new WeakMap<PlanView, Map<string, Grouping>>();

/** @param wanted groups even of a small model */
export function groupingOf(view: PlanView, drawn: DrawnOperators, wanted: boolean): Grouping {
  const grouped = drawn.operators.length > MOST_UNGROUPED || (wanted && drawn.operators.length >= FEWEST_GROUPED);
  const known = remembered.get(view) ?? new Map<string, Grouping>();
  const key = `${drawn.operators.length}:${grouped}`;
  const grouping = known.get(key) ?? (grouped ? groupOperators(view, drawn) : ungrouped(view));
  remembered.set(view, known.set(key, grouping));
  return grouping;
}

/**
 * The hierarchy of a large model: within each stage the scopes of its operators' names, layers that are alike folded into one, and
 * parts of the graph's order where names say nothing. No group crosses stages.
 */
export function groupOperators(view: PlanView, drawn: DrawnOperators): Grouping {
  const groups: PlacelessGroup[] = [];
  const groupOf = new Int32Array(view.operators.length).fill(-1);
  const members: number[][] = Array.from({ length: drawn.stageCount }, () => []);
  drawn.operators.forEach((operator, i) => members[drawn.stage[i]!]!.push(operator));
  const add = (child: Child, parent: number, place: number): void => {
    if (typeof child === 'number') {
      groupOf[child] = parent;
      return;
    }
    const index = groups.length;
    const own = operatorsOf(child);
    groups.push({
      key: `${place}:${child.path}`, label: child.label, kind: child.kind, parent, first: firstOf(child), operatorCount: countOf(child),
      stage: view.operators[firstOf(child)]!.stage,
      alike: child.kind === 'alike' ? child.children.length : 0,
      seconds: own.reduce((sum, o) => sum + (view.operators[o]!.seconds ?? 0), 0),
      weightBytes: own.reduce((sum, o) => sum + view.operators[o]!.weightBytes, 0),
    });
    for (const inner of child.children) add(inner, index, place);
  };
  members.forEach((operators, place) => {
    for (const child of splitIntoParts(foldAlike(scopeTree(view.operators, operators), view.operators))) add(child, -1, place);
  });
  return { groups, groupOf };
}

const operatorsOf = (child: Child): readonly number[] => (typeof child === 'number' ? [child] : child.children.flatMap(operatorsOf));
