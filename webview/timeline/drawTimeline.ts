import { t } from '@vscode/l10n';
import { formatBytes, formatPercent, formatSeconds } from '../../src/shared/format';
import { drawCard } from '../graph/card';
import { drawCells, drawFocus } from './drawCells';
import { drawMemory } from './drawMemory';
import type { Frame } from './frame';
import { bandsOf, rowTop } from './geometry';
import { ticks } from './timeWindow';

/** Draws one frame from scratch; what is out of sight is not looked at. */
export function drawTimeline(frame: Frame): void {
  const { context, scene, geometry, viewport, pixelRatio, palette, card } = frame;
  context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  context.fillStyle = palette.background;
  // a viewport may end within a pixel, which is to be filled, too
  context.fillRect(0, 0, viewport.width + 1, viewport.height + 1);
  drawGrid(frame);
  const first = Math.floor(geometry.scroll / geometry.rowHeight);
  const last = Math.min(scene.rows.length - 1, Math.floor((geometry.scroll + viewport.height - geometry.axis) / geometry.rowHeight));
  clipped(frame, geometry.gutter, geometry.axis, () => {
    for (let row = first; row <= last; row++) {
      drawMemory(frame, row);
      drawCells(frame, row);
    }
    drawFocus(frame);
  });
  clipped(frame, 0, geometry.axis, () => {
    for (let row = first; row <= last; row++) drawName(frame, row);
  });
  drawAxis(frame);
  if (card !== null) drawCard(context, viewport, palette, { left: card.px - 10, right: card.px + 14, y: card.py + 12 }, card.lines);
}

function clipped({ context, viewport }: Frame, left: number, top: number, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(left, top, viewport.width - left, viewport.height - top);
  context.clip();
  draw();
  context.restore();
}

function drawGrid({ context, window, geometry, viewport, palette }: Frame): void {
  context.fillStyle = palette.stages(-1).heat[1]!;
  for (const moment of ticks(window, geometry.width)) context.fillRect(Math.round(geometry.gutter + (moment - window.from) * window.perSecond), geometry.axis, 1, viewport.height - geometry.axis);
}

function drawAxis({ context, window, geometry, viewport, palette }: Frame): void {
  context.fillStyle = palette.edge;
  context.fillRect(0, geometry.axis - 1, viewport.width, 1);
  context.font = `11px ${palette.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  for (const moment of ticks(window, geometry.width)) {
    const x = Math.round(geometry.gutter + (moment - window.from) * window.perSecond);
    context.fillStyle = palette.edge;
    context.fillRect(x, geometry.axis - 7, 1, 6);
    context.fillStyle = palette.quietText;
    const text = formatSeconds(moment);
    if (x + 4 + context.measureText(text).width < viewport.width) context.fillText(text, x + 4, geometry.axis / 2 - 1);
  }
}

/** The device, its stages, how much of the time it works, and what it needs of its memory. */
function drawName({ context, scene, geometry, palette, stage }: Frame, row: number): void {
  const { device } = scene.rows[row]!;
  const top = rowTop(geometry, row);
  const { work, memory } = bandsOf(geometry.rowHeight);
  const middle = top + work.top + work.height / 2;
  if (device.stages.includes(stage)) {
    context.fillStyle = palette.accent;
    context.fillRect(0, top + 2, 3, geometry.rowHeight - 4);
  }
  context.fillStyle = palette.stages(-1).heat[1]!;
  context.fillRect(0, top + geometry.rowHeight - 1, geometry.gutter + geometry.width, 1);
  let x = 16;
  context.textBaseline = 'middle';
  context.textAlign = 'center';
  context.font = `600 11px ${palette.font}`;
  for (const s of device.stages) {
    const colors = palette.stages(s);
    const width = Math.max(20, context.measureText(String(s)).width + 10);
    context.fillStyle = colors.strong;
    context.beginPath();
    context.roundRect(x, middle - 16, width, 16, 3);
    context.fill();
    context.fillStyle = colors.onStrong;
    context.fillText(String(s), x + width / 2, middle - 7.5);
    x += width + 6;
  }
  context.textAlign = 'left';
  context.font = `${device.stages.includes(stage) ? '600 ' : ''}12px ${palette.font}`;
  context.fillStyle = palette.text;
  context.fillText(device.name, x + 2, middle - 7.5, geometry.gutter - x - 8);
  context.font = `11px ${palette.font}`;
  context.fillStyle = palette.quietText;
  const busy = scene.view.totalSeconds === 0 ? 0 : device.busySeconds / scene.view.totalSeconds;
  const over = device.capacityBytes !== null && device.peakBytes > device.capacityBytes;
  const room = geometry.gutter - 24;
  context.fillText(t({ message: '{0} busy', args: [formatPercent(busy)], comment: 'Share of the time in which a device works' }), 16, middle + 9, room);
  if (over) context.fillStyle = palette.error;
  const used = device.capacityBytes === null ? formatBytes(device.peakBytes) : t('{0} of {1}', formatBytes(device.peakBytes), formatBytes(device.capacityBytes));
  context.fillText(over ? `⚠ ${used}` : used, 16, top + memory.top + memory.height / 2 + 1, room);
}
