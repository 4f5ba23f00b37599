import { elementTypeOf } from '../elementTypes';
import type { Dim, ElementType, OnnxGraph, OnnxNode, TensorRef } from '../model';
import { Inconsistent, UNKNOWN, ofRank, tensor } from './facts';
import type { Shape } from './facts';
import type { TensorFact } from './types';

/** What inferring a body gives. */
export interface BodyFacts {
  readonly outputs: readonly TensorFact[];
  /** a node of the body contradicts its inputs: run on these shapes, the body would fail */
  readonly fails: boolean;
}

/** What a rule sees: one node and what is known of its inputs. */
export interface Context {
  readonly node: OnnxNode;
  /** version of the node's own domain */
  readonly opset: number;
  /** undefined marks an omitted optional input */
  readonly inputs: readonly (TensorFact | undefined)[];
  /** infers a body of the node from facts of its inputs, in order */
  readonly inferBody: (body: OnnxGraph, inputs: readonly TensorFact[]) => BodyFacts;
  readonly warn: (message: string) => void;
}

/**
 * Facts of a node's outputs, in order; what is left out or undefined is unknown.
 * May throw Inconsistent (or anything else that malformed attributes provoke): the outputs are then unknown and the user is warned.
 */
export type Rule = (c: Context) => readonly (TensorFact | undefined)[];
export type Rules = Readonly<Record<string, Rule>>;

export const has = (c: Context, i: number): boolean => c.inputs[i] !== undefined;
/** Fact of an input; unknown if it is omitted. */
export const input = (c: Context, i: number): TensorFact => c.inputs[i] ?? UNKNOWN;
export const typeOf = (c: Context, i: number): ElementType | undefined => input(c, i).elementType;
export const shapeOf = (c: Context, i: number): Shape | undefined => input(c, i).shape;

/** Shape of an input that must have this rank; of unknown dimensions if its rank is not known. */
export function shapeOfRank(c: Context, i: number, rank: number): Shape {
  const shape = shapeOf(c, i);
  if (shape === undefined) return ofRank(rank);
  if (shape.length !== rank) throw new Inconsistent(`input ${i} has rank ${shape.length}, not ${rank}`);
  return shape;
}

/** Shape of an input of at least this rank, or undefined. */
export function shapeOfAtLeast(c: Context, i: number, rank: number): Shape | undefined {
  const shape = shapeOf(c, i);
  if (shape !== undefined && shape.length < rank) throw new Inconsistent(`input ${i} has rank ${shape.length}, less than ${rank}`);
  return shape;
}

/** Values of an input, as far as each is known; undefined where none is. An empty tensor has the empty value. */
export function valueOf(c: Context, i: number): readonly Dim[] | undefined {
  const fact = input(c, i);
  return fact.value ?? (fact.shape?.some((dim) => dim === 0) === true ? [] : undefined);
}

/** Values of an input if all of them are known numbers. */
export function numbersOf(c: Context, i: number): readonly number[] | undefined {
  const value = valueOf(c, i);
  return value?.every((x) => typeof x === 'number') === true ? (value as readonly number[]) : undefined;
}

/** The only element of an input, if it is known. */
export function numberOf(c: Context, i: number): number | undefined {
  const value = numbersOf(c, i);
  return value?.length === 1 ? value[0] : undefined;
}

/** Number of elements of an input that is a vector; undefined if that is not known. */
export function lengthOf(c: Context, i: number): number | undefined {
  const shape = shapeOf(c, i);
  if (shape === undefined) return undefined;
  if (shape.length > 1) throw new Inconsistent(`input ${i} is no vector`);
  const length = shape.length === 0 ? 1 : shape[0];
  return typeof length === 'number' ? length : undefined;
}

function malformed(c: Context, name: string): never {
  throw new Inconsistent(`attribute ${name} is of kind ${c.node.attributes.get(name)?.kind ?? 'none'}`);
}

export const hasAttribute = (c: Context, name: string): boolean => c.node.attributes.has(name);

export function optionalInt(c: Context, name: string): number | undefined {
  const attribute = c.node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === 'int' ? attribute.value : malformed(c, name);
}

export const int = (c: Context, name: string, absent: number): number => optionalInt(c, name) ?? absent;

/** An attribute that the operator cannot do without. */
export function requiredInt(c: Context, name: string): number {
  return optionalInt(c, name) ?? malformed(c, name);
}

export function ints(c: Context, name: string): readonly number[] | undefined {
  const attribute = c.node.attributes.get(name);
  if (attribute === undefined) return undefined;
  // An empty list carries no kind of its own in some writers.
  if (attribute.kind === 'ints' || ((attribute.kind === 'floats' || attribute.kind === 'strings') && attribute.value.length === 0)) return attribute.value as readonly number[];
  return malformed(c, name);
}

export function floats(c: Context, name: string): readonly number[] | undefined {
  const attribute = c.node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === 'floats' || attribute.kind === 'ints' ? attribute.value : malformed(c, name);
}

export function float(c: Context, name: string): number | undefined {
  const attribute = c.node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === 'float' || attribute.kind === 'int' ? attribute.value : malformed(c, name);
}

export function text(c: Context, name: string, absent: string): string {
  const attribute = c.node.attributes.get(name);
  if (attribute === undefined) return absent;
  return attribute.kind === 'string' ? attribute.value : malformed(c, name);
}

export function tensorAttribute(c: Context, name: string): TensorRef | undefined {
  const attribute = c.node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return attribute.kind === 'tensor' ? attribute.value : malformed(c, name);
}

export function graphAttribute(c: Context, name: string): OnnxGraph {
  const attribute = c.node.attributes.get(name);
  return attribute?.kind === 'graph' ? attribute.value : malformed(c, name);
}

/** Number of entries of a list attribute; undefined if it is absent. */
export function countOf(c: Context, name: string): number | undefined {
  const attribute = c.node.attributes.get(name);
  return attribute !== undefined && (attribute.kind === 'ints' || attribute.kind === 'floats' || attribute.kind === 'strings') ? attribute.value.length : undefined;
}

/** The element type that an attribute names by its number; `absent` if the attribute is absent or 0. */
export function typeAttribute(c: Context, name: string, absent: ElementType | undefined): ElementType | undefined {
  const number = optionalInt(c, name);
  return number === undefined || number === 0 ? absent : elementTypeOf(number);
}

/** Fact of a constant tensor. */
export function factOfTensor(ref: TensorRef): TensorFact {
  return tensor(ref.elementType, ref.dims, ref.values);
}
