import { UserError } from '../../shared/userError';
import { readNodeMemory } from './nodeMemory';
import { readOrtProfile } from './ortProfile';
import { readTimeObject, readTimeTable } from './timeTable';

/** What a file of measurements says, by the names that it uses for operators. */
export interface Measurements {
  /** whose names come first where a name is both that of a node and that of another operator's first output */
  readonly names: 'nodes' | 'operators';
  readonly seconds: ReadonlyMap<string, number>;
  /** memory that an operator needs while it runs, beside its inputs and outputs */
  readonly memoryBytes: ReadonlyMap<string, number>;
  /** execution providers of ONNX Runtime that ran something, in the order met */
  readonly providers: readonly string[];
}

/**
 * Reads measurements of another program; the first characters tell which kind of file it is:
 * an ONNX Runtime profile (JSON list of events, or the `traceEvents` of an object), ONNX Runtime's table of node memory
 * (`#name,input_sizes,initializers_sizes,total_dynamic_sizes,total_temp_allocations`), a table `operator,seconds`, or an object `{"operator": seconds}`.
 *
 * @param subject what messages call the file
 * @param warmUp events of each node of an ONNX Runtime profile that do not count
 * @throws UserError if it is none of these, or a number in it is no time or size
 */
export function readMeasurements(text: string, subject: string, warmUp = 0): Measurements {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text;
  const head = plain.slice(0, 4096).trimStart();
  if (head === '') throw new UserError(subject, 'is empty.', 'Name a file of times.');
  if (head.startsWith('#name,')) return readNodeMemory(plain, subject);
  if (!head.startsWith('[') && !head.startsWith('{')) return readTimeTable(plain, subject);
  const value = parse(plain, subject);
  if (Array.isArray(value)) return readOrtProfile(value, subject, warmUp);
  const record = value as Readonly<Record<string, unknown>>;
  return Array.isArray(record['traceEvents']) ? readOrtProfile(record['traceEvents'], subject, warmUp) : readTimeObject(record, subject);
}

function parse(text: string, subject: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const [what = ''] = (error as Error).message.split('\n');
    throw new UserError(subject, `is not JSON: ${what.slice(0, 200)}.`, 'A program that was ended leaves its profile without an end: measure again.');
  }
}
