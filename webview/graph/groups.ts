import { t } from '@vscode/l10n';
import { formatSeconds, operatorsText } from '../../src/shared/format';
import type { GroupView, LayoutView } from '../../src/shared/layoutView';
import { shorten, type BoxText, type Measure } from './boxText';
import type { Frame, Seen } from './draw';
import { fillOf, inkOf } from './drawBoxes';
import type { Detail } from './levelOfDetail';
import type { Scene } from './scene';

/** Sizes in CSS pixels at scale 1. */
const LABEL_SIZE = 14;
const COUNT_SIZE = 11.5;
const FAR_LABEL_SIZE = 22;
const FAR_COUNT_SIZE = 17;
const TITLE_SIZE = 12;
const FAR_TITLE_SIZE = 18;
/** The square with + or −, and what around it answers a click. */
const SIGN = 14;
const INSET = 9;
/** Frames smaller than this are left out, and somewhat larger ones have no outline: screen pixels. */
const SMALLEST_FRAME = 5;
const SMALLEST_OUTLINED = 14;
/** The strip at the top of an expanded group that holds its title. */
export const TITLE_HEIGHT = 26;

/** So many scopes of the same kind; there are at least two. */
const alikeText = (alike: number): string => t({ message: '× {0} alike', args: [alike], comment: 'So many scopes of the same kind' });

export const groupCountText = ({ alike, operatorCount }: GroupView): string => (alike > 0 ? `${alikeText(alike)}, ${operatorsText(operatorCount)}` : operatorsText(operatorCount));

export const groupTitle = ({ kind, label }: GroupView): string => (kind === 'part' ? t({ message: 'Operators {0}', args: [label], comment: 'A part of the graph; what is filled in are numbers, such as 1–100' }) : label);

/** The texts of a collapsed group, cut to its width. */
export function groupText(group: GroupView, width: number, measure: Measure): BoxText {
  const title = groupTitle(group);
  const time = formatSeconds(group.seconds);
  const room = width - 2 * INSET;
  const below = room - SIGN - 4;
  const small = (line: string): number => measure(line, COUNT_SIZE, false);
  const count = groupCountText(group);
  const lines = [`${count}, ${time}`, count, farCountText(group)];
  return {
    large: shorten(title, room, (part) => measure(part, FAR_LABEL_SIZE, true), 'start'),
    type: shorten(title, room, (part) => measure(part, LABEL_SIZE, true), 'start'),
    time,
    name: lines.find((line) => small(line) <= below) ?? lines.at(-1)!,
    shape: '',
  };
}

/** Expanded groups: a frame with a title and a − to collapse it, on a ground that alternates with depth. */
export function drawGroupFrames({ context, scene, camera, palette, emphasis }: Frame, seen: Seen, detail: Detail): void {
  const { groups } = scene.layout;
  for (const g of scene.frames) {
    const group = groups[g]!;
    const [x, y, width, height] = group.box!;
    if (x > seen.right || x + width < seen.left || y > seen.bottom || y + height < seen.top) continue;
    const selected = emphasis.frame === g;
    if (Math.min(width, height) * camera.scale < SMALLEST_FRAME && !selected) continue;
    const colors = palette.stages(group.stage);
    context.fillStyle = scene.depth[g]! % 2 === 0 ? palette.background : colors.ground;
    context.strokeStyle = selected ? palette.accent : colors.outline;
    context.lineWidth = (selected ? 2.5 : 1) / camera.scale;
    if (detail.roundCorners) {
      context.beginPath();
      context.roundRect(x, y, width, height, 6);
      context.fill();
      context.stroke();
    } else {
      context.fillRect(x, y, width, height);
      if (selected || Math.min(width, height) * camera.scale >= SMALLEST_OUTLINED) context.strokeRect(x, y, width, height);
    }
    if (detail.text === 'none') continue;
    const size = detail.text === 'type' ? FAR_TITLE_SIZE : TITLE_SIZE;
    context.font = `600 ${size}px ${palette.font}`;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    context.fillStyle = palette.text;
    // A title may begin left of what is seen: it follows the eye as long as its frame is there.
    const left = Math.min(Math.max(x + INSET, seen.left + INSET / camera.scale), Math.max(x + INSET, x + width - 220));
    context.fillText(`${groupTitle(group)}${group.alike > 0 ? ` × ${group.alike}` : ''}`, left, y + TITLE_HEIGHT / 2 + 1, width - 2 * INSET - SIGN - 8);
    drawSign(context, x + width - INSET - SIGN, y + (TITLE_HEIGHT - SIGN) / 2, false, palette.text, 1.4);
  }
}

