import type { Dim, ElementType } from '../model';
import { Inconsistent, MAX_VALUE_ELEMENTS, elements } from './facts';
import type { Shape } from './facts';
import type { TensorFact } from './types';

/**
 * Arithmetic on the elements of small tensors: numbers as the element type holds them, symbols (dimensions not yet bound, never negative)
 * as long as nothing is done to them, null for everything else.
 */
export type UnaryValue = (x: Dim, type: ElementType | undefined) => Dim;
export type BinaryValue = (a: Dim, b: Dim, type: ElementType | undefined) => Dim;

const INTEGER_RANGES: Readonly<Partial<Record<ElementType, readonly [number, number]>>> = {
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-2147483648, 2147483647],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 4294967295],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  int4: [-8, 7],
  uint4: [0, 15],
};

export const isInteger = (type: ElementType | undefined): boolean => type !== undefined && INTEGER_RANGES[type] !== undefined;

/** The number as a computation in this type leaves it; null where it overflows, or where the rounding is not reproduced here. */
export function store(x: number, type: ElementType | undefined): Dim {
  if (type === undefined || Number.isNaN(x) || !Number.isFinite(x)) return null;
  const range = INTEGER_RANGES[type];
  // Integers have no minus zero.
  if (range !== undefined) return Number.isInteger(x) && x >= range[0] && x <= range[1] ? x + 0 : null;
  if (type === 'bool') return x === 0 ? 0 : 1;
  if (type === 'float64') return x;
  if (type === 'float32') return Math.fround(x);
  // Half precisions: integers that they hold exactly; how a kernel rounds the rest is its own affair.
  const exact = type === 'float16' ? 2048 : type === 'bfloat16' ? 256 : 0;
  return Number.isInteger(x) && Math.abs(x) <= exact ? x : null;
}

const unary =
  (f: (x: number) => number): UnaryValue =>
  (x, type) =>
    typeof x === 'number' ? store(f(x), type) : null;

export const negate = unary((x) => -x);
/** Symbols are sizes, so what leaves every non-negative integer as it is leaves them too. */
const keepingSymbols =
  (f: (x: number) => number): UnaryValue =>
  (x, type) =>
    typeof x === 'number' ? store(f(x), type) : x;

export const absolute = keepingSymbols(Math.abs);
export const relu = keepingSymbols((x) => Math.max(0, x));
export const floor = keepingSymbols(Math.floor);
export const ceil = keepingSymbols(Math.ceil);
export const round = keepingSymbols((x) => {
  const below = Math.floor(x);
  const rest = x - below;
  return rest < 0.5 ? below : rest > 0.5 ? below + 1 : below % 2 === 0 ? below : below + 1;
});
export const squareRoot = unary(Math.sqrt);
export const reciprocal = unary((x) => 1 / x);
export const sign = unary(Math.sign);
export const not: UnaryValue = (x) => (typeof x === 'number' ? (x === 0 ? 1 : 0) : null);

export const add: BinaryValue = (a, b, type) =>
  typeof a === 'number' && typeof b === 'number' ? store(a + b, type) : a === 0 ? b : b === 0 ? a : null;
export const subtract: BinaryValue = (a, b, type) =>
  typeof a === 'number' && typeof b === 'number' ? store(a - b, type) : b === 0 ? a : a !== null && a === b ? 0 : null;
export const multiply: BinaryValue = (a, b, type) => {
  if (typeof a === 'number' && typeof b === 'number') return store(a * b, type);
  if (isInteger(type) && (a === 0 || b === 0)) return 0;
  return a === 1 ? b : b === 1 ? a : null;
};
export const divide: BinaryValue = (a, b, type) => {
  if (typeof a !== 'number' || typeof b !== 'number') return b === 1 ? a : null;
  if (b === 0) return null;
  return store(isInteger(type) ? Math.trunc(a / b) : a / b, type);
};
/** The sign follows the divisor, as Python's does. */
export const modulo: BinaryValue = (a, b, type) => {
  if (typeof a !== 'number' || typeof b !== 'number') return b === 1 ? 0 : null;
  if (b === 0) return null;
  const rest = a % b;
  return store(rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest, type);
};
/** The sign follows the dividend, as C's does. */
export const remainder: BinaryValue = (a, b, type) => (typeof a === 'number' && typeof b === 'number' && b !== 0 ? store(a % b, type) : null);
export const power: BinaryValue = (a, b, type) => {
  if (typeof a !== 'number' || typeof b !== 'number') return b === 1 ? a : null;
  const result = a ** b;
  // Kernels differ in the last bit of fractions; whole powers of whole numbers are exact.
  return Number.isInteger(a) && Number.isInteger(b) && Number.isSafeInteger(result) ? store(result, type) : null;
};
export const least: BinaryValue = (a, b, type) => (typeof a === 'number' && typeof b === 'number' ? store(Math.min(a, b), type) : a === b ? a : null);
export const greatest: BinaryValue = (a, b, type) => {
  if (typeof a === 'number' && typeof b === 'number') return store(Math.max(a, b), type);
  if (typeof a === 'string' && typeof b === 'number' && b <= 0) return a;
  if (typeof b === 'string' && typeof a === 'number' && a <= 0) return b;
  return a === b ? a : null;
};

