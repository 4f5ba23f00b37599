import type { Size } from '../graph/camera';
import type { DrawnLane } from './rows';

/** Where things are drawn, in CSS pixels. */
export interface Geometry {
  /** width of the names at the left */
  readonly gutter: number;
  /** height of the time axis at the top */
  readonly axis: number;
  readonly rowHeight: number;
  /** width of the lanes */
  readonly width: number;
  /** pixels that the rows are scrolled up */
  readonly scroll: number;
  readonly largestScroll: number;
}

/** A part of a row: its top within the row, and its height. */
export interface Band {
  readonly top: number;
  readonly height: number;
}

const AXIS = 24;
const ROW = { least: 68, most: 104 };
const PADDING = 6;
const THIN_LANE = 4;
const GAP = 2;

/** Rows share the height as long as they stay legible; beyond that they scroll. */
export function geometryOf({ width, height }: Size, rows: number, wantedScroll: number): Geometry {
  const gutter = Math.round(Math.max(96, Math.min(172, width * 0.24)));
  const rowHeight = Math.round(Math.max(ROW.least, Math.min(ROW.most, (height - AXIS) / Math.max(1, rows))));
  const largestScroll = Math.max(0, rows * rowHeight - (height - AXIS));
  return { gutter, axis: AXIS, rowHeight, width: Math.max(1, width - gutter), scroll: Math.max(0, Math.min(largestScroll, wantedScroll)), largestScroll };
}

/** Height at which all rows are legible without scrolling. */
export const comfortableHeight = (rows: number): number => AXIS + rows * ROW.least;

/** From top to bottom: what comes in, what is computed, what goes out, what is kept. */
export function bandsOf(rowHeight: number): Readonly<Record<DrawnLane | 'memory', Band>> {
  const left = rowHeight - 2 * PADDING - 2 * THIN_LANE - 4 * GAP;
  const work = Math.round(left * 0.58);
  const top = PADDING + THIN_LANE + GAP;
  return {
    receive: { top: PADDING, height: THIN_LANE },
    work: { top, height: work },
    send: { top: top + work + GAP, height: THIN_LANE },
    memory: { top: top + work + 2 * GAP + THIN_LANE + GAP, height: left - work },
  };
}

export const rowTop = ({ axis, rowHeight, scroll }: Geometry, row: number): number => axis + row * rowHeight - scroll;

/** What lies under a point: a row and the band of it, and how far right in the lanes; null outside the rows. */
export function placeAt(geometry: Geometry, rows: number, px: number, py: number): { readonly row: number; readonly band: DrawnLane | 'memory' | null; readonly x: number } | null {
  const row = Math.floor((py - geometry.axis + geometry.scroll) / geometry.rowHeight);
  if (py < geometry.axis || row < 0 || row >= rows) return null;
  const y = py - rowTop(geometry, row);
  const bands = Object.entries(bandsOf(geometry.rowHeight)) as [DrawnLane | 'memory', Band][];
  // thin lanes are easier to hit than they look
  const hit = bands.find(([, { top, height }]) => y >= top - 1 && y < top + height + 1);
  return { row, band: hit?.[0] ?? null, x: px - geometry.gutter };
}
