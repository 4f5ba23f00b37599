import { declaredShape } from '../onnx/shapes/freeDimensions';
import type { Dim, ElementType, ValueInfo } from '../onnx/model';
import { quote } from '../onnx/quote';
import { UserError } from '../shared/userError';
import { isCarried, type HostTensor } from './hostTensor';

/**
 * The shape of an input with its dimensions bound.
 *
 * @param bound sizes by symbol; a dimension without a name is `<input>.<axis>`
 * @throws UserError naming the dimensions that are not bound, or if the input is no tensor that can be fed
 */
export function boundInput(subject: string, { name, type }: ValueInfo, bound: Readonly<Record<string, number>>): { readonly type: ElementType; readonly dims: readonly number[] } {
  if (type.kind !== 'tensor') throw new UserError(subject, `its input ${quote(name)} is of the kind ${type.kind}, which ONNX Runtime takes from no JavaScript program.`);
  if (!isCarried(type.elementType)) throw new UserError(subject, `its input ${quote(name)} has the element type ${type.elementType ?? 'unknown'}, which ONNX Runtime takes from no JavaScript program.`);
  if (type.shape === undefined) throw new UserError(subject, `its input ${quote(name)} states no shape.`, 'Give the inputs as files, or state the shape in the model.');
  const dims = declaredShape(name, type.shape).map((dim): Dim => (typeof dim === 'string' && Object.hasOwn(bound, dim) ? bound[dim]! : dim));
  const free = dims.filter((dim): dim is string => typeof dim === 'string');
  if (free.length > 0) throw new UserError(subject, `its input ${quote(name)} has the dimension ${free.map(quote).join(', ')}, which no number is bound to.`, `Bind it: --bind ${free[0]}=1.`);
  return { type: type.elementType, dims: dims as number[] };
}

/** More elements of one input than anyone feeds: a binding with a digit too many. */
const MOST_ELEMENTS = 2 ** 31;

/**
 * A tensor of random elements: floating-point numbers in [-1, 1), whole ones 0 or 1 (valid as indices, masks and flags alike), short texts.
 *
 * @throws UserError if it would have more elements than memory holds
 */
export function randomTensor(subject: string, type: ElementType, dims: readonly number[], next: () => number): HostTensor {
  const count = elements(subject, dims);
  return filled(type, dims, count, () => (isFloat(type) ? next() * 2 - 1 : next() < 0.5 ? 0 : 1));
}

/** A tensor that holds one number everywhere. @throws UserError as `randomTensor`, or if the type holds no such number */
export function constantTensor(subject: string, type: ElementType, dims: readonly number[], value: number): HostTensor {
  if (!isFloat(type) && type !== 'string' && !Number.isSafeInteger(value)) throw new UserError(subject, `${value} is no value of the type ${type}.`, 'Give a whole number.');
  return filled(type, dims, elements(subject, dims), () => value);
}

/** A tensor of these elements, in row-major order. @throws UserError if there are not as many as the dims say */
export function tensorOfValues(subject: string, type: ElementType, dims: readonly number[], values: readonly (number | string | boolean)[]): HostTensor {
  const count = elements(subject, dims);
  if (values.length !== count) throw new UserError(subject, `has ${values.length} elements where ${dims.join(' x ') || 'one'} says ${count}.`);
  if (type === 'string') return { type, dims, data: values.map(String) };
  let at = 0;
  return filled(type, dims, count, () => {
    const value = values[at++]!;
    const number = Number(value);
    if (typeof value === 'string' || (!isFloat(type) && !Number.isInteger(number))) throw new UserError(subject, `${JSON.stringify(value)} is no element of the type ${type}.`);
    return number;
  });
}

const isFloat = (type: ElementType): boolean => type.startsWith('float');

function elements(subject: string, dims: readonly number[]): number {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count > MOST_ELEMENTS) throw new UserError(subject, `would have ${count} elements.`, 'Bind its dimensions to smaller numbers.');
  return count;
}

function filled(type: ElementType, dims: readonly number[], count: number, element: () => number): HostTensor {
  if (type === 'string') return { type, dims, data: Array.from({ length: count }, () => `text ${element()}`) };
  const values = { length: count };
  const array = ((): NodeJS.TypedArray => {
    switch (type) {
      case 'float32': return Float32Array.from(values, element);
      case 'float64': return Float64Array.from(values, element);
      case 'float16': return Uint16Array.from(values, () => halfBits(element()));
      case 'int8': return Int8Array.from(values, element);
      case 'int16': return Int16Array.from(values, element);
      case 'int32': return Int32Array.from(values, element);
      case 'uint8': case 'bool': return Uint8Array.from(values, element);
      case 'uint16': return Uint16Array.from(values, element);
      case 'uint32': return Uint32Array.from(values, element);
      case 'int64': return BigInt64Array.from(values as ArrayLike<bigint>, () => BigInt(element()));
      case 'uint64': return BigUint64Array.from(values as ArrayLike<bigint>, () => BigInt(element()));
      default: throw new TypeError(`no tensors of ${type}`);
    }
  })();
  return { type, dims, data: Buffer.from(array.buffer, array.byteOffset, array.byteLength) };
}

/** The bits of the half-precision number nearest to a number, ties to even (IEEE 754 binary16). */
export function halfBits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(size || Number.MIN_VALUE)));
  const scaled = size / 2 ** (exponent - 10);
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
  // a mantissa that rounds up to the next power of two carries into the exponent by itself
  return sign | (rounded < 1024 ? rounded : ((exponent + 14) << 10) + rounded);
}
