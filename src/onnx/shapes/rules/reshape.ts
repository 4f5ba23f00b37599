import type { Dim } from '../../model';
import { has, hasAttribute, input, int, ints, lengthOf, numbersOf, requiredInt, shapeOf, shapeOfRank, text, typeOf, valueOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { Inconsistent, agree, axesOf, axisOf, broadcast, elements, exactQuotient, ofRank, plus, productOf, reshaped, scalar, tensor, times, vector, withDim } from '../facts';
import type { Shape } from '../facts';
import type { TensorFact } from '../types';
import * as v from '../values';

/** Factors of a number of elements: a number and the names of what is not one. */
interface Factors {
  number: number;
  readonly names: Map<string, number>;
}

/** Splits dimensions into factors; an unknown one is named after where it comes from, so that a copy of it cancels out. */
function factorsOf(dims: readonly { readonly dim: Dim; readonly origin: string | null }[]): Factors | null {
  const factors: Factors = { number: 1, names: new Map() };
  for (const { dim, origin } of dims) {
    if (typeof dim === 'number') factors.number *= dim;
    else {
      const name = dim === null ? origin : `$${dim}`;
      if (name === null) return null;
      factors.names.set(name, (factors.names.get(name) ?? 0) + 1);
    }
  }
  return Number.isSafeInteger(factors.number) ? factors : null;
}

/** whole / part as one dimension; null where it is none that can be told. */
function quotient(whole: Factors | null, part: Factors | null): Dim {
  if (whole === null || part === null || part.number === 0) return null;
  const names = new Map(whole.names);
  for (const [name, count] of part.names) {
    const left = (names.get(name) ?? 0) - count;
    if (left < 0) return null;
    names.set(name, left);
  }
  const rest = [...names].filter(([, count]) => count > 0);
  const number = whole.number / part.number;
  if (rest.length === 0) {
    if (!Number.isInteger(number)) throw new Inconsistent(`${whole.number} elements do not divide by ${part.number}`);
    return number;
  }
  const [name, count] = rest[0]!;
  return rest.length === 1 && count === 1 && number === 1 && name.startsWith('$') ? name.slice(1) : null;
}

const reshape: Rule = (c) => {
  const x = input(c, 0);
  const target = c.inputs.length > 1 || !hasAttribute(c, 'shape') ? valueOf(c, 1) : ints(c, 'shape');
  if (target === undefined) {
    const rank = lengthOf(c, 1);
    return [tensor(x.elementType, rank === undefined ? undefined : rank === 1 && x.shape !== undefined ? [elements(x.shape)] : ofRank(rank), x.value)];
  }
  return [reshaped(x, reshapedShape(x.shape, target, int(c, 'allowzero', 0) !== 0))];
};

/** The shape that a target asks for: 0 copies (unless `allowZero`), -1 takes what is left. */
export function reshapedShape(x: Shape | undefined, target: readonly Dim[], allowZero: boolean): Shape {
  const asked = target.map((wanted, axis) => {
    if (wanted === 0 && !allowZero) {
      if (x !== undefined && axis >= x.length) throw new Inconsistent(`a target [${target.join(', ')}] that copies axis ${axis} of a tensor of rank ${x.length}`);
      return { dim: x?.[axis] ?? null, origin: `?${axis}`, open: false };
    }
    return wanted === -1 || wanted === null ? { dim: null, origin: null, open: true } : { dim: wanted, origin: null, open: false };
  });
  if (target.filter((wanted) => wanted === -1).length > 1) throw new Inconsistent(`a target [${target.join(', ')}] with more than one -1`);
  const open = asked.filter((dim) => dim.open);
  const fixed = asked.filter((dim) => !dim.open);
  if (x === undefined) return asked.map(({ dim }) => dim);
  const whole = factorsOf(x.map((dim, axis) => ({ dim, origin: `?${axis}` })));
  if (open.length === 0) {
    const count = productOf(x);
    const wanted = productOf(asked.map(({ dim }) => dim));
    if (typeof count === 'number' && typeof wanted === 'number' && count !== wanted) throw new Inconsistent(`[${x.join(', ')}] does not reshape to [${target.join(', ')}]`);
  }
  // The number of elements stays, so one dimension that is not said, be it -1 or merely unknown, is what the others leave.
  const left = open.length === 1 ? quotient(whole, factorsOf(fixed)) : null;
  return asked.map((dim) => (dim.open ? left : dim.dim));
}

const flatten: Rule = (c) => {
  const x = input(c, 0);
  if (x.shape === undefined) return [tensor(x.elementType, [null, null])];
  const rank = x.shape.length;
  const axis = int(c, 'axis', 1);
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at > rank) throw new Inconsistent(`axis ${axis} of a tensor of rank ${rank}`);
  return [reshaped(x, [productOf(x.shape.slice(0, at)), productOf(x.shape.slice(at))])];
};

