import { t } from '@vscode/l10n';
import type { Reference } from '../../src/shared/reference';
import type { Camera } from '../graph/camera';
import { levelOf, type Detail } from '../graph/levelOfDetail';
import type { Palette } from '../graph/palette';
import type { Scene } from '../graph/scene';
import { drawChip } from '../graph/shapes';
import { wayText } from './words';

/** A mark on a drawn box. */
interface Mark {
  readonly box: number;
  /** "1→0", or "12 of 59 moved" */
  readonly text: string;
  /** stage in the other plan; of a group the one that most of what moved came from */
  readonly from: number;
}

/** What is marked of a picture while the plan is compared with another one; by the stage that it came from, so that a frame changes colours rarely. */
export interface MovedMarks {
  readonly operators: readonly Mark[];
  /** collapsed groups that hold something that moved */
  readonly groups: readonly Mark[];
}

export function movedMarksOf({ view, layout, boxOf, standIn }: Pick<Scene, 'view' | 'layout' | 'boxOf' | 'standIn'>, { stages, stageOf, moved }: Reference): MovedMarks {
  const operators: Mark[] = [];
  const inGroup = new Map<number, { readonly origins: number[]; all: number }>();
  view.operators.forEach((operator, index) => {
    const from = stageOf[index] ?? -1;
    const box = standIn[index] ?? -1;
    if (from < 0 || box < 0) return;
    if (boxOf[index] === box) {
      if (moved.has(index)) operators.push({ box, from, text: wayText(stages[from], view.plan?.stages[operator.stage], '→') });
      return;
    }
    const group = inGroup.get(box) ?? { origins: [], all: 0 };
    group.all++;
    if (moved.has(index)) group.origins.push(from);
    inGroup.set(box, group);
  });
  const groups = [...inGroup].flatMap(([box, { origins, all }]): Mark[] => (origins.length === 0 || box < layout.operators.length ? [] : [{ box, from: mostCommon(origins), text: t('{0} of {1} moved', origins.length, all) }]));
  return { operators: operators.sort((a, b) => a.from - b.from), groups };
}

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
}

/** Sizes of text at scale 1, CSS pixels. */
const SIZE = 10.5;
const FAR_SIZE = 15;

interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly scene: Pick<Scene, 'boxes'>;
  readonly camera: Camera;
  readonly palette: Palette;
}

interface Seen {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Where it can be read, a chip with the way that an operator took; from afar an outline in the colour of the stage that it came from. */
export function drawMovedMarks({ context, scene, camera, palette }: Drawing, { operators, groups }: MovedMarks, seen: Seen, detail: Detail): void {
  const { boxes } = scene;
  const isSeen = ({ box: i }: Mark): boolean => boxes[4 * i]! <= seen.right && boxes[4 * i]! + boxes[4 * i + 2]! >= seen.left && boxes[4 * i + 1]! - SIZE <= seen.bottom && boxes[4 * i + 1]! + boxes[4 * i + 3]! >= seen.top;
  const outline = (marks: readonly Mark[]): void => {
    context.lineWidth = Math.max(2, 2 / camera.scale);
    let from = -1;
    const flush = (): void => {
      if (from >= 0) context.stroke();
    };
    for (const mark of marks) {
      if (mark.from !== from) {
        flush();
        from = mark.from;
        context.beginPath();
        context.strokeStyle = palette.stages(from).strong;
      }
      const i = 4 * mark.box;
      context.rect(boxes[i]!, boxes[i + 1]!, boxes[i + 2]!, boxes[i + 3]!);
    }
    flush();
  };
  const chips = (marks: readonly Mark[], size: number): void => {
    context.font = `600 ${size}px ${palette.font}`;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    const height = size * 1.45;
    for (const { box, from, text } of marks) {
      const x = boxes[4 * box]! + 6;
      const y = boxes[4 * box + 1]! - size * 0.55;
      drawChip(context, { x, y: y - height / 2, width: context.measureText(text).width + size * 0.8, height }, palette.chip, palette.stages(from).strong);
      context.fillStyle = palette.text;
      context.fillText(text, x + size * 0.4, y + size * 0.05);
    }
  };
  /** Boxes of a pixel or two have no outline: half of each takes the colour. */
  const halves = (marks: readonly Mark[]): void => {
    for (const { box, from } of marks) {
      context.fillStyle = palette.stages(from).strong;
      const i = 4 * box;
      context.fillRect(boxes[i]!, boxes[i + 1]! + boxes[i + 3]! / 2, boxes[i + 2]!, boxes[i + 3]! / 2);
    }
  };
  const readable = detail.text === 'full' || detail.text === 'shapes';
  const [ownSeen, groupsSeen] = [operators.filter(isSeen), groups.filter(isSeen)];
  if (readable) chips(ownSeen, SIZE);
  else if (levelOf(camera.scale) >= 0) halves(ownSeen);
  else outline(ownSeen);
  if (detail.text === 'none') outline(groupsSeen);
  else chips(groupsSeen, readable ? SIZE : FAR_SIZE);
}
