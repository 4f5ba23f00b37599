import type { Formula } from '../operands';

/**
 * Gates times the two matrix products of every step and direction. X is [T, B, I] ([B, T, I] with layout 1; the product is the same),
 * W [D, gates H, I], R [D, gates H, H]; `pointwise` FLOPs for each hidden element of the activations and the state.
 */
const recurrent = (gates: number, pointwise: number): Formula => (o) => {
  const x = o.dimsIn(0), r = o.dimsIn(2);
  if (x?.length !== 3 || r?.length !== 3) return undefined;
  const [steps, batch, depth] = x as [number, number, number];
  const [directions, , hidden] = r as [number, number, number];
  return steps * batch * directions * hidden * (2 * gates * (depth + hidden) + gates + pointwise);
};

/** Activations are counted as 4 FLOPs each. */
export const recurrents: readonly (readonly [string, Formula])[] = [
  ['RNN', recurrent(1, 4)],
  ['GRU', recurrent(3, 3 * 4 + 5)],
  ['LSTM', recurrent(4, 5 * 4 + 4)],
  ['com.microsoft:DynamicQuantizeLSTM', recurrent(4, 5 * 4 + 4)],
];
