/** What part of the picture is seen: screen = (world − (x, y)) · scale, in CSS pixels. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const SMALLEST = 0.002;
const LARGEST = 2.5;

export const pan = (camera: Camera, dx: number, dy: number): Camera => ({ ...camera, x: camera.x - dx / camera.scale, y: camera.y - dy / camera.scale });

/** Zooms by a factor so that the world point under (px, py) stays under it. */
export function zoomAround(camera: Camera, factor: number, px: number, py: number): Camera {
  const scale = Math.max(SMALLEST, Math.min(LARGEST, camera.scale * factor));
  return { scale, x: camera.x + px / camera.scale - px / scale, y: camera.y + py / camera.scale - py / scale };
}

/** Room that stage titles and floating controls need around the picture, CSS pixels on the screen. */
export const FIT_PADDING = { top: 46, right: 18, bottom: 18, left: 18 };

/** The whole rectangle, centred; never larger than life. */
export function fit(area: Rectangle, viewport: Size, largest = 1.1): Camera {
  const { top, right, bottom, left } = FIT_PADDING;
  const width = Math.max(40, viewport.width - left - right);
  const height = Math.max(40, viewport.height - top - bottom);
  const scale = Math.max(SMALLEST, Math.min(largest, width / Math.max(1, area.width), height / Math.max(1, area.height)));
  return {
    scale,
    x: area.x + area.width / 2 - (left + width / 2) / scale,
    y: area.y + area.height / 2 - (top + height / 2) / scale,
  };
}

/** Moves as little as possible so that the rectangle is comfortably visible; zooms in if it would be too small to read. */
export function bringIntoView(camera: Camera, area: Rectangle, viewport: Size, readable: number): Camera {
  if (camera.scale < readable) {
    return { scale: readable, x: area.x + area.width / 2 - viewport.width / 2 / readable, y: area.y + area.height / 2 - viewport.height / 2 / readable };
  }
  const margin = 60 / camera.scale;
  const shift = (start: number, length: number, from: number, seen: number): number => {
    if (start < from + margin) return start - margin;
    if (start + length > from + seen - margin) return start + length + margin - seen;
    return from;
  };
  return {
    ...camera,
    x: shift(area.x, area.width, camera.x, viewport.width / camera.scale),
    y: shift(area.y, area.height, camera.y, viewport.height / camera.scale),
  };
}

/** Keeps some of the picture in sight, so that nobody gets lost. */
export function keepInSight(camera: Camera, picture: Size, viewport: Size): Camera {
  const seen = { width: viewport.width / camera.scale, height: viewport.height / camera.scale };
  const limit = (from: number, extent: number, length: number): number => Math.max(-length * 0.8, Math.min(extent - length * 0.2, from));
  return { ...camera, x: limit(camera.x, picture.width, seen.width), y: limit(camera.y, picture.height, seen.height) };
}

/** Between two cameras, t from 0 to 1; scale changes geometrically so that the motion looks even. */
export function between(a: Camera, b: Camera, t: number, viewport: Size): Camera {
  const scale = a.scale * (b.scale / a.scale) ** t;
  const centre = (camera: Camera): [number, number] => [camera.x + viewport.width / 2 / camera.scale, camera.y + viewport.height / 2 / camera.scale];
  const [ax, ay] = centre(a);
  const [bx, by] = centre(b);
  // The point that stays put while zooming moves linearly in 1 / scale.
  const share = Math.abs(a.scale - b.scale) < 1e-9 ? t : (1 / a.scale - 1 / scale) / (1 / a.scale - 1 / b.scale);
  return { scale, x: ax + (bx - ax) * share - viewport.width / 2 / scale, y: ay + (by - ay) * share - viewport.height / 2 / scale };
}
