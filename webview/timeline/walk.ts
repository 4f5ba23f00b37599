import type { Direction } from '../graph/walk';
import { firstEndingAfter, type Cell, type Row } from './rows';

/** Seconds from the start to the middle of a slice. */
export const middleOf = ({ device }: Row, slice: number): number => device.slices.start[slice]! + device.slices.seconds[slice]! / 2;

/** The cell of a row at a moment, or the one nearest to it; null if the row has none. */
export function cellNear(rows: readonly Row[], row: number, moment: number): Cell | null {
  const { device, lanes } = rows[row]!;
  const at = firstEndingAfter(device.slices, lanes.work, moment);
  const [before, after] = [lanes.work[at - 1], lanes.work[at]];
  if (after === undefined) return before === undefined ? null : { row, slice: before };
  const { start, seconds } = device.slices;
  if (before === undefined || start[after]! <= moment) return { row, slice: after };
  return { row, slice: moment - (start[before]! + seconds[before]!) < start[after]! - moment ? before : after };
}

/** The next cell in a direction: left and right along the device, up and down at the same moment on the next device that does anything; null at an end. */
export function walkCells(rows: readonly Row[], { row, slice }: Cell, direction: Direction): Cell | null {
  if (direction === 'left' || direction === 'right') {
    const { work } = rows[row]!.lanes;
    const next = work[work.indexOf(slice) + (direction === 'left' ? -1 : 1)];
    return next === undefined ? null : { row, slice: next };
  }
  const step = direction === 'up' ? -1 : 1;
  for (let other = row + step; other >= 0 && other < rows.length; other += step) {
    const cell = cellNear(rows, other, middleOf(rows[row]!, slice));
    if (cell !== null) return cell;
  }
  return null;
}

/** The cell that a transfer belongs to: the same stage, micro-batch and pass. A cell is its own. */
export function cellOfSlice(rows: readonly Row[], row: number, slice: number): Cell | null {
  const { device: { slices }, lanes: { work } } = rows[row]!;
  const same = (i: number): boolean =>
    slices.stage[i] === slices.stage[slice] && slices.chunk[i] === slices.chunk[slice] && slices.microBatch[i] === slices.microBatch[slice] && slices.backward[i] === slices.backward[slice];
  const found = work.includes(slice) ? slice : work.find(same);
  return found === undefined ? null : { row, slice: found };
}
