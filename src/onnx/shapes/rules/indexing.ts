import type { Dim, ElementType } from '../../model';
import { factOfTensor, has, input, int, ints, lengthOf, numberOf, numbersOf, optionalInt, shapeOf, shapeOfAtLeast, tensorAttribute, text, typeOf, valueOf } from '../context';
import type { Context, Rule, Rules } from '../context';
import { Inconsistent, MAX_VALUE_ELEMENTS, axesOf, axisOf, elements, ofRank, tensor, withDim, withoutValue } from '../facts';
import type { Shape } from '../facts';
import * as v from '../values';

/** What a slice takes of one axis: the first position, the step and the number of positions. */
interface Cut {
  readonly start: number;
  readonly step: number;
  readonly size: number;
}

/** From here on an end means "to the end" whatever the size. */
const TO_THE_END = 2 ** 31 - 1;

function cutOf(size: number, start: number, end: number, step: number): Cut {
  if (step === 0) throw new Inconsistent('a step of 0');
  const clamp = (position: number, low: number, high: number): number => Math.min(Math.max(position < 0 ? position + size : position, low), high);
  const first = step > 0 ? clamp(start, 0, size) : clamp(start, 0, size - 1);
  // The largest integer means "to the end", which for a negative step is the front.
  const open = end === TO_THE_END || end >= 2 ** 63;
  const last = step > 0 ? clamp(end, 0, size) : open ? -1 : clamp(end, -1, size - 1);
  return { start: first, step, size: Math.max(0, Math.ceil((last - first) / step)) };
}

const slice: Rule = (c) => {
  const x = input(c, 0);
  if (x.shape === undefined) return [tensor(x.elementType, undefined)];
  const rank = x.shape.length;
  const [starts, ends] = [ints(c, 'starts') ?? valueOf(c, 1), ints(c, 'ends') ?? valueOf(c, 2)];
  const count = starts?.length ?? ends?.length ?? lengthOf(c, 1);
  const givenAxes = ints(c, 'axes') ?? (has(c, 3) ? numbersOf(c, 3) : undefined);
  if ((has(c, 3) && givenAxes === undefined) || count === undefined) return [tensor(x.elementType, x.shape.map((dim) => (dim === 0 ? 0 : null)))];
  if (count > rank) throw new Inconsistent(`${count} bounds for a tensor of rank ${rank}`);
  const axes = axesOf(givenAxes ?? Array.from({ length: count }, (_, axis) => axis), rank);
  const steps = has(c, 4) ? valueOf(c, 4) : new Array<Dim>(count).fill(1);
  const lengths = [starts, ends, steps].filter((list) => list !== undefined).map((list) => list.length);
  if (lengths.some((length) => length !== axes.length)) throw new Inconsistent(`${lengths.join(', ')} bounds for ${axes.length} axes`);
  const cuts = new Map<number, Cut | null>();
  const shape = x.shape.map((dim, axis) => {
    const at = axes.indexOf(axis);
    if (at < 0) return dim;
    const [start, end, step] = [starts?.[at] ?? null, ends?.[at] ?? null, steps?.[at] ?? null];
    if (typeof dim === 'number' && typeof start === 'number' && typeof end === 'number' && typeof step === 'number') {
      const cut = cutOf(dim, start, end, step);
      cuts.set(axis, cut);
      return cut.size;
    }
    cuts.set(axis, null);
    if (dim === 0) return 0;
    // The whole of a dimension that has no number yet.
    return start === 0 && step === 1 && ((typeof end === 'number' && end >= TO_THE_END) || (typeof end === 'string' && end === dim)) ? dim : null;
  });
  const known = v.smallKnown(x);
  const dims = v.smallShape(shape);
  if (known === undefined || dims === undefined || [...cuts.values()].includes(null)) return [tensor(x.elementType, shape)];
  const strides = v.stridesOf(known.dims);
  const position = (i: number, axis: number): number => {
    const cut = cuts.get(axis);
    return cut === undefined || cut === null ? i : cut.start + i * cut.step;
  };
  return [tensor(x.elementType, shape, v.gathered(dims, known.value, (index) => index.reduce((sum, i, axis) => sum + position(i, axis) * strides[axis]!, 0)))];
};

const wrapped = (index: number, size: number): number => {
  const positive = index < 0 ? index + size : index;
  if (positive < 0 || positive >= size) throw new Inconsistent(`index ${index} of ${size}`);
  return positive;
};

