export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Adds a line through the points to the current path, its corners rounded. */
export function polyline(context: CanvasRenderingContext2D, points: readonly number[], radius: number): void {
  const n = points.length;
  if (n < 4) return;
  context.moveTo(points[0]!, points[1]!);
  for (let i = 2; i + 3 < n; i += 2) {
    const x = points[i]!;
    const y = points[i + 1]!;
    if (radius === 0) {
      context.lineTo(x, y);
      continue;
    }
    const before = Math.hypot(x - points[i - 2]!, y - points[i - 1]!);
    const after = Math.hypot(points[i + 2]! - x, points[i + 3]! - y);
    context.arcTo(x, y, points[i + 2]!, points[i + 3]!, Math.min(radius, before / 2, after / 2));
  }
  context.lineTo(points[n - 2]!, points[n - 1]!);
}

export function drawChip(context: CanvasRenderingContext2D, box: Box, fill: string, stroke: string): void {
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, 4);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = stroke;
  context.lineWidth = 1;
  context.stroke();
}

export const overlapsAny = (box: Box, others: readonly Box[]): boolean =>
  others.some((other) => box.x < other.x + other.width && box.x + box.width > other.x && box.y < other.y + other.height && box.y + box.height > other.y);
