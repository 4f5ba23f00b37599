import { eachRead, eachWritten, forTypes, product, times, type Formula, type Formulas } from '../operands';
import { TRANSCENDENTAL_FLOPS } from './weights';

/** A fast transform of n points takes 5 n log2 n FLOPs (the count by which FFTW's benchmarks measure). */
const fastTransform = (points: number): number => 5 * points * Math.log2(Math.max(2, points));

/** Out [.., n, .., 2]; the axis is an attribute until opset 19 and an input from then on. */
const discreteFourier: Formula = (o) => {
  const dims = o.dimsOut(0);
  if (!dims || dims.length < 2) return undefined;
  const given = o.input(2)?.value?.[0];
  const axis = typeof given === 'number' ? given : o.int('axis', o.input(2) || o.opset >= 20 ? -2 : 1);
  const points = dims.at(axis);
  return points === undefined || points === 0 ? undefined : (product(dims) / 2 / points) * fastTransform(points);
};

/** Out [B, frames, bins, 2]; with one-sided spectra half of the points and one are kept. */
const shortTime: Formula = (o) => {
  const dims = o.dimsOut(0);
  if (dims?.length !== 4) return undefined;
  const length = o.input(3)?.value?.[0] ?? o.dimsIn(2)?.[0];
  const points = typeof length === 'number' ? length : o.int('onesided', 1) !== 0 ? 2 * (dims[2]! - 1) : dims[2]!;
  return dims[0]! * dims[1]! * (fastTransform(points) + (o.input(2) ? points : 0));
};

export const signals: Formulas = [
  ['DFT', discreteFourier],
  ['STFT', shortTime],
  // one or two cosines for each element
  ...forTypes('HannWindow HammingWindow', eachWritten(TRANSCENDENTAL_FLOPS + 3)),
  ['BlackmanWindow', eachWritten(2 * TRANSCENDENTAL_FLOPS + 5)],
  ['MelWeightMatrix', eachWritten(TRANSCENDENTAL_FLOPS)],
  // a random number takes some mixing of bits, and a transcendental function to shape it
  ...forTypes('RandomNormal RandomNormalLike RandomUniform RandomUniformLike Bernoulli', eachWritten(TRANSCENDENTAL_FLOPS + 4)),
  ['Multinomial', (o) => times(TRANSCENDENTAL_FLOPS + 1, o.elementsIn(0))],
  ['com.microsoft:MurmurHash3', eachRead(10)],
];
