import { quote } from '../../onnx/quote';
import { UserError } from '../../shared/userError';

/** No operator takes longer: thirty years. */
const LONGEST_SECONDS = 1e9;
/** No operator takes more. */
const MOST_BYTES = 1e18;

/** @throws UserError if it is no time in seconds */
export function checkedSeconds(value: unknown, name: string, subject: string): number {
  if (typeof value === 'number' && value >= 0 && value <= LONGEST_SECONDS) return value;
  throw new UserError(subject, `the time of ${quote(name)} is ${shown(value)}.`, 'Expected a number of seconds, 0 or more.');
}

/** @throws UserError if it is no number of bytes */
export function checkedBytes(value: number, name: string, subject: string): number {
  if (value >= 0 && value <= MOST_BYTES) return value;
  throw new UserError(subject, `the memory of ${quote(name)} is ${shown(value)}.`, 'Expected a number of bytes, 0 or more.');
}

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? 'missing').slice(0, 40));

/** A number as tables write it; NaN for everything else, the empty text included. */
export const numberIn = (text: string): number => (text.trim() === '' ? NaN : Number(text));