const gather: Rule = (c) => {
  const x = input(c, 0);
  const indices = shapeOf(c, 1);
  if (x.shape === undefined || indices === undefined) return [tensor(x.elementType, undefined)];
  const axis = axisOf(int(c, 'axis', 0), x.shape.length);
  const shape = [...x.shape.slice(0, axis), ...indices, ...x.shape.slice(axis + 1)];
  const [known, at] = [v.smallKnown(x), v.small(input(c, 1))];
  const dims = v.smallShape(shape);
  if (known === undefined || at === undefined || dims === undefined) return [tensor(x.elementType, shape)];
  const size = known.dims[axis]!;
  const inner = known.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = known.dims.slice(0, axis).reduce((a, b) => a * b, 1);
  const value: Dim[] = [];
  for (let o = 0; o < outer; o++) {
    for (const index of at.value) {
      for (let i = 0; i < inner; i++) value.push(typeof index === 'number' ? known.value[(o * size + wrapped(index, size)) * inner + i]! : null);
    }
  }
  return [tensor(x.elementType, shape, value)];
};

/** Like the indices; each index replaces the coordinate on one axis. */
const gatherElements: Rule = (c) => {
  const x = input(c, 0);
  const shape = shapeOf(c, 1);
  const [known, indices] = [v.smallKnown(x), numbersOf(c, 1)];
  const dims = v.smallShape(shape);
  if (known === undefined || indices === undefined || dims?.length !== known.dims.length) return [tensor(x.elementType, shape)];
  const axis = axisOf(int(c, 'axis', 0), dims.length);
  const strides = v.stridesOf(known.dims);
  let next = 0;
  const value = v.gathered(dims, known.value, (index) => {
    const chosen = wrapped(indices[next++]!, known.dims[axis]!);
    return index.reduce((sum, i, a) => sum + (a === axis ? chosen : i) * strides[a]!, 0);
  });
  return [tensor(x.elementType, shape, value)];
};

/** indices [batch..., outer..., k]: [batch..., outer..., rest of the data's axes]. */
const gatherND: Rule = (c) => {
  const x = input(c, 0);
  const indices = shapeOfAtLeast(c, 1, 1);
  const depth = indices?.at(-1);
  if (x.shape === undefined || indices === undefined || typeof depth !== 'number') return [tensor(x.elementType, undefined)];
  const batch = int(c, 'batch_dims', 0);
  if (batch < 0 || batch + depth > x.shape.length || batch >= indices.length) throw new Inconsistent(`indices of depth ${depth} after ${batch} batch axes for a tensor of rank ${x.shape.length}`);
  const shape = [...indices.slice(0, -1), ...x.shape.slice(batch + depth)];
  const [known, at] = [v.smallKnown(x), numbersOf(c, 1)];
  if (known === undefined || at === undefined || batch !== 0 || depth === 0) return [tensor(x.elementType, shape)];
  const strides = v.stridesOf(known.dims);
  const inner = known.dims.slice(depth).reduce((a, b) => a * b, 1);
  const value: Dim[] = [];
  for (let i = 0; i < at.length && value.length <= MAX_VALUE_ELEMENTS; i += depth) {
    let from = 0;
    for (let a = 0; a < depth; a++) from += wrapped(at[i + a]!, known.dims[a]!) * strides[a]!;
    value.push(...known.value.slice(from, from + inner));
  }
  return [tensor(x.elementType, shape, value)];
};

const scatterElements: Rule = (c) => {
  const x = input(c, 0);
  const [known, indices, updates] = [v.small(x), numbersOf(c, 1), v.small(input(c, 2))];
  const dims = v.smallShape(shapeOf(c, 1));
  if (known === undefined || indices === undefined || updates === undefined || dims?.length !== known.dims.length || text(c, 'reduction', 'none') !== 'none') return [withoutValue(x)];
  const axis = axisOf(int(c, 'axis', 0), dims.length);
  const strides = v.stridesOf(known.dims);
  const value = [...known.value];
  v.eachIndex(dims, (index, position) => {
    const chosen = wrapped(indices[position]!, known.dims[axis]!);
    value[index.reduce((sum, i, a) => sum + (a === axis ? chosen : i) * strides[a]!, 0)] = updates.value[position] ?? null;
  });
  return [tensor(x.elementType, x.shape, value)];
};

