import { int, ints, numbersOf, shapeOfAtLeast, shapeOfRank, typeOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { Inconsistent, ofRank, tensor } from '../facts';
import type { Shape } from '../facts';
import { slidSize, windowOf } from './conv';

/** Shape of a pool's output, channels first. */
function pooled(c: Context, x: Shape | undefined): Shape | undefined {
  const kernel = ints(c, 'kernel_shape');
  if (kernel === undefined) throw new Inconsistent('no kernel_shape');
  if (x === undefined) return ofRank(kernel.length + 2);
  if (x.length !== kernel.length + 2) throw new Inconsistent(`a kernel of ${kernel.length} axes over a tensor of rank ${x.length}`);
  const w = windowOf(c, kernel.length, kernel);
  const ceilMode = int(c, 'ceil_mode', 0) === 1;
  return [x[0]!, x[1]!, ...x.slice(2).map((size, axis) => slidSize(size, w, axis, ceilMode))];
}

const toFirst = (x: Shape): Shape => [x[0]!, x.at(-1)!, ...x.slice(1, -1)];
const toLast = (x: Shape): Shape => [x[0]!, ...x.slice(2), x[1]!];

/** A pool whose `channels_last` attribute may say that channels come last. */
export const pool: Rule = (c) => {
  const x = shapeOfAtLeast(c, 0, 3);
  const last = int(c, 'channels_last', 0) !== 0;
  const shape = pooled(c, last && x !== undefined ? toFirst(x) : x);
  const result = last && shape !== undefined ? toLast(shape) : shape;
  return [tensor(typeOf(c, 0), result), tensor('int64', result)];
};

/** Every spatial axis shrinks to 1. */
export const globalPool: Rule = (c) => {
  const x = shapeOfAtLeast(c, 0, 3);
  const last = int(c, 'channels_last', 0) !== 0;
  return [tensor(typeOf(c, 0), x?.map((dim, axis) => (axis === 0 || axis === (last ? x.length - 1 : 1) ? dim : 1)))];
};

/** Undoes a MaxPool: sizes from the window, or from the third input. */
const maxUnpool: Rule = (c) => {
  const x = shapeOfAtLeast(c, 0, 3);
  const asked = numbersOf(c, 2);
  if (asked !== undefined && asked.length > 0) return [tensor(typeOf(c, 0), asked)];
  if (x === undefined || c.inputs[2] !== undefined) return [tensor(typeOf(c, 0), x === undefined ? undefined : ofRank(x.length))];
  const kernel = ints(c, 'kernel_shape');
  if (kernel?.length !== x.length - 2) throw new Inconsistent('kernel_shape does not fit the input');
  const w = windowOf(c, kernel.length, kernel);
  const sizes = x.slice(2).map((size, axis) => (typeof size === 'number' ? (size - 1) * w.strides[axis]! + kernel[axis]! - w.pads[axis]! - w.pads[axis + kernel.length]! : null));
  return [tensor(typeOf(c, 0), [x[0]!, x[1]!, ...sizes])];
};

const maxRoiPool: Rule = (c) => {
  const size = ints(c, 'pooled_shape');
  if (size?.length !== 2) throw new Inconsistent('pooled_shape needs two sides');
  return [tensor(typeOf(c, 0), [shapeOfRank(c, 1, 2)[0]!, shapeOfRank(c, 0, 4)[1]!, ...size])];
};

/** X [N, C, H, W], rois [R, 4]: [R, C, height, width]. */
const roiAlign: Rule = (c) => [
  tensor(typeOf(c, 0), [shapeOfRank(c, 1, 2)[0]!, shapeOfRank(c, 0, 4)[1]!, int(c, 'output_height', 1), int(c, 'output_width', 1)]),
];

const nhwcMaxPool: Rule = (c) => {
  const x = shapeOfAtLeast(c, 0, 3);
  const shape = pooled(c, x === undefined ? undefined : toFirst(x));
  return [tensor(typeOf(c, 0), shape === undefined ? undefined : toLast(shape))];
};

export const pools: Rules = {
  MaxPool: pool,
  AveragePool: pool,
  LpPool: pool,
  GlobalAveragePool: globalPool,
  GlobalMaxPool: globalPool,
  GlobalLpPool: globalPool,
  MaxUnpool: maxUnpool,
  MaxRoiPool: maxRoiPool,
  RoiAlign: roiAlign,
};

export const microsoftPools: Rules = {
  QLinearAveragePool: pool,
  QLinearGlobalAveragePool: globalPool,
  NhwcMaxPool: nhwcMaxPool,
  MaxpoolWithMask: pool,
};

