/** Where a command writes, and what that place can show. */
export interface Terminal {
  /** the command's result */
  readonly out: (text: string) => void;
  /** what is said beside it */
  readonly err: (text: string) => void;
  /** whether `out` may be coloured */
  readonly colour: boolean;
  /** whether `err` is watched by a person: progress is shown */
  readonly watched: boolean;
  /** width of `err` in columns */
  readonly columns: number;
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    colour: stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    watched: stderr.isTTY === true && env['TERM'] !== 'dumb' && (env['CI'] ?? '') === '',
    columns: stderr.columns ?? 80,
  };
}

/** Styles text where the terminal shows styles. */
export function styler(terminal: Terminal): { readonly bold: (text: string) => string; readonly faint: (text: string) => string; readonly alert: (text: string) => string } {
  const style = (code: number) => (text: string) => (terminal.colour ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: style(1), faint: style(2), alert: style(33) };
}