/** Collapsed groups: a box, a stack of boxes for what is alike, with a + to expand it. */
export function drawClosedGroups({ context, scene, camera, palette, text, paint }: Frame, seen: Seen, detail: Detail): void {
  const first = scene.layout.operators.length;
  scene.closedGroups.forEach((g, n) => {
    const i = first + n;
    const group = scene.layout.groups[g]!;
    const [x, y, width, height] = group.box!;
    if (x > seen.right || x + width < seen.left || y > seen.bottom || y + height < seen.top) return;
    const colors = palette.stages(group.stage);
    context.strokeStyle = colors.outline;
    context.lineWidth = 1 / camera.scale;
    for (const offset of group.alike > 0 ? [6, 3, 0] : [0]) {
      context.fillStyle = offset > 0 ? colors.ground : paint ? fillOf(paint, i, palette) : (detail.outlines ? colors.heat : colors.farHeat)[scene.heat[i]!]!;
      if (!detail.outlines) {
        context.fillRect(x + offset, y + offset, width, height);
        continue;
      }
      context.beginPath();
      context.roundRect(x + offset, y + offset, width, height, detail.roundCorners ? 6 : 0);
      context.fill();
      context.stroke();
    }
    context.fillStyle = colors.strong;
    context.fillRect(x, y + 6, 3, height - 12);
    if (detail.text === 'none') return;
    const { large, type, name } = text(i);
    if (detail.text !== 'type') writeGroup(context, palette.font, inkOf(paint, i, palette), [x, y, width, height], type, LABEL_SIZE, name, COUNT_SIZE);
    else writeGroup(context, palette.font, inkOf(paint, i, palette), [x, y, width, height], large, FAR_LABEL_SIZE, farCountText(group), FAR_COUNT_SIZE);
  });
}

/** What fits at the middle zoom. */
const farCountText = ({ alike, operatorCount }: GroupView): string => (alike > 0 ? alikeText(alike) : operatorsText(operatorCount));

type Rectangle = readonly [number, number, number, number];

function writeGroup(context: CanvasRenderingContext2D, family: string, ink: string, [x, y, width, height]: Rectangle, label: string, labelSize: number, count: string, countSize: number): void {
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = ink;
  context.font = `600 ${labelSize}px ${family}`;
  context.fillText(label, x + INSET + 3, y + 22);
  context.font = `${countSize}px ${family}`;
  context.fillText(count, x + INSET + 3, y + 45);
  drawSign(context, x + width - INSET - SIGN, y + height - INSET - SIGN, true, ink, 1.4);
}

function drawSign(context: CanvasRenderingContext2D, x: number, y: number, plus: boolean, color: string, width: number): void {
  context.beginPath();
  context.roundRect(x, y, SIGN, SIGN, 3);
  context.moveTo(x + 3.5, y + SIGN / 2);
  context.lineTo(x + SIGN - 3.5, y + SIGN / 2);
  if (plus) {
    context.moveTo(x + SIGN / 2, y + 3.5);
    context.lineTo(x + SIGN / 2, y + SIGN - 3.5);
  }
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

export interface GroupHit {
  readonly group: number;
  /** the + or − was hit, rather than what is beside it */
  readonly sign: boolean;
}

/** What of a group lies at a point: a collapsed one, or the title of an expanded one. World coordinates; null if neither. */
export function groupAt(scene: Scene, x: number, y: number): GroupHit | null {
  const box = scene.grid.at(x, y) - scene.layout.operators.length;
  const closed = box >= 0 ? scene.closedGroups[box] : undefined;
  if (closed !== undefined) {
    const [left, top, width, height] = scene.layout.groups[closed]!.box!;
    return { group: closed, sign: x > left + width - SIGN - 2 * INSET && y > top + height - SIGN - 2 * INSET };
  }
  for (const g of [...scene.frames].reverse()) {
    const [left, top, width] = scene.layout.groups[g]!.box!;
    if (x >= left && x <= left + width && y >= top && y <= top + TITLE_HEIGHT) return { group: g, sign: x > left + width - SIGN - 2 * INSET };
  }
  return null;
}

/** Keys of the collapsed groups around an operator: what has to be expanded for it to be seen. */
export function keysHiding({ groups, groupOf }: LayoutView, operator: number): string[] {
  const keys: string[] = [];
  for (let g = groupOf[operator] ?? -1; g >= 0; g = groups[g]!.parent) if (!groups[g]!.expanded) keys.push(groups[g]!.key);
  return keys;
}
