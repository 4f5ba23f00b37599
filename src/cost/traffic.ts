import type { Operands } from './operands';

/** Bytes that an operator reads or writes; undefined where they are not known. */
type Bytes = (operands: Operands) => number | undefined;

interface Traffic {
  readonly read?: Bytes;
  readonly written?: Bytes;
}

const sum = (...parts: readonly (number | undefined)[]): number | undefined => parts.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b), 0);

/** Bytes of an operand that may be omitted. */
const optional = (o: Operands, position: number): number | undefined => (o.input(position) ? o.input(position)!.bytes : 0);

/** Only the rows that are gathered are read, not the whole table. */
const gathered: Traffic = { read: (o) => sum(o.output(0)?.bytes, o.input(1)?.bytes) };

const sliced: Traffic = { read: (o) => o.output(0)?.bytes };

/** One row of each table for each token, and the token and segment numbers. Tables are the inputs 2, 3 and, with segments, 4. */
const embedded: Traffic = {
  read: (o) => {
    const out = o.output(0)?.bytes;
    return out === undefined ? undefined : sum((o.input(4) && o.input(1) ? 3 : 2) * out, o.input(0)?.bytes, optional(o, 1));
  },
};

/** Of the experts' weights only those that tokens are routed to: `k` for each token, and never more than there are. */
const routed = (weights: readonly number[]): Traffic => ({
  read: (o) => {
    const tokens = o.dimsIn(1)?.[0];
    const count = o.dimsIn(1)?.at(-1);
    if (tokens === undefined || count === undefined || count === 0) return undefined;
    const share = Math.min(1, (tokens * o.int('k', 1)) / count);
    return sum(o.input(0)?.bytes, o.input(1)?.bytes, ...weights.map((position) => ((bytes) => bytes && share * bytes)(optional(o, position))));
  },
});

/** A cache that past and present share is read in full, but only the new tokens are written. Q [B, S, ..], present [B, N, L, d]. */
const cached = (pastKey: number): Traffic => ({
  written: (o) => {
    const key = o.output(1), value = o.output(2);
    const whole = sum(o.output(0)?.bytes, key ? key.bytes : 0, value ? value.bytes : 0);
    const length = o.dimsOut(1)?.[2], past = o.dimsIn(pastKey)?.[2], tokens = o.dimsIn(0)?.[1];
    if (whole === undefined || length === undefined || length !== past || tokens === undefined || length === 0) return whole;
    return o.output(0)!.bytes! + ((key!.bytes! + (value?.bytes ?? 0)) * Math.min(tokens, length)) / length;
  },
});

/** Looks at the shape alone. */
const described: Traffic = { read: () => 0 };

/** Gives the same bytes another shape or name: engines let the output share its input's memory. */
const view: Traffic = { read: () => 0, written: () => 0 };

/** Operators that do not read every input and write every output from end to end, each once. */
const exceptions: ReadonlyMap<string, Traffic> = new Map<string, Traffic>([
  ['Gather', gathered],
  ['GatherElements', gathered],
  ['GatherND', gathered],
  ['com.microsoft:GatherND', gathered],
  ['com.microsoft:GatherBlockQuantized', gathered],
  ['Slice', sliced],
  ['com.microsoft:EmbedLayerNormalization', embedded],
  ['com.microsoft:MoE', routed([2, 3, 4, 5, 6, 7])],
  ['com.microsoft:QMoE', routed([2, 3, 4, 5, 6, 7, 8, 9, 10])],
  ['com.microsoft:GroupQueryAttention', cached(3)],
  ['com.microsoft:SparseAttention', cached(3)],
  ['Shape', described],
  ['Size', described],
  ['SequenceLength', described],
  ['Reshape', view],
  ['Flatten', view],
  ['Squeeze', view],
  ['Unsqueeze', view],
  ['com.microsoft:ExpandDims', view],
  ['Identity', view],
  ['Dropout', view],
]);

/** How an operator type's reading and writing differ from the rule; empty for those that follow it. */
export const trafficOf = (type: string): Traffic => exceptions.get(type) ?? {};
