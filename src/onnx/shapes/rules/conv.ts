import type { Dim, ElementType } from '../../model';
import { has, input, int, ints, numbersOf, shapeOf, shapeOfAtLeast, shapeOfRank, text, typeOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { Inconsistent, agree, ofRank, tensor, times } from '../facts';
import type { Shape } from '../facts';

/** Kernel, strides, dilations and pads of a sliding window, one entry per spatial axis (pads: begins, then ends). */
export interface Window {
  readonly kernel: Shape;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  /** NOTSET, VALID, SAME_UPPER or SAME_LOWER */
  readonly autoPad: string;
}

/** Reads the attributes that convolutions and pools share; a list of the wrong length is an error. */
export function windowOf(c: Context, spatial: number, kernel: Shape): Window {
  const list = (name: string, length: number, fill: number): readonly number[] => {
    const values = ints(c, name);
    if (values === undefined || values.length === 0) return new Array<number>(length).fill(fill);
    if (values.length !== length) throw new Inconsistent(`attribute ${name} has ${values.length} entries, not ${length}`);
    return values;
  };
  const strides = list('strides', spatial, 1);
  if (strides.some((stride) => stride < 1)) throw new Inconsistent('a stride below 1');
  const autoPad = text(c, 'auto_pad', 'NOTSET');
  return { kernel, strides, dilations: list('dilations', spatial, 1), pads: list('pads', spatial * 2, 0), autoPad: autoPad === '' ? 'NOTSET' : autoPad };
}

/**
 * Size of a sliding window's output along one spatial axis.
 * `ceilMode` lets a last window hang over the end as long as it starts inside the input or its front padding.
 */
export function slidSize(size: Dim, w: Window, axis: number, ceilMode: boolean): Dim {
  const stride = w.strides[axis]!;
  if (w.autoPad === 'SAME_UPPER' || w.autoPad === 'SAME_LOWER') {
    return typeof size === 'number' ? Math.ceil(size / stride) : stride === 1 ? size : null;
  }
  const kernel = w.kernel[axis] ?? null;
  if (typeof kernel !== 'number') return null;
  const [before, after] = w.autoPad === 'VALID' ? [0, 0] : [w.pads[axis]!, w.pads[axis + w.strides.length]!];
  const extent = (kernel - 1) * w.dilations[axis]! + 1;
  const room = before + after - extent;
  if (typeof size !== 'number') return stride === 1 && room === -1 ? size : null;
  // A window that does not fit: convolutions refuse it, pools round as they will.
  if (size + room < 0) return null;
  const steps = (size + room) / stride;
  if (!ceilMode) return Math.floor(steps) + 1;
  const count = Math.ceil(steps) + 1;
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

/** Shape of a convolution's output, channels first. `x` is [N, C, spatial...], `weight` [M, C/group, kernel...]. */
function convolved(c: Context, x: Shape | undefined, weight: Shape | undefined): Shape | undefined {
  const rank = x?.length ?? weight?.length;
  if (rank === undefined) return undefined;
  if (rank < 3) throw new Inconsistent(`a convolution of rank ${rank}`);
  if (x !== undefined && weight !== undefined && weight.length !== rank) throw new Inconsistent(`input of rank ${rank} and weight of rank ${weight.length}`);
  const spatial = rank - 2;
  const group = int(c, 'group', 1);
  const channels = x?.[1];
  const perGroup = weight?.[1];
  if (typeof channels === 'number' && typeof perGroup === 'number' && channels !== perGroup * group) {
    throw new Inconsistent(`${channels} channels, but the weight is for ${perGroup} x ${group} groups`);
  }
  const w = windowOf(c, spatial, ints(c, 'kernel_shape') ?? weight?.slice(2) ?? ofRank(spatial));
  const sizes = x === undefined ? ofRank(spatial) : x.slice(2).map((size, axis) => slidSize(size, w, axis, false));
  for (const [axis, size] of sizes.entries()) {
    if (size === null && typeof x?.[axis + 2] === 'number' && typeof w.kernel[axis] === 'number') throw new Inconsistent(`a window of ${w.kernel[axis]} that does not fit into ${x[axis + 2]}`);
  }
  return [x?.[0] ?? null, weight?.[0] ?? null, ...sizes];
}

const conv =
  (weightInput: number, result: (c: Context) => ElementType | undefined): Rule =>
  (c) => [tensor(result(c), convolved(c, shapeOf(c, 0), shapeOf(c, weightInput)))];

/** Output [N, M*group, spatial...] of a transposed convolution whose weight is [C, M, kernel...]. */
const convTranspose =
  (weightInput: number): Rule =>
  (c) => {
    const x = shapeOf(c, 0);
    const weight = shapeOf(c, weightInput);
    const rank = x?.length ?? weight?.length;
    if (rank === undefined) return [tensor(typeOf(c, 0), undefined)];
    if (rank < 3) throw new Inconsistent(`a convolution of rank ${rank}`);
    const spatial = rank - 2;
    const channels = times(weight?.[1] ?? null, int(c, 'group', 1));
    const asked = ints(c, 'output_shape');
    const head = [x?.[0] ?? null, channels];
    if (asked !== undefined && asked.length > 0) return [tensor(typeOf(c, 0), [...head, ...asked.slice(-spatial)])];
    const w = windowOf(c, spatial, ints(c, 'kernel_shape') ?? weight?.slice(2) ?? ofRank(spatial));
    const extra = ints(c, 'output_padding') ?? [];
    const sizes = Array.from({ length: spatial }, (_, axis) => {
      const size = x?.[axis + 2] ?? null;
      const stride = w.strides[axis]!;
      const kernel = w.kernel[axis] ?? null;
      if (typeof size !== 'number') return null;
      if (typeof kernel !== 'number') return null;
      const full = (size - 1) * stride + (kernel - 1) * w.dilations[axis]! + 1 + (extra[axis] ?? 0);
      // Padding only takes away: a kernel smaller than the stride leaves less than size * stride.
      if (w.autoPad === 'SAME_UPPER' || w.autoPad === 'SAME_LOWER') return Math.min(full, size * stride);
      return w.autoPad === 'VALID' ? full : full - w.pads[axis]! - w.pads[axis + spatial]!;
    });
    return [tensor(typeOf(c, 0), [...head, ...sizes])];
  };

/** Channels-last convolution: input [N, spatial..., C], weight [M, C/group, kernel...] as in Conv. */
const channelsLast: Rule = (c) => {
  const x = shapeOfAtLeast(c, 0, 3);
  const first = x === undefined ? undefined : [x[0]!, x.at(-1)!, ...x.slice(1, -1)];
  const shape = convolved(c, first, shapeOf(c, 1));
  return [tensor(typeOf(c, 0), shape === undefined ? undefined : [shape[0]!, ...shape.slice(2), shape[1]!])];
};

const qlinearConv: Rule = (c) => {
  if (int(c, 'channels_last', 0) === 0) return [tensor(typeOf(c, 7), convolved(c, shapeOf(c, 0), shapeOf(c, 3)))];
  const x = shapeOfAtLeast(c, 0, 3);
  const shape = convolved(c, x === undefined ? undefined : [x[0]!, x.at(-1)!, ...x.slice(1, -1)], shapeOf(c, 3));
  return [tensor(typeOf(c, 7), shape === undefined ? undefined : [shape[0]!, ...shape.slice(2), shape[1]!])];
};

/** Images put together from columns [N, C * block, L]: [N, C, image...]. */
const columnsToImage: Rule = (c) => {
  const x = shapeOfRank(c, 0, 3);
  const image = numbersOf(c, 1);
  const block = numbersOf(c, 2);
  const perBlock = block?.reduce((a, b) => a * b, 1);
  const columns = x[1]!;
  const channels = typeof columns === 'number' && perBlock !== undefined ? agree(columns / perBlock, null, 'channels') : null;
  if (typeof channels === 'number' && !Number.isInteger(channels)) throw new Inconsistent(`${String(columns)} column entries in blocks of ${perBlock}`);
  const axes = shapeOf(c, 1)?.[0];
  const sides = image ?? (typeof axes === 'number' ? ofRank(axes) : undefined);
  return [tensor(typeOf(c, 0), sides === undefined ? undefined : [x[0]!, channels, ...sides])];
};

export const convolutions: Rules = {
  Conv: conv(1, (c) => typeOf(c, 0)),
  ConvInteger: conv(1, () => 'int32'),
  QLinearConv: qlinearConv,
  ConvTranspose: convTranspose(1),
  DeformConv: conv(1, (c) => typeOf(c, 0)),
  Col2Im: columnsToImage,
};

export const microsoftConvolutions: Rules = {
  FusedConv: conv(1, (c) => typeOf(c, 0)),
  NhwcConv: channelsLast,
  NhwcFusedConv: channelsLast,
  QLinearConv: qlinearConv,
  ConvTransposeWithDynamicPads: (c) => {
    const rank = shapeOf(c, 0)?.length;
    if (!has(c, 2)) return convTranspose(1)(c);
    return [tensor(typeOf(c, 0), rank === undefined ? undefined : [input(c, 0).shape![0]!, ...ofRank(rank - 1)])];
  },
};