const scatterND: Rule = (c) => {
  const x = input(c, 0);
  const [known, indices, updates] = [v.small(x), numbersOf(c, 1), v.small(input(c, 2))];
  const depth = shapeOf(c, 1)?.at(-1);
  if (known === undefined || indices === undefined || updates === undefined || typeof depth !== 'number' || depth === 0 || depth > known.dims.length || text(c, 'reduction', 'none') !== 'none') {
    return [withoutValue(x)];
  }
  const strides = v.stridesOf(known.dims);
  const inner = known.dims.slice(depth).reduce((a, b) => a * b, 1);
  const value = [...known.value];
  for (let i = 0; i * depth < indices.length; i++) {
    let to = 0;
    for (let a = 0; a < depth; a++) to += wrapped(indices[i * depth + a]!, known.dims[a]!) * strides[a]!;
    for (let j = 0; j < inner; j++) value[to + j] = updates.value[i * inner + j] ?? null;
  }
  return [tensor(x.elementType, x.shape, value)];
};

/** Coordinates [rank, count] of what is not zero. */
const nonZero: Rule = (c) => {
  const x = input(c, 0);
  const numbers = numbersOf(c, 0);
  const dims = v.smallShape(x.shape);
  // A scalar counts as a vector of one element.
  const rank = x.shape === undefined ? null : Math.max(1, x.shape.length);
  if (numbers === undefined || dims === undefined || rank === null) return [tensor('int64', [rank, null])];
  const found: number[][] = [];
  v.eachIndex(dims.length === 0 ? [1] : dims, (index, position) => {
    if (numbers[position] !== 0) found.push([...index]);
  });
  return [tensor('int64', [rank, found.length], Array.from({ length: rank }, (_, axis) => found.map((index) => index[axis]!)).flat())];
};

const compress: Rule = (c) => {
  const x = input(c, 0);
  const chosen = numbersOf(c, 1);
  const axis = optionalInt(c, 'axis');
  const size = x.shape === undefined ? null : axis === undefined ? elements(x.shape) : x.shape[axisOf(axis, x.shape.length)]!;
  const count = chosen === undefined || typeof size !== 'number' ? null : chosen.slice(0, size).filter((flag) => flag !== 0).length;
  if (axis === undefined) return [tensor(x.elementType, [count])];
  return [tensor(x.elementType, x.shape === undefined ? undefined : withDim(x.shape, axisOf(axis, x.shape.length), count))];
};

const unique: Rule = (c) => {
  const x = input(c, 0);
  const axis = optionalInt(c, 'axis');
  const numbers = numbersOf(c, 0);
  const count = numbers !== undefined && (axis === undefined || x.shape?.length === 1) ? new Set(numbers).size : null;
  const inverse = x.shape === undefined ? null : axis === undefined ? elements(x.shape) : x.shape[axisOf(axis, x.shape.length)]!;
  const y = axis === undefined ? [count] : x.shape === undefined ? undefined : withDim(x.shape, axisOf(axis, x.shape.length), count);
  return [tensor(x.elementType, y), tensor('int64', [count]), tensor('int64', [inverse]), tensor('int64', [count])];
};

const topK: Rule = (c) => {
  const x = input(c, 0);
  if (x.shape === undefined) return [tensor(x.elementType, undefined), tensor('int64', undefined)];
  const axis = axisOf(int(c, 'axis', -1), x.shape.length);
  const k = optionalInt(c, 'k') ?? valueOf(c, 1)?.[0] ?? null;
  const size = x.shape[axis]!;
  if (typeof k === 'number' && typeof size === 'number' && k > size) throw new Inconsistent(`the first ${k} of ${size}`);
  const shape = withDim(x.shape, axis, k);
  return [tensor(x.elementType, shape), tensor('int64', shape)];
};

const oneHot: Rule = (c) => {
  const indices = shapeOf(c, 0);
  const depth = valueOf(c, 1)?.[0] ?? null;
  if (indices === undefined) return [tensor(typeOf(c, 2), undefined)];
  const axis = axisOf(int(c, 'axis', -1), indices.length + 1);
  return [tensor(typeOf(c, 2), [...indices.slice(0, axis), typeof depth === 'number' ? Math.trunc(depth) : depth, ...indices.slice(axis)])];
};

