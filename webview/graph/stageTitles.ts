import { t } from '@vscode/l10n';
import { formatSeconds } from '../../src/shared/format';
import type { StageView } from '../../src/shared/planView';
import type { Camera, Size } from './camera';
import type { Palette } from './palette';
import type { Scene } from './scene';
import { drawChip, type Box } from './shapes';

const HEIGHT = 24;
/** The slowest stage where there is no room for the word. */
const PEAK = '▲';

/**
 * Titles keep their size at every zoom and stay in sight while any of their stage is: one always knows where one is. Where there is
 * little room, a title says less. @returns what they cover, screen pixels
 */
export function drawStageTitles(context: CanvasRenderingContext2D, scene: Scene, camera: Camera, viewport: Size, palette: Palette, selected: number): Box[] {
  const stages = scene.view.plan?.stages ?? [];
  const boxes = scene.layout.stages;
  const covered: Box[] = [];
  context.textBaseline = 'middle';
  boxes.forEach((box, s) => {
    const stage = stages[s];
    if (stage === undefined) return;
    const left = Math.max(4, (box.x - camera.x) * camera.scale);
    const end = (box.x + box.width - camera.x) * camera.scale;
    const next = boxes[s + 1]?.y === box.y ? boxes[s + 1] : undefined;
    const right = Math.min(viewport.width - 4, next === undefined ? Infinity : (next.x - camera.x) * camera.scale - 6);
    const top = Math.max(4, (box.y - camera.y) * camera.scale - HEIGHT - 4);
    const bottom = (box.y + box.height - camera.y) * camera.scale;
    if (end - left < 4 || right - left < 20 || bottom < top + HEIGHT || top > viewport.height) return;
    covered.push(drawTitle(context, stage, s, { x: left, y: top, width: right - left, height: HEIGHT }, palette, selected === s, stages.length > 1));
  });
  return covered;
}

function drawTitle(context: CanvasRenderingContext2D, stage: StageView, s: number, room: Box, palette: Palette, selected: boolean, several: boolean): Box {
  const colors = palette.stages(s);
  const slowest = t('bottleneck');
  const fontOf = (part: string): string => `${part === stage.device || part === slowest || part === PEAK ? '600 ' : ''}12px ${palette.font}`;
  const measure = (part: string): number => {
    context.font = fontOf(part);
    return context.measureText(part).width;
  };
  const swatch = Math.max(22, measure(stage.name) + 14);
  const time = formatSeconds(stage.loadSeconds);
  const bottleneck = stage.bottleneck && several;
  const variants = bottleneck ? [[stage.device, time, slowest], [time, slowest], [time, PEAK], [PEAK], []] : [[stage.device, time], [time], []];
  const widthOf = (parts: readonly string[]): number => (parts.length === 0 ? swatch : swatch + 6 + parts.reduce((sum, part) => sum + measure(part) + 10, 0));
  const parts = variants.find((candidate) => widthOf(candidate) <= room.width) ?? [];
  const box = { ...room, width: widthOf(parts) };
  const middle = box.y + HEIGHT / 2 + 0.5;

  drawChip(context, box, palette.chip, selected ? palette.accent : bottleneck ? palette.error : colors.outline);
  context.fillStyle = colors.strong;
  context.beginPath();
  context.roundRect(box.x, box.y, swatch, HEIGHT, parts.length === 0 ? 4 : [4, 0, 0, 4]);
  context.fill();
  context.font = `600 12px ${palette.font}`;
  context.fillStyle = colors.onStrong;
  context.textAlign = 'center';
  context.fillText(stage.name, box.x + swatch / 2, middle);
  context.textAlign = 'left';
  let x = box.x + swatch + 8;
  for (const part of parts) {
    const width = measure(part);
    context.fillStyle = part === slowest || part === PEAK ? palette.error : palette.text;
    context.fillText(part, x, middle);
    x += width + 10;
  }
  return box;
}
