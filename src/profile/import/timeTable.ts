import { quote } from '../../onnx/quote';
import { UserError } from '../../shared/userError';
import type { Measurements } from './measurements';
import { checkedSeconds, numberIn } from './numbers';

const EXPECTED = 'Expected lines of an operator and its seconds: MatMul_3,0.00012.';

const measurements = (seconds: ReadonlyMap<string, number>): Measurements => ({ names: 'operators', seconds, memoryBytes: new Map(), providers: [] });

/**
 * A table `operator,seconds`, with or without that first line. An operator may stand in double quotes; commas in it need none, since the last one counts.
 *
 * @throws UserError naming the line that is none, or an operator that stands there twice
 */
export function readTimeTable(text: string, subject: string): Measurements {
  const seconds = new Map<string, number>();
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '') return;
    const where = `${subject}:${i + 1}`;
    const comma = line.lastIndexOf(',');
    if (comma < 0) throw new UserError(where, `${quote(line.slice(0, 80))} is no operator with its time.`, EXPECTED);
    const name = unquoted(line.slice(0, comma).trim());
    const value = numberIn(line.slice(comma + 1));
    if (i === 0 && Number.isNaN(value) && line.slice(comma + 1).trim().toLowerCase() === 'seconds') return;
    if (name === '') throw new UserError(where, 'names no operator.', EXPECTED);
    if (seconds.has(name)) throw new UserError(where, `names the operator ${quote(name)} a second time.`, 'Leave one of the two.');
    seconds.set(name, checkedSeconds(value, name, where));
  });
  if (seconds.size === 0) throw new UserError(subject, 'names no operator.', EXPECTED);
  return measurements(seconds);
}

/** @throws UserError if a value is no time, or there is none */
export function readTimeObject(record: Readonly<Record<string, unknown>>, subject: string): Measurements {
  const entries = Object.entries(record);
  if (entries.length === 0) throw new UserError(subject, 'names no operator.', 'Expected: {"MatMul_3": 0.00012}.');
  return measurements(new Map(entries.map(([name, value]) => [name, checkedSeconds(value, name, subject)])));
}

const unquoted = (text: string): string => (text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
