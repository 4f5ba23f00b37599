import type { GroupView, LayoutView } from '../../src/shared/layoutView';
import type { PlanView } from '../../src/shared/planView';

/** A picture of another plan of the same operators, before its own is there: everything stays where it is, and collapsed groups are of the stage that all their operators are in. */
export function recoloured(layout: LayoutView, { operators }: PlanView): LayoutView {
  if (layout.groups.length === 0) return layout;
  const { groups, groupOf } = layout;
  const stages = new Array<number | undefined>(groups.length).fill(undefined);
  groupOf.forEach((group, operator) => {
    const { stage, foldable } = operators[operator]!;
    if (foldable) return;
    for (let g = group; g >= 0; g = groups[g]!.parent) stages[g] = stages[g] === undefined || stages[g] === stage ? stage : groups[g]!.stage;
  });
  return { ...layout, groups: groups.map((group, g): GroupView => (stages[g] === undefined || stages[g] === group.stage ? group : { ...group, stage: stages[g]! })) };
}