/** Axes of Squeeze and Unsqueeze: an attribute before version 13, an input since; null if they are not known, undefined if there are none. */
function axesGiven(c: Context): readonly number[] | null | undefined {
  const attribute = ints(c, 'axes');
  if (attribute !== undefined) return attribute;
  return has(c, 1) ? (numbersOf(c, 1) ?? null) : undefined;
}

const squeeze: Rule = (c) => {
  const x = input(c, 0);
  const given = axesGiven(c);
  if (x.shape === undefined) return [tensor(x.elementType, undefined)];
  if (given === null) {
    const count = lengthOf(c, 1);
    return [tensor(x.elementType, count === 1 && x.shape.length > 0 ? ofRank(x.shape.length - 1) : undefined, x.value)];
  }
  if (given === undefined) return [reshaped(x, x.shape.every((dim) => typeof dim === 'number') ? x.shape.filter((dim) => dim !== 1) : undefined)];
  const axes = given.map((axis) => axisOf(axis, x.shape!.length));
  for (const axis of axes) agree(x.shape[axis]!, 1, `axis ${axis}`);
  return [reshaped(x, x.shape.filter((_, axis) => !axes.includes(axis)))];
};

const unsqueeze: Rule = (c) => {
  const x = input(c, 0);
  const given = axesGiven(c);
  if (given === undefined) throw new Inconsistent('no axes');
  if (x.shape === undefined) return [tensor(x.elementType, undefined)];
  const count = given?.length ?? lengthOf(c, 1);
  if (count === undefined) return [tensor(x.elementType, undefined)];
  const rank = x.shape.length + count;
  if (given === null) return [reshaped(x, ofRank(rank))];
  ofRank(rank);
  const axes = axesOf(given, rank);
  const rest = [...x.shape];
  return [reshaped(x, Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)))];
};

const transpose: Rule = (c) => {
  const x = input(c, 0);
  const asked = ints(c, 'perm');
  if (x.shape === undefined) return [tensor(x.elementType, asked === undefined || asked.length === 0 ? undefined : ofRank(asked.length))];
  const rank = x.shape.length;
  const perm = asked === undefined || asked.length === 0 ? Array.from({ length: rank }, (_, i) => rank - 1 - i) : axesOf(asked, rank);
  if (perm.length !== rank) throw new Inconsistent(`a permutation of ${perm.length} axes for a tensor of rank ${rank}`);
  const shape = perm.map((axis) => x.shape![axis]!);
  const known = v.smallKnown(x);
  if (known === undefined) return [tensor(x.elementType, shape)];
  const strides = v.stridesOf(known.dims);
  return [tensor(x.elementType, shape, v.gathered(perm.map((axis) => known.dims[axis]!), known.value, (index) => index.reduce((sum, i, axis) => sum + i * strides[perm[axis]!]!, 0)))];
};

const expand: Rule = (c) => {
  const x = input(c, 0);
  const rank = lengthOf(c, 1);
  const target = valueOf(c, 1) ?? (rank === undefined ? undefined : ofRank(rank));
  const shape = broadcast(x.shape, target);
  return [tensor(x.elementType, shape, v.combined([v.smallKnown(x)], shape, ([element]) => element!))];
};

