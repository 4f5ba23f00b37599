import { expect } from 'vitest';
import type { LayoutView } from '../../../src/shared/layoutView';
import type { PlanView } from '../../../src/shared/planView';

export type Box = readonly [number, number, number, number];

/** Each pair of boxes that overlap: a sweep downwards, comparing with those that still reach. */
export function overlaps(boxes: readonly Box[]): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  const byTop = boxes.map((_, i) => i).sort((a, b) => boxes[a]![1] - boxes[b]![1]);
  byTop.forEach((first, a) => {
    const [ax, ay, aw, ah] = boxes[first]!;
    for (const second of byTop.slice(a + 1)) {
      const [bx, by, bw] = boxes[second]!;
      if (by >= ay + ah) break;
      if (bx < ax + aw && bx + bw > ax) found.push([first, second]);
    }
  });
  return found;
}

export const isInside = ([x, y, w, h]: Box, [px, py, pw, ph]: Box): boolean => x >= px && y >= py && x + w <= px + pw && y + h <= py + ph;

export const boxAt = (layout: LayoutView, i: number): Box => layout.boxes.slice(4 * i, 4 * i + 4) as unknown as Box;

/** Boxes do not overlap, stand inside the group or stage that they belong to, and every drawn operator has exactly one place. */
export function expectSoundGroups(view: PlanView, layout: LayoutView): void {
  const { groups, groupOf } = layout;
  const drawn = layout.operators.map((operator, i) => ({ parent: groupOf[operator] ?? -1, stage: view.operators[operator]!.stage, box: boxAt(layout, i) }));
  const shown = groups.flatMap(({ parent, stage, box }) => (box === null ? [] : [{ parent, stage, box }]));
  const byParent = new Map<number, Box[]>();
  for (const { parent, stage, box } of [...drawn, ...shown]) {
    byParent.set(parent, [...(byParent.get(parent) ?? []), box]);
    const around = parent >= 0 ? groups[parent]!.box : ((s) => (s === undefined ? null : ([s.x, s.y, s.width, s.height] as const)))(layout.stages[stage]);
    if (around !== null) expect(isInside(box, around), `${box.join()} in ${around.join()}`).toBe(true);
    if (parent >= 0) expect(groups[parent]!.expanded).toBe(true);
  }
  for (const boxes of byParent.values()) expect(overlaps(boxes)).toEqual([]);
  groups.forEach(({ expanded, box, parent }) => {
    if (expanded) expect(box).not.toBeNull();
    expect(box !== null).toBe(parent < 0 || groups[parent]!.expanded);
  });
}
