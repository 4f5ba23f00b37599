import type { TimelineView } from '../../src/shared/timelineView';
import { memoryTop } from './memoryScale';
import { rowsOf, shortestWork, type Row } from './rows';

/** A timeline made ready to be drawn and walked. */
export interface TimelineScene {
  readonly view: TimelineView;
  readonly rows: readonly Row[];
  /** seconds */
  readonly shortest: number;
  /** see `memoryTop` */
  readonly memoryTop: number;
  readonly trains: boolean;
}

export function timelineScene(view: TimelineView): TimelineScene {
  const rows = rowsOf(view);
  return { view, rows, shortest: Math.min(shortestWork(rows), view.totalSeconds), memoryTop: memoryTop(view.devices), trains: view.schedule !== 'stream' };
}
