import type { Dim, ElementType } from '../model';
import type { TensorFact } from './types';

/** The dimensions of a tensor, outermost first. */
export type Shape = readonly Dim[];

/** Values are followed only through tensors of at most this many elements. */
export const MAX_VALUE_ELEMENTS = 1024;

/** No operator makes tensors of higher rank than this; what claims to is malformed. */
export const MAX_RANK = 64;

/** A tensor of which nothing is known. */
export const UNKNOWN: TensorFact = { kind: 'tensor', elementType: undefined, shape: undefined };

/** Thrown by rules where a node contradicts its inputs or its own attributes; the node's outputs are then unknown. */
export class Inconsistent extends Error {
  override readonly name = 'Inconsistent';
}

/** A tensor's fact; the value is kept only where it fits the shape and is small, the shape only where its rank is sane. */
export function tensor(elementType: ElementType | undefined, shape: Shape | undefined, value?: readonly Dim[]): TensorFact {
  if (shape === undefined) return { kind: 'tensor', elementType, shape };
  if (shape.length > MAX_RANK) throw new Inconsistent(`a tensor of rank ${shape.length}`);
  const checked = shape.every(isSound) ? shape : shape.map((dim) => (isSound(dim) ? dim : soundOrThrow(dim)));
  if (value === undefined || value.length > MAX_VALUE_ELEMENTS || elements(checked) !== value.length || !value.some((x) => x !== null)) {
    return { kind: 'tensor', elementType, shape: checked };
  }
  return { kind: 'tensor', elementType, shape: checked, value };
}

const isSound = (dim: Dim): boolean => typeof dim !== 'number' || (dim >= 0 && Number.isSafeInteger(dim));

function soundOrThrow(dim: Dim): Dim {
  if (typeof dim === 'number' && dim < 0) throw new Inconsistent(`a dimension of ${dim}`);
  return null;
}

/** Scalar of a known type, with its value if that is known. */
export const scalar = (elementType: ElementType | undefined, value: Dim = null): TensorFact => tensor(elementType, [], [value]);

/** A vector of 64-bit integers with the values given. */
export const vector = (value: readonly Dim[]): TensorFact => tensor('int64', [value.length], value);

/** The fact without its value: the same type and shape, other contents. */
export function withoutValue(fact: TensorFact): TensorFact {
  return fact.value === undefined ? fact : { kind: fact.kind, elementType: fact.elementType, shape: fact.shape };
}

/** The same contents under another shape. */
export const reshaped = (fact: TensorFact, shape: Shape | undefined): TensorFact => tensor(fact.elementType, shape, fact.value);

/** A shape of which only the rank is known. */
export const ofRank = (rank: number): Dim[] => {
  if (!(rank >= 0 && rank <= MAX_RANK)) throw new Inconsistent(`a tensor of rank ${rank}`);
  return new Array<Dim>(rank).fill(null);
};

/** Number of elements, or null if a dimension is not a number. */
export function elements(shape: Shape): number | null {
  let product = 1;
  let open = false;
  for (const dim of shape) {
    if (dim === 0) return 0;
    if (typeof dim !== 'number') open = true;
    else product *= dim;
  }
  return open || !Number.isSafeInteger(product) ? null : product;
}

export const plus = (a: Dim, b: Dim): Dim =>
  typeof a === 'number' && typeof b === 'number' ? safe(a + b) : a === 0 ? b : b === 0 ? a : null;

export const minus = (a: Dim, b: Dim): Dim =>
  typeof a === 'number' && typeof b === 'number' ? safe(a - b) : b === 0 ? a : a !== null && a === b ? 0 : null;

export const times = (a: Dim, b: Dim): Dim =>
  typeof a === 'number' && typeof b === 'number' ? safe(a * b) : a === 0 || b === 0 ? 0 : a === 1 ? b : b === 1 ? a : null;

/** a / b where b is known to divide a; throws where it does not. */
export function exactQuotient(a: Dim, b: Dim): Dim {
  if (typeof a === 'number' && typeof b === 'number') {
    if (b === 0 || a % b !== 0) throw new Inconsistent(`${a} is not divisible by ${b}`);
    return a / b;
  }
  return b === 1 ? a : null;
}

