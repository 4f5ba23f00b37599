import type { StageColors } from '../graph/palette';
import type { Frame } from './frame';
import { bandsOf, rowTop, type Band } from './geometry';
import { SYNC_LANE, visibleRuns, type Run } from './rows';

/** Pixels from which a cell has a border and round corners. */
const BORDERED = 5;
const TEXT_ROOM = 6;

/** Draws what a device does: what it waits for, receives, computes and sends. */
export function drawCells(frame: Frame, row: number): void {
  const { scene, window, geometry } = frame;
  const { device, lanes } = scene.rows[row]!;
  const top = rowTop(geometry, row);
  const bands = bandsOf(geometry.rowHeight);
  const place = ({ top: below, height }: Band): Band => ({ top: top + below, height });
  drawBubbles(frame, row, place(bands.work));
  for (const run of visibleRuns(device.slices, lanes.work, window, geometry.width)) drawCell(frame, row, run, place(bands.work));
  for (const lane of ['receive', 'send'] as const) {
    const { top: y, height } = place(bands[lane]);
    for (const { left, right, slice } of visibleRuns(device.slices, lanes[lane], window, geometry.width)) {
      frame.context.fillStyle = frame.palette.stages(device.slices.stage[slice]!).strong;
      frame.context.fillRect(geometry.gutter + left, y, Math.max(0.5, right - left - (right - left > 3 ? 1 : 0)), height);
    }
  }
}

/** Waiting is hatched. */
function drawBubbles({ context, scene, window, geometry, palette, hatch }: Frame, row: number, { top, height }: Band): void {
  const { start, seconds } = scene.rows[row]!.device.bubbles;
  context.fillStyle = hatch.fill(palette.edge, window.from * window.perSecond);
  start.forEach((from, i) => {
    const left = Math.max(0, (from - window.from) * window.perSecond);
    const right = Math.min(geometry.width, (from + seconds[i]! - window.from) * window.perSecond);
    if (right - left > 2) context.fillRect(geometry.gutter + left, top, right - left, height);
  });
}

/** Forward cells are light with a border, backward cells full with inverse text; exchanges of gradients are hatched. */
function drawCell(frame: Frame, row: number, { left, right, slice, count, backward }: Run, { top, height }: Band): void {
  const { context, scene, geometry, palette, hatch, window, focused, stage } = frame;
  const { slices } = scene.rows[row]!.device;
  const colors = palette.stages(slices.stage[slice]!);
  const width = right - left;
  const x = geometry.gutter + left;
  const bordered = width >= BORDERED && count === 1;
  const syncs = slices.lane[slice] === SYNC_LANE;
  context.beginPath();
  if (bordered) context.roundRect(x + 0.5, top + 0.5, width - 1, height - 1, Math.min(3, width / 4));
  else context.rect(x, top, Math.max(0.5, width), height);
  context.fillStyle = fillOf(colors, bordered, backward);
  if (syncs) {
    context.fillStyle = palette.background;
    context.fill();
    context.fillStyle = hatch.fill(colors.strong, window.from * window.perSecond);
  }
  context.fill();
  if (bordered) {
    context.strokeStyle = backward === 1 ? colors.strong : colors.outline;
    context.lineWidth = 1;
    context.stroke();
    if (!syncs) drawNumber(frame, colors, scene.rows[row]!.device.slices, slice, { x, top, width, height });
  }
  if (slices.stage[slice] === stage && width > 3) {
    context.fillStyle = palette.accent;
    context.fillRect(x + 0.5, top + height - 2, width - 1, 2);
  }
  if (focused === null || !bordered) return;
  const same = scene.rows[focused.row]!.device.slices;
  if (slices.microBatch[slice] === same.microBatch[focused.slice] && !(focused.row === row && focused.slice === slice)) {
    context.strokeStyle = palette.text;
    context.lineWidth = 1.5;
    context.stroke();
  }
}

const fillOf = ({ heat, farHeat, strong }: StageColors, bordered: boolean, backward: number): string => (backward === 1 ? strong : backward > 0 ? farHeat[4]! : bordered ? heat[2]! : farHeat[1]!);

function drawNumber({ context, geometry, palette }: Frame, colors: StageColors, slices: Frame['scene']['rows'][number]['device']['slices'], slice: number, { x, top, width, height }: { x: number; top: number; width: number; height: number }): void {
  const backward = slices.backward[slice] === 1;
  const chunk = slices.chunk[slice]!;
  const text = `${slices.microBatch[slice]}`;
  context.font = `${backward ? '600 ' : ''}11px ${palette.font}`;
  context.fillStyle = backward ? colors.onStrong : palette.text;
  // of a cell that is partly out of sight, the number stands in the middle of what is seen
  const from = Math.max(x, geometry.gutter);
  const to = Math.min(x + width, geometry.gutter + geometry.width);
  if (to - from < context.measureText(text).width + TEXT_ROOM) return;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, (from + to) / 2, top + height / 2 + (chunk > 0 ? -2.5 : 0.5));
  // one dot for each chunk before this one
  for (let dot = 0; dot < chunk; dot++) {
    context.beginPath();
    context.arc((from + to) / 2 + (dot - (chunk - 1) / 2) * 5, top + height - 4.5, 1.5, 0, 2 * Math.PI);
    context.fill();
  }
}

/** The cell that the keyboard is at: marked even where it is thinner than its mark. */
export function drawFocus({ context, scene, window, geometry, palette, focused }: Frame): void {
  if (focused === null) return;
  const { slices } = scene.rows[focused.row]!.device;
  const band = bandsOf(geometry.rowHeight).work;
  const x = geometry.gutter + (slices.start[focused.slice]! - window.from) * window.perSecond;
  const width = Math.max(3, slices.seconds[focused.slice]! * window.perSecond);
  context.beginPath();
  context.roundRect(x - 1, rowTop(geometry, focused.row) + band.top - 1, width + 2, band.height + 2, 4);
  context.strokeStyle = palette.background;
  context.lineWidth = 5;
  context.stroke();
  context.strokeStyle = palette.accent;
  context.lineWidth = 2.5;
  context.stroke();
}
