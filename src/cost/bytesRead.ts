import type { Operands } from './operands';

/** Bytes that an operator reads, where that is not all of its inputs: indexed access touches only the rows that it gathers. */
type BytesRead = (operands: Operands) => number | undefined;

const sum = (...parts: readonly (number | undefined)[]): number | undefined => parts.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b), 0);

const gather: BytesRead = (o) => sum(o.output(0)?.bytes, o.input(1)?.bytes);

const slice: BytesRead = (o) => o.output(0)?.bytes;

/** com.microsoft:EmbedLayerNormalization: one row of each table for each token, and the small inputs. */
const embedding: BytesRead = (o) => {
  const tables = o.input(4) && o.input(1) ? 3 : 2;
  const bytes = o.output(0)?.bytes;
  return sum(bytes === undefined ? undefined : tables * bytes, o.input(0)?.bytes);
};

/** MoE: of the experts' weights only those that tokens are routed to, `k` for each token and never more than there are. */
const experts: (weights: readonly number[]) => BytesRead = (weights) => (o) => {
  const tokens = o.dimsIn(1)?.[0];
  const count = o.dimsIn(1)?.at(-1);
  if (tokens === undefined || count === undefined || count === 0) return undefined;
  const share = Math.min(1, (tokens * o.int('k', 1)) / count);
  let bytes = (o.input(0)?.bytes ?? 0) + (o.input(1)?.bytes ?? 0);
  for (const position of weights) bytes += share * (o.input(position)?.bytes ?? 0);
  return bytes;
};

/** Operators that only look at a shape, or hand their input on. */
const nothing: BytesRead = () => 0;

export const bytesReadByType: ReadonlyMap<string, BytesRead> = new Map<string, BytesRead>([
  ['Gather', gather],
  ['GatherElements', gather],
  ['GatherND', gather],
  ['com.microsoft:GatherBlockQuantized', gather],
  ['Slice', slice],
  ['com.microsoft:EmbedLayerNormalization', embedding],
  ['com.microsoft:MoE', experts([2, 3, 4, 5, 6, 7])],
  ['com.microsoft:QMoE', experts([2, 3, 4, 5, 6, 7, 8, 9, 10])],
  ['Shape', nothing],
  ['Size', nothing],
  ['SequenceLength', nothing],
]);
