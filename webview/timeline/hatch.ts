/** Diagonal lines as a fill that moves with the picture. */
export interface Hatch {
  /** @param shift pixels that the picture is moved to the left */
  readonly fill: (color: string, shift: number) => CanvasPattern | string;
}

/** Pixels between two lines, along the row. */
const SPACING = 6;

/** Makes hatches for a canvas; one pattern for each colour and resolution. */
export function makeHatch(context: CanvasRenderingContext2D): Hatch {
  const patterns = new Map<string, CanvasPattern | null>();
  return {
    fill: (color, shift) => {
      const resolution = Math.max(1, devicePixelRatio);
      const key = `${color} ${resolution}`;
      if (!patterns.has(key)) patterns.set(key, context.createPattern(tile(color, Math.round(SPACING * resolution)), 'repeat'));
      const pattern = patterns.get(key);
      if (!pattern) return color;
      pattern.setTransform(new DOMMatrix([SPACING / Math.round(SPACING * resolution), 0, 0, SPACING / Math.round(SPACING * resolution), -(shift % SPACING), 0]));
      return pattern;
    },
  };
}

function tile(color: string, size: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const context = canvas.getContext('2d')!;
  context.strokeStyle = color;
  context.lineWidth = size / 6;
  context.beginPath();
  // the corners belong to lines of the neighbouring tiles
  for (const offset of [-size, 0, size]) {
    context.moveTo(offset - 1, size + 1);
    context.lineTo(offset + size + 1, -1);
  }
  context.stroke();
  return canvas;
}
