import { formatSeconds } from '../shared/format';
import { unattended, type Control, type Progress } from '../shared/progress';
import type { Terminal } from './terminal';

/** Shortest time between two pictures, in milliseconds. */
const FRAME = 80;
const CELLS = 20;

/** A control that draws progress on one line, where a person watches, and that Ctrl-C stops. */
export interface ProgressBar extends Control {
  /** removes the line; whatever is printed next starts on a clean one */
  readonly clear: () => void;
  /** removes the line for now: something is printed above it */
  readonly wipe: () => void;
}

/** @param unit how incumbents and bounds are written: seconds by default */
export function progressBar(terminal: Terminal, unit: (value: number) => string = formatSeconds): ProgressBar {
  // The first Ctrl-C ends the search with the best that is known; the second one ends the program, as ever.
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    if (terminal.watched) terminal.err('\r\u001b[Kstopping with the best so far; press Ctrl-C again to give up\n');
  };
  process.once('SIGINT', stop);
  const listening = { stopRequested: () => stopped };
  const leave = (): void => void process.removeListener('SIGINT', stop);
  if (!terminal.watched) return { ...unattended, ...listening, clear: leave, wipe: () => undefined };
  let drawn = 0;
  let shown = false;
  let phase = '';
  const wipe = (): void => {
    if (shown) terminal.err('\r\u001b[K');
    shown = false;
  };
  return {
    ...listening,
    wipe,
    cancelled: () => false,
    report: (progress) => {
      const now = Date.now();
      if (progress.phase === phase && now - drawn < FRAME) return;
      phase = progress.phase;
      drawn = now;
      shown = true;
      terminal.err(`\r\u001b[K${picture(progress, unit).slice(0, Math.max(1, terminal.columns - 1))}`);
    },
    clear: () => {
      leave();
      wipe();
    },
  };
}

function picture({ phase, fraction, incumbent, lowerBound }: Progress, unit: (value: number) => string): string {
  const filled = fraction === undefined ? 0 : Math.round(Math.min(1, Math.max(0, fraction)) * CELLS);
  const bar = fraction === undefined ? '' : `${'█'.repeat(filled)}${'░'.repeat(CELLS - filled)} `;
  const best = incumbent === undefined ? '' : `  best ${unit(incumbent)}`;
  const bound = lowerBound === undefined || !(lowerBound > 0) ? '' : `  bound ${unit(lowerBound)}`;
  return `${bar}${phase}${best}${bound}`;
}
