import type { Dim } from '../../model';
import { has, int, numberOf, shapeOf, shapeOfAtLeast, shapeOfRank, typeAttribute, typeOf, valueOf } from '../context';
import type { Rule, Rules } from '../context';
import { axisOf, ofRank, tensor, withDim } from '../facts';

/** Half of a spectrum, the mean and the highest frequency included. */
const half = (length: Dim): Dim => (typeof length === 'number' && length >= 0 ? Math.floor(length / 2) + 1 : null);

/** [..., n, 1 or 2] to [..., length, 2] along the axis, an attribute before version 20 and an input since. */
const dft: Rule = (c) => {
  const x = shapeOfAtLeast(c, 0, 2);
  if (x === undefined) return [tensor(typeOf(c, 0), undefined)];
  const at = c.opset < 20 ? int(c, 'axis', 1) : has(c, 2) ? numberOf(c, 2) : -2;
  if (at === undefined) return [tensor(typeOf(c, 0), ofRank(x.length))];
  const axis = axisOf(at, x.length);
  const length = has(c, 1) ? (valueOf(c, 1)?.[0] ?? null) : x[axis]!;
  const oneSided = int(c, 'onesided', 0) !== 0;
  const shape = withDim(x, axis, oneSided ? half(length) : length);
  shape[x.length - 1] = oneSided && int(c, 'inverse', 0) !== 0 ? null : 2;
  return [tensor(typeOf(c, 0), shape)];
};

/** signal [B, L, 1 or 2] to [B, frames, bins, 2]. */
const stft: Rule = (c) => {
  const x = shapeOf(c, 0);
  const step = numberOf(c, 1);
  const frame: Dim = has(c, 3) ? (valueOf(c, 3)?.[0] ?? null) : has(c, 2) ? shapeOfRank(c, 2, 1)[0]! : null;
  const length = x?.[1] ?? null;
  const frames = typeof length === 'number' && typeof frame === 'number' && step !== undefined && step > 0 && length >= frame ? Math.floor((length - frame) / step) + 1 : null;
  return [tensor(typeOf(c, 0), [x?.[0] ?? null, frames, int(c, 'onesided', 1) !== 0 ? half(frame) : frame, 2])];
};

const window: Rule = (c) => [tensor(typeAttribute(c, 'output_datatype', 'float32'), [valueOf(c, 0)?.[0] ?? null])];

const melWeightMatrix: Rule = (c) => [tensor(typeAttribute(c, 'output_datatype', 'float32'), [half(numberOf(c, 1) ?? null), valueOf(c, 0)?.[0] ?? null])];

export const signals: Rules = {
  DFT: dft,
  STFT: stft,
  HannWindow: window,
  HammingWindow: window,
  BlackmanWindow: window,
  MelWeightMatrix: melWeightMatrix,
};