const tile: Rule = (c) => {
  const x = input(c, 0);
  const repeats = valueOf(c, 1);
  if (x.shape === undefined) return [tensor(x.elementType, repeats === undefined ? undefined : ofRank(repeats.length))];
  if (repeats === undefined) return [tensor(x.elementType, x.shape.map((dim) => (dim === 0 ? 0 : null)))];
  if (repeats.length !== x.shape.length) throw new Inconsistent(`${repeats.length} repeats for a tensor of rank ${x.shape.length}`);
  const shape = x.shape.map((dim, axis) => times(dim, repeats[axis]!));
  const known = v.smallKnown(x);
  const dims = v.smallShape(shape);
  if (known === undefined || dims === undefined) return [tensor(x.elementType, shape)];
  const strides = v.stridesOf(known.dims);
  return [tensor(x.elementType, shape, v.gathered(dims, known.value, (index) => index.reduce((sum, i, axis) => sum + (i % known.dims[axis]!) * strides[axis]!, 0)))];
};

/** Tensors joined along an axis; all else must agree. */
export function concatenated(parts: readonly TensorFact[], axis: number): TensorFact {
  const type = parts.find((part) => part.elementType !== undefined)?.elementType;
  const rank = parts.find((part) => part.shape !== undefined)?.shape?.length;
  if (rank === undefined) return tensor(type, undefined);
  const at = axisOf(axis, rank);
  let shape: Shape | undefined;
  for (const part of parts) {
    const next: Shape = part.shape ?? ofRank(rank);
    if (next.length !== rank) throw new Inconsistent(`tensors of rank ${rank} and ${next.length} joined`);
    const before: Shape | undefined = shape;
    shape = before === undefined ? next : before.map((dim, i) => (i === at ? plus(dim, next[i]!) : agree(dim, next[i]!, `axis ${i}`)));
  }
  return tensor(type, shape, concatenatedValue(parts.map((part) => v.small(part)), at, v.smallShape(shape)));
}

function concatenatedValue(parts: readonly (v.Known | undefined)[], axis: number, dims: readonly number[] | undefined): Dim[] | undefined {
  if (dims === undefined || parts.some((part) => part === undefined)) return undefined;
  const outer = dims.slice(0, axis).reduce((a, b) => a * b, 1);
  const result: Dim[] = [];
  for (let block = 0; block < outer; block++) {
    for (const part of parts) {
      const size = part!.dims.slice(axis).reduce((a, b) => a * b, 1);
      result.push(...part!.value.slice(block * size, (block + 1) * size));
    }
  }
  return result;
}

const concat: Rule = (c) => [concatenated(c.inputs.map((_, i) => input(c, i)), int(c, 'axis', 1))];

/** Sizes of `count` parts of a dimension. */
function splitSizes(c: Context, size: Dim, count: number): readonly Dim[] {
  const asked = ints(c, 'split') ?? (has(c, 1) ? valueOf(c, 1) : undefined);
  if (asked !== undefined) {
    if (asked.length !== count) throw new Inconsistent(`${asked.length} sizes for ${count} outputs`);
    const total = asked.reduce<Dim>(plus, 0);
    agree(total, size, 'sum of the parts');
    return asked;
  }
  if (has(c, 1)) return new Array<Dim>(count).fill(null);
  if (count === 1) return [size];
  if (typeof size !== 'number') return new Array<Dim>(count).fill(null);
  if (c.opset < 18) return new Array<Dim>(count).fill(exactQuotient(size, count));
  const chunk = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => Math.max(0, Math.min(chunk, size - chunk * i)));
}

const split: Rule = (c) => {
  const x = input(c, 0);
  const count = c.node.outputs.length;
  if (x.shape === undefined) return c.node.outputs.map(() => tensor(x.elementType, undefined));
  const shape = x.shape;
  const axis = axisOf(int(c, 'axis', 0), shape.length);
  const sizes = splitSizes(c, shape[axis]!, count);
  const known = v.smallKnown(x);
  let from = 0;
  return sizes.map((size) => {
    const part = withDim(shape, axis, size);
    const dims = v.smallShape(part);
    const start = from;
    from += typeof size === 'number' ? size : NaN;
    if (known === undefined || dims === undefined || Number.isNaN(start)) return tensor(x.elementType, part);
    const strides = v.stridesOf(known.dims);
    return tensor(x.elementType, part, v.gathered(dims, known.value, (index) => index.reduce((sum, i, a) => sum + (a === axis ? i + start : i) * strides[a]!, 0)));
  });
};

