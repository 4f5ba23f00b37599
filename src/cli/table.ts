/** How a column stands: text to the left, numbers to the right. */
export type Align = 'left' | 'right';

/**
 * Rows as aligned columns, two spaces apart, without trailing blanks. The first row is the heading.
 *
 * @param style applied to the heading's line after aligning, so that escape codes do not count as width
 */
export function table(rows: readonly (readonly string[])[], align: readonly Align[], style: (heading: string) => string = (text) => text): string {
  const widths = align.map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ''))));
  return rows
    .map((row, i) => {
      const cells = align.map((side, column) => pad(row[column] ?? '', widths[column]!, side));
      const line = cells.join('  ').trimEnd();
      return `${i === 0 ? style(line) : line}\n`;
    })
    .join('');
}

const width = (text: string): number => [...text].length;

function pad(text: string, to: number, side: Align): string {
  const blanks = ' '.repeat(Math.max(0, to - width(text)));
  return side === 'left' ? text + blanks : blanks + text;
}

/** Text of a model or a file as it may be printed: control characters, which could move the cursor or worse, are shown as escapes. */
export function printable(text: string): string {
   
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
