import { UserError } from '../../shared/userError';
import type { Measurements } from './measurements';
import { checkedBytes, numberIn } from './numbers';

const HEADER = '#name,input_sizes,initializers_sizes,total_dynamic_sizes,total_temp_allocations';
/** Numbers after the name, which may hold commas itself. */
const NUMBERS = 4;

/**
 * ONNX Runtime's table of what each node allocated. Inputs, weights and outputs follow from the graph; what the graph does not tell is the
 * last column, the memory that a kernel needs only while it runs.
 *
 * @throws UserError if it has other columns, or a number that is none
 */
export function readNodeMemory(text: string, subject: string): Measurements {
  const [header = '', ...lines] = text.split(/\r?\n/);
  if (header.trim() !== HEADER) throw new UserError(subject, 'begins like a table of node memory, but has other columns.', `Expected: ${HEADER}.`);
  const memoryBytes = new Map<string, number>();
  lines.forEach((line, i) => {
    if (line.trim() === '') return;
    const fields = line.split(',');
    if (fields.length <= NUMBERS) throw new UserError(`${subject}:${i + 2}`, `has ${fields.length} columns where ${NUMBERS + 1} are needed.`, `Expected: ${HEADER}.`);
    const name = fields.slice(0, -NUMBERS).join(',');
    const numbers = fields.slice(-NUMBERS).map((field) => checkedBytes(numberIn(field), name, `${subject}:${i + 2}`));
    memoryBytes.set(name, Math.max(numbers[NUMBERS - 1]!, memoryBytes.get(name) ?? 0));
  });
  if (memoryBytes.size === 0) throw new UserError(subject, 'names no node.', 'Run the model with the table switched on.');
  return { names: 'nodes', seconds: new Map(), memoryBytes, providers: [] };
}