const constantOfShape: Rule = (c) => {
  const attribute = tensorAttribute(c, 'value');
  const fill = attribute === undefined ? { elementType: 'float32' as ElementType, value: [0] } : factOfTensor(attribute);
  const rank = lengthOf(c, 0);
  const shape = valueOf(c, 0) ?? (rank === undefined ? undefined : ofRank(rank));
  const dims = v.smallShape(shape);
  const value = dims === undefined || fill.value === undefined ? undefined : new Array<Dim>(dims.reduce((a, b) => a * b, 1)).fill(fill.value[0]!);
  return [tensor(fill.elementType, shape, value)];
};

const range: Rule = (c) => {
  const type = typeOf(c, 0) ?? typeOf(c, 1) ?? typeOf(c, 2);
  const [start, limit, delta] = [numberOf(c, 0), numberOf(c, 1), has(c, 2) ? numberOf(c, 2) : 1];
  if (start === undefined || limit === undefined || delta === undefined) {
    const end = valueOf(c, 1)?.[0] ?? null;
    return [tensor(type, [start === 0 && delta === 1 && typeof end === 'string' ? end : null])];
  }
  if (delta === 0) throw new Inconsistent('a step of 0');
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  // How a runtime sums up fractions is its own affair.
  const exact = Number.isInteger(start) && Number.isInteger(delta);
  const value = exact && count <= MAX_VALUE_ELEMENTS ? Array.from({ length: count }, (_, i) => v.store(start + i * delta, type)) : undefined;
  return [tensor(type, [count], value)];
};

const constant: Rule = (c) => {
  const value = tensorAttribute(c, 'value');
  if (value !== undefined) return [factOfTensor(value)];
  for (const [name, attribute] of c.node.attributes) {
    if (name === 'value_int' && attribute.kind === 'int') return [tensor('int64', [], [attribute.value])];
    if (name === 'value_float' && attribute.kind === 'float') return [tensor('float32', [], [attribute.value])];
    if (name === 'value_ints' && attribute.kind === 'ints') return [tensor('int64', [attribute.value.length], attribute.value)];
    if (name === 'value_floats' && attribute.kind === 'floats') return [tensor('float32', [attribute.value.length], attribute.value)];
    if (name === 'value_string') return [tensor('string', [])];
    if (name === 'value_strings' && attribute.kind === 'strings') return [tensor('string', [attribute.value.length])];
  }
  return [undefined];
};

const likeFirst: Rule = (c) => [withoutValue(input(c, 0))];

export const indexings: Rules = {
  Slice: slice,
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  Scatter: scatterElements,
  ScatterElements: scatterElements,
  ScatterND: scatterND,
  TensorScatter: likeFirst,
  NonZero: nonZero,
  Compress: compress,
  Unique: unique,
  TopK: topK,
  OneHot: oneHot,
  ConstantOfShape: constantOfShape,
  Range: range,
  Constant: constant,
  ReverseSequence: likeFirst,
  Trilu: likeFirst,
};

/** Rows of a block-quantised table, unpacked: the data's last axis holds two elements per byte if it is stored in bytes. */
const gatherBlockQuantized: Rule = (c) => {
  const [data, indices] = [shapeOfAtLeast(c, 0, 1), shapeOf(c, 1)];
  const type = typeOf(c, 2);
  if (data === undefined || indices === undefined) return [tensor(type, undefined)];
  const axis = axisOf(int(c, 'gather_axis', 0), data.length);
  const shape: Dim[] = [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
  if (typeOf(c, 0) !== 'uint4' && typeOf(c, 0) !== 'int4') {
    const last = shape.length - 1;
    const perByte = 8 / int(c, 'bits', 4);
    shape[last] = typeOf(c, 0) === 'uint8' && typeof shape[last] === 'number' ? shape[last] * perByte : null;
  }
  return [tensor(type, shape)];
};

export const microsoftIndexings: Rules = {
  GatherND: gatherND,
  GatherBlockQuantized: gatherBlockQuantized,
  Range: range,
  Unique: (c) => [tensor(typeOf(c, 0), [null]), tensor('int64', [elements(shapeOf(c, 0) ?? [null])]), tensor('int64', [null])],
  CropAndResize: (c) => cropAndResize(c),
};

/** X [N, C, H, W], rois [R, 4], crop size [height, width]: [R, C, height, width]. */
function cropAndResize(c: Context): readonly [ReturnType<typeof tensor>] {
  const size = valueOf(c, 3);
  const [x, rois]: (Shape | undefined)[] = [shapeOf(c, 0), shapeOf(c, 1)];
  return [tensor(typeOf(c, 0), [rois?.[0] ?? null, x?.[1] ?? null, size?.[0] ?? null, size?.[1] ?? null])];
}

