import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { progressBar } from '../../../src/cli/progressBar';
import type { Terminal } from '../../../src/cli/terminal';

function terminal(watched: boolean): Terminal & { readonly written: string[] } {
  const written: string[] = [];
  return { written, out: () => undefined, err: (text) => void written.push(text), colour: false, watched, columns: 40 };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('progressBar', () => {
  it('writes nothing where nobody watches', () => {
    const quiet = terminal(false);
    const bar = progressBar(quiet);
    bar.report({ phase: 'reading', fraction: 0.5 });
    bar.clear();
    expect(quiet.written).toEqual([]);
  });

  it('keeps to one line, at most a picture every 80 ms, and takes it away at the end', () => {
    const watched = terminal(true);
    const bar = progressBar(watched);
    bar.report({ phase: 'solving', fraction: 0.5, incumbent: 0.00131, lowerBound: 0.001 });
    bar.report({ phase: 'solving', fraction: 0.6 });
    vi.advanceTimersByTime(100);
    bar.report({ phase: 'solving', fraction: 2 });
    bar.clear();
    bar.clear();
    expect(watched.written).toEqual([
      '\r\u001b[K██████████░░░░░░░░░░ solving  best 1.31',
      '\r\u001b[K████████████████████ solving',
      '\r\u001b[K',
    ]);
    for (const line of watched.written) expect(line).not.toContain('\n');
  });
});