const shapeRule: Rule = (c) => {
  const x = shapeOf(c, 0);
  if (x === undefined) return [tensor('int64', [null])];
  const clamp = (i: number): number => Math.min(Math.max(i < 0 ? i + x.length : i, 0), x.length);
  return [vector(x.slice(clamp(int(c, 'start', 0)), clamp(int(c, 'end', x.length))))];
};

/** depth to space: [N, C, H, W] -> [N, C / b^2, H b, W b]; space to depth the other way. */
const depthToSpace: Rule = (c) => {
  const [n, channels, height, width] = shapeOfRank(c, 0, 4) as [Dim, Dim, Dim, Dim];
  const block = requiredInt(c, 'blocksize');
  if (text(c, 'data_format', '') === 'NHWC') return [tensor(typeOf(c, 0), [n, times(channels, block), times(height, block), exactQuotient(width, block * block)])];
  return [tensor(typeOf(c, 0), [n, exactQuotient(channels, block * block), times(height, block), times(width, block)])];
};
const spaceToDepth: Rule = (c) => {
  const [n, channels, height, width] = shapeOfRank(c, 0, 4) as [Dim, Dim, Dim, Dim];
  const block = requiredInt(c, 'blocksize');
  return [tensor(typeOf(c, 0), [n, times(channels, block * block), exactQuotient(height, block), exactQuotient(width, block)])];
};

/** Pads as [begins..., ends...] of the padded axes: an attribute before version 11, an input since. */
const pad: Rule = (c) => {
  const x = input(c, 0);
  if (x.shape === undefined) return [tensor(x.elementType, undefined)];
  const rank = x.shape.length;
  const pads = ints(c, 'pads') ?? ints(c, 'paddings') ?? valueOf(c, 1);
  const given = has(c, 3) ? numbersOf(c, 3) : Array.from({ length: rank }, (_, axis) => axis);
  if (pads === undefined || given === undefined) return [tensor(x.elementType, ofRank(rank))];
  const axes = axesOf(given, rank);
  if (pads.length !== axes.length * 2) throw new Inconsistent(`${pads.length} pads for ${axes.length} axes`);
  const shape = x.shape.map((dim, axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? dim : plus(plus(dim, pads[at]!), pads[at + axes.length]!);
  });
  return [tensor(x.elementType, shape)];
};

const centerCropPad: Rule = (c) => {
  const x = shapeOf(c, 0);
  if (x === undefined) return [tensor(typeOf(c, 0), undefined)];
  const target = valueOf(c, 1);
  const axes = axesOf(ints(c, 'axes') ?? x.map((_, axis) => axis), x.length);
  if (target !== undefined && target.length !== axes.length) throw new Inconsistent(`${target.length} sizes for ${axes.length} axes`);
  return [tensor(typeOf(c, 0), x.map((dim, axis) => (axes.includes(axis) ? (target?.[axes.indexOf(axis)] ?? null) : dim)))];
};

export const reshapes: Rules = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Concat: concat,
  Split: split,
  Shape: shapeRule,
  Size: (c) => [scalar('int64', shapeOf(c, 0) === undefined ? null : productOf(shapeOf(c, 0)!))],
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Pad: pad,
  CenterCropPad: centerCropPad,
};

export const microsoftReshapes: Rules = {
  Pad: pad,
  ExpandDims: (c) => {
    const x = input(c, 0);
    const axis = numbersOf(c, 1)?.[0];
    if (x.shape === undefined || axis === undefined) return [tensor(x.elementType, x.shape === undefined ? undefined : ofRank(x.shape.length + 1))];
    const at = axisOf(axis, x.shape.length + 1);
    return [reshaped(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)])];
  },
};
