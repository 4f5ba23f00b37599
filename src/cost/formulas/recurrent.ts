import type { Formula, Formulas } from '../operands';
import { TRANSCENDENTAL_FLOPS } from './weights';

/**
 * Gates times the two matrix products of every step and direction. X is [T, B, I] ([B, T, I] with layout 1; the product is the same),
 * R [D, gates H, H], or [D, H, gates H] where it is quantised. Each gate adds its bias; `pointwise` FLOPs for each hidden element go into
 * the activations and the state.
 */
const recurrent =
  (gates: number, pointwise: number): Formula =>
  (o) => {
    const x = o.dimsIn(0), r = o.dimsIn(2);
    if (x?.length !== 3 || r?.length !== 3) return undefined;
    const [steps, batch, depth] = x as [number, number, number];
    const hidden = o.int('hidden_size', Math.min(r[1]!, r[2]!));
    return steps * batch * r[0]! * hidden * (2 * gates * (depth + hidden) + gates + pointwise);
  };

/** LSTM: five activations, two products and a sum for the cell, one product for the output. */
const lstm = recurrent(4, 5 * TRANSCENDENTAL_FLOPS + 4);

export const recurrents: Formulas = [
  ['RNN', recurrent(1, TRANSCENDENTAL_FLOPS)],
  // three activations, the reset's product, and the mix of old and new: two products, a difference and a sum
  ['GRU', recurrent(3, 3 * TRANSCENDENTAL_FLOPS + 5)],
  ['LSTM', lstm],
  ['com.microsoft:DynamicQuantizeLSTM', lstm],
];