const safe = (x: number): Dim => (Number.isSafeInteger(x) ? x : null);

/** Product of dimensions; 1 for none. */
export const productOf = (dims: Shape): Dim => dims.reduce<Dim>(times, 1);

/** What is known of a dimension that two sources describe; throws if they contradict each other. */
export function agree(a: Dim, b: Dim, what: string): Dim {
  if (typeof a === 'number' && typeof b === 'number') {
    if (a !== b) throw new Inconsistent(`${what}: ${a} and ${b} differ`);
    return a;
  }
  return typeof a === 'number' ? a : typeof b === 'number' ? b : (a ?? b);
}

/** What holds of a dimension that is either of two. */
export const either = (a: Dim, b: Dim): Dim => (a === b ? a : null);

/** What holds of a tensor that is either of two, as at the end of two branches. */
export function eitherFact(a: TensorFact, b: TensorFact): TensorFact {
  if (a === b) return a;
  const elementType = a.elementType === b.elementType ? a.elementType : undefined;
  const shape = a.shape !== undefined && b.shape !== undefined && a.shape.length === b.shape.length ? a.shape.map((dim, i) => either(dim, b.shape![i]!)) : undefined;
  const kind = a.kind === b.kind ? a.kind : 'tensor';
  if (kind !== 'tensor') return { kind, elementType, shape };
  const value = a.value !== undefined && b.value !== undefined && a.value.length === b.value.length ? a.value.map((x, i) => either(x, b.value![i]!)) : undefined;
  return tensor(elementType, shape, value);
}

/** The axis counted from the front. */
export function axisOf(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(positive) || positive < 0 || positive >= rank) throw new Inconsistent(`axis ${axis} of a tensor of rank ${rank}`);
  return positive;
}

/** Axes counted from the front; throws where one is named twice. */
export function axesOf(axes: readonly number[], rank: number): number[] {
  if (axes.length > MAX_RANK) throw new Inconsistent(`${axes.length} axes`);
  const positive = axes.map((axis) => axisOf(axis, rank));
  if (new Set(positive).size !== positive.length) throw new Inconsistent(`axes [${axes.join(', ')}] name one axis twice`);
  return positive;
}

/**
 * One dimension of a broadcast. A symbol or an unknown meeting a number above 1 gives the number, since it must be 1 or the same;
 * two different symbols give an unknown, since either may be 1.
 */
function broadcastDim(a: Dim, b: Dim): Dim {
  if (a === b) return a;
  if (a === 1) return b;
  if (b === 1) return a;
  if (typeof a === 'number' && typeof b === 'number') throw new Inconsistent(`dimensions ${a} and ${b} do not broadcast`);
  return typeof a === 'number' ? a : typeof b === 'number' ? b : null;
}

/** Multidirectional broadcasting (numpy's rules); undefined where a rank is unknown. */
export function broadcast(...shapes: readonly (Shape | undefined)[]): Shape | undefined {
  let result: Shape = [];
  for (const shape of shapes) {
    if (shape === undefined) return undefined;
    const rank = Math.max(result.length, shape.length);
    const before = result;
    result = before.length === 0 ? shape : Array.from({ length: rank }, (_, i) => broadcastDim(dimFromEnd(before, rank - i), dimFromEnd(shape, rank - i)));
  }
  return result;
}

const dimFromEnd = (shape: Shape, fromEnd: number): Dim => (fromEnd > shape.length ? 1 : shape[shape.length - fromEnd]!);

/** The shape with one dimension replaced. */
export function withDim(shape: Shape, axis: number, dim: Dim): Dim[] {
  const result = [...shape];
  result[axis] = dim;
  return result;
}

/** True if every part of the fact is a plain number or a name: nothing is left to be bound or found out. */
export const isComplete = (fact: TensorFact): boolean =>
  fact.elementType !== undefined && fact.shape !== undefined && fact.shape.every((dim) => typeof dim === 'number');
