import type { Frame } from './frame';
import { bandsOf, rowTop } from './geometry';
import { topBytes } from './memoryScale';
import { memoryStepAt } from './speak';

/** Draws what a device keeps over time: weights as a dark ground, the rest above them, and its capacity where the scale reaches it. */
export function drawMemory({ context, scene, window, geometry, palette, hatch }: Frame, row: number): void {
  const { device } = scene.rows[row]!;
  const band = bandsOf(geometry.rowHeight).memory;
  const bottom = rowTop(geometry, row) + band.top + band.height;
  const scale = band.height / topBytes(device, scene.memoryTop);
  const right = Math.min(geometry.width, (scene.view.totalSeconds - window.from) * window.perSecond);
  const colors = palette.stages(-1);

  const line = stepsInSight(device.memory, window, right);
  const path = (): void => {
    context.beginPath();
    line.forEach(({ x, bytes }, i) => {
      const y = bottom - bytes * scale;
      if (i > 0) context.lineTo(geometry.gutter + x, bottom - line[i - 1]!.bytes * scale);
      context.lineTo(geometry.gutter + x, y);
    });
    context.lineTo(geometry.gutter + right, bottom - (line.at(-1)?.bytes ?? 0) * scale);
  };
  path();
  context.lineTo(geometry.gutter + right, bottom);
  context.lineTo(geometry.gutter, bottom);
  context.fillStyle = colors.farHeat[0]!;
  context.fill();
  context.fillStyle = colors.farHeat[4]!;
  context.fillRect(geometry.gutter, bottom - device.weightBytes * scale, right, device.weightBytes * scale);
  path();
  context.strokeStyle = palette.quietText;
  context.lineWidth = 1;
  context.stroke();
  context.fillStyle = palette.edge;
  context.fillRect(geometry.gutter, bottom, right, 1);

  const { capacityBytes, peakBytes } = device;
  if (capacityBytes === null || scene.memoryTop < 1) return;
  const y = bottom - capacityBytes * scale;
  const over = peakBytes > capacityBytes;
  if (over) {
    context.save();
    context.beginPath();
    context.rect(geometry.gutter, bottom - band.height, right, y - bottom + band.height);
    context.clip();
    path();
    context.lineTo(geometry.gutter + right, bottom);
    context.lineTo(geometry.gutter, bottom);
    context.fillStyle = hatch.fill(palette.error, 0);
    context.fill();
    context.restore();
  }
  context.setLineDash([4, 3]);
  context.strokeStyle = over ? palette.error : palette.quietText;
  context.beginPath();
  context.moveTo(geometry.gutter, Math.round(y) + 0.5);
  context.lineTo(geometry.gutter + right, Math.round(y) + 0.5);
  context.stroke();
  context.setLineDash([]);
}

/** Steps that are seen, no more than one for each pixel: of several the highest, since peaks are what matters. */
export function stepsInSight({ seconds, bytes }: { readonly seconds: readonly number[]; readonly bytes: readonly number[] }, { from, perSecond }: Frame['window'], right: number): { readonly x: number; readonly bytes: number }[] {
  const seen: { x: number; bytes: number }[] = [];
  for (let i = memoryStepAt(seconds, from); i < seconds.length; i++) {
    const x = Math.max(0, (seconds[i]! - from) * perSecond);
    if (x > right) break;
    const last = seen.at(-1);
    if (last && x - last.x < 1) last.bytes = Math.max(last.bytes, bytes[i]!);
    else seen.push({ x, bytes: bytes[i]! });
  }
  return seen;
}
