import type { Selection } from '../state';
import type { Camera, Rectangle } from './camera';
import type { PlacedLabel } from './draw';
import { emphasisOf } from './emphasis';
import { cutAt, type CutGrip, type Grip, type Over } from './grips';
import { groupAt } from './groups';
import type { Scene } from './scene';

/** A picture as it is seen: what stands where on the canvas. All points are CSS pixels of the canvas. */
export interface Visible {
  readonly scene: Scene;
  readonly camera: Camera;
  /** labels of cuts, as they were drawn last */
  readonly labels: readonly PlacedLabel[];
}

/** Height of the title above a stage, CSS pixels. */
const STAGE_TITLE = 28;

const inPicture = ({ camera }: Visible, px: number, py: number): [number, number] => [camera.x + px / camera.scale, camera.y + py / camera.scale];

/** The box at a point; -1 for none. */
export const boxAt = (visible: Visible, px: number, py: number): number => visible.scene.grid.at(...inPicture(visible, px, py));

export const groupAtPoint = (visible: Visible, px: number, py: number): ReturnType<typeof groupAt> => groupAt(visible.scene, ...inPicture(visible, px, py));

export const cutAtPoint = ({ scene, labels, camera }: Visible, px: number, py: number): CutGrip | undefined => cutAt(scene, labels, camera, px, py);

/** The stage at a point, its title left out; -1 for none. */
export function stageAt(visible: Visible, px: number, py: number): number {
  const [x, y] = inPicture(visible, px, py);
  return visible.scene.layout.stages.findIndex((stage) => x >= stage.x && x <= stage.x + stage.width && y >= stage.y && y <= stage.y + stage.height);
}

/** The stage whose title is at a point; -1 for none. */
export function stageTitleAt(visible: Visible, px: number, py: number): number {
  const [x, y] = inPicture(visible, px, py);
  return visible.scene.layout.stages.findIndex((stage) => x >= stage.x && x <= stage.x + stage.width && y >= stage.y - STAGE_TITLE / visible.camera.scale && y <= stage.y);
}

/** What a box stands for. */
export function selectionAt({ layout, closedGroups }: Scene, box: number): NonNullable<Selection> {
  const { operators } = layout;
  return box < operators.length ? { kind: 'operator', index: operators[box]! } : { kind: 'group', index: closedGroups[box - operators.length]! };
}

/** What of the picture a drag or a menu takes hold of. */
export function gripAt(visible: Visible, px: number, py: number): Grip | undefined {
  const cut = cutAtPoint(visible, px, py);
  if (cut) return cut;
  const hit = groupAtPoint(visible, px, py);
  if (hit !== null) return { kind: 'group', index: hit.group };
  const operator = visible.scene.layout.operators[boxAt(visible, px, py)] ?? -1;
  return operator < 0 ? undefined : { kind: 'operator', index: operator };
}

/** What lies under something that is dragged over the picture. */
export function overAt(visible: Visible, px: number, py: number): Over {
  const box = boxAt(visible, px, py);
  const under = box < 0 ? null : selectionAt(visible.scene, box);
  return { stage: stageAt(visible, px, py), grip: under?.kind === 'operator' || under?.kind === 'group' ? { kind: under.kind, index: under.index } : null };
}

/** Where a thing stands in the picture; a group that is hidden stands where what hides it does. Null if it is not there. */
export function areaOf(scene: Scene, target: Selection): Rectangle | null {
  if (target === null) return null;
  if (target.kind === 'stage') return scene.layout.stages[target.index] ?? null;
  if (target.kind === 'group') {
    let group = scene.layout.groups[target.index];
    while (group && !group.box) group = scene.layout.groups[group.parent];
    const box = group?.box;
    return box ? { x: box[0], y: box[1], width: box[2], height: box[3] } : null;
  }
  const { box } = emphasisOf(scene, target, -1, null);
  if (box < 0) return null;
  const [x, y, width, height] = scene.boxes.subarray(4 * box, 4 * box + 4) as unknown as [number, number, number, number];
  return { x, y, width, height };
}
