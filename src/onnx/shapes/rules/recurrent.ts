import type { Dim } from '../../model';
import { int, optionalInt, shapeOf, shapeOfRank, text, typeOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { tensor } from '../facts';
import type { TensorFact } from '../types';

/** X is [S, B, I], or [B, S, I] with layout 1; R is [directions, gates * H, H]. */
function recurrentOutputs(c: Context, hiddenOfWeights: Dim, states: number): TensorFact[] {
  const x = shapeOfRank(c, 0, 3);
  const batchFirst = int(c, 'layout', 0) !== 0;
  const [sequence, batch] = batchFirst ? [x[1]!, x[0]!] : [x[0]!, x[1]!];
  const directions = text(c, 'direction', 'forward') === 'bidirectional' ? 2 : 1;
  const hidden = optionalInt(c, 'hidden_size') ?? hiddenOfWeights;
  const type = typeOf(c, 0);
  const y = tensor(type, batchFirst ? [batch, sequence, directions, hidden] : [sequence, directions, batch, hidden]);
  const last = tensor(type, batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]);
  return [y, ...new Array<TensorFact>(states).fill(last)];
}

const recurrent =
  (states: number): Rule =>
  (c) =>
    recurrentOutputs(c, shapeOf(c, 2)?.[2] ?? null, states);

export const recurrences: Rules = { RNN: recurrent(1), GRU: recurrent(1), LSTM: recurrent(2) };

export const microsoftRecurrences: Rules = {
  /** R comes transposed: [directions, H, 4 * H] */
  DynamicQuantizeLSTM: (c) => recurrentOutputs(c, shapeOf(c, 2)?.[1] ?? null, 2),
};