/** A symbol against a number: symbols are at least 0, so only comparisons with negative numbers are certain. */
function order(a: Dim, b: Dim): number | null {
  if (typeof a === 'number' && typeof b === 'number') {
    // Beyond 2^53 neighbouring 64-bit integers look alike.
    return a === b && Math.abs(a) > Number.MAX_SAFE_INTEGER ? null : Math.sign(a - b);
  }
  if (typeof a === 'string' && a === b) return 0;
  if (typeof a === 'string' && typeof b === 'number' && b < 0) return 1;
  if (typeof b === 'string' && typeof a === 'number' && a < 0) return -1;
  return null;
}
const comparison =
  (holds: (order: number) => boolean): BinaryValue =>
  (a, b) => {
    const o = order(a, b);
    return o === null ? null : holds(o) ? 1 : 0;
  };
export const equal = comparison((o) => o === 0);
export const less = comparison((o) => o < 0);
export const lessOrEqual = comparison((o) => o <= 0);
export const greater = comparison((o) => o > 0);
export const greaterOrEqual = comparison((o) => o >= 0);

export const and: BinaryValue = (a, b) => (a === 0 || b === 0 ? 0 : typeof a === 'number' && typeof b === 'number' ? 1 : null);
export const or: BinaryValue = (a, b) =>
  (typeof a === 'number' && a !== 0) || (typeof b === 'number' && b !== 0) ? 1 : a === 0 && b === 0 ? 0 : null;
export const xor: BinaryValue = (a, b) => (typeof a === 'number' && typeof b === 'number' ? ((a !== 0) !== (b !== 0) ? 1 : 0) : null);

/** A number of one type as another type takes it over. */
export function convert(x: Dim, from: ElementType | undefined, to: ElementType | undefined): Dim {
  if (from === undefined || to === undefined || to === 'string' || from === 'string') return null;
  if (typeof x !== 'number') return to === 'bool' ? null : x;
  if (from === to) return x;
  // 64-bit values that doubles do not hold exactly are only ever bounds ("to the end"): they survive between 64-bit integers alone.
  if (isInteger(to)) return store(Math.trunc(x), to);
  return store(x, to);
}

/** Row-major strides of a shape of numbers. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length);
  let stride = 1;
  for (let i = dims.length - 1; i >= 0; i--) {
    strides[i] = stride;
    stride *= dims[i]!;
  }
  return strides;
}

/** The shape as numbers, if all are and the tensor is small enough for values. */
export function smallShape(shape: Shape | undefined): readonly number[] | undefined {
  if (shape === undefined) return undefined;
  const count = elements(shape);
  if (count === null || count > MAX_VALUE_ELEMENTS) return undefined;
  // An empty tensor may have huge sizes beside its 0: loops over them would not end.
  if (!shape.every((dim) => Number.isSafeInteger(dim) && (dim as number) >= 0 && (dim as number) <= MAX_VALUE_ELEMENTS)) return undefined;
  return shape as readonly number[];
}

/** Calls `visit` with every index of a small shape in row-major order. The index array is reused. */
export function eachIndex(dims: readonly number[], visit: (index: readonly number[], position: number) => void): void {
  const count = dims.reduce((a, b) => a * b, 1);
  if (count > MAX_VALUE_ELEMENTS) throw new Inconsistent('too many elements to follow');
  const index = new Array<number>(dims.length).fill(0);
  for (let position = 0; position < count; position++) {
    visit(index, position);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Elements of a tensor made by picking each of its elements from a source: `pick` gives the position in row-major order. */
export function gathered(dims: readonly number[], source: readonly Dim[], pick: (index: readonly number[]) => number): Dim[] {
  const result: Dim[] = [];
  eachIndex(dims, (index) => {
    const position = pick(index);
    if (!(position >= 0 && position < source.length)) throw new Inconsistent('an index out of range');
    result.push(source[position]!);
  });
  return result;
}

/** Position, in a tensor that is broadcast to a larger shape, of the element at an index of the larger shape. */
export function broadcastPosition(dims: readonly number[], index: readonly number[]): number {
  const offset = index.length - dims.length;
  let position = 0;
  for (let axis = 0; axis < dims.length; axis++) position = position * dims[axis]! + (dims[axis] === 1 ? 0 : index[offset + axis]!);
  return position;
}

/** A small tensor with its elements. */
export interface Known {
  readonly dims: readonly number[];
  readonly value: readonly Dim[];
}

/** The tensor with its elements if its shape is known and small; elements that are not known are null. */
export function small(fact: TensorFact): Known | undefined {
  const dims = smallShape(fact.shape);
  if (dims === undefined) return undefined;
  return { dims, value: fact.value ?? new Array<Dim>(dims.reduce((a, b) => a * b, 1)).fill(null) };
}

/** As `small`, but undefined where no element is known. */
export const smallKnown = (fact: TensorFact): Known | undefined => (fact.value === undefined && fact.shape?.includes(0) !== true ? undefined : small(fact));

/** Elements of an elementwise operation on tensors that are broadcast against each other; undefined where they cannot be followed. */
export function combined(operands: readonly (Known | undefined)[], shape: Shape | undefined, f: (values: readonly Dim[]) => Dim): Dim[] | undefined {
  const dims = smallShape(shape);
  if (dims === undefined || operands.some((operand) => operand === undefined)) return undefined;
  const result: Dim[] = [];
  eachIndex(dims, (index) => {
    result.push(f(operands.map((operand) => operand!.value[broadcastPosition(operand!.dims, index)] ?? null)));
  });
  return result;
}
