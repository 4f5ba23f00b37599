import type { TensorDifference } from './child/tasks';
import type { HostTensor } from './hostTensor';

type Difference = Pick<TensorDifference, 'type' | 'dims' | 'identical' | 'equal' | 'largest' | 'relative'>;

/**
 * Compares a tensor with what it should be.
 *
 * @param tolerance largest difference that counts as equal, as a share of the largest finite magnitude in `expected`; 0 asks for the same bytes
 */
export function compareTensors(expected: HostTensor, given: HostTensor, tolerance: number): Difference {
  const { type, dims } = given;
  const result = (rest: Omit<Difference, 'type' | 'dims'>): Difference => ({ type, dims, ...rest });
  const unlike = result({ identical: false, equal: false, largest: null, relative: null });
  if (type !== expected.type || dims.join() !== expected.dims.join()) return unlike;
  if (!Buffer.isBuffer(expected.data) || !Buffer.isBuffer(given.data)) {
    const same = (expected.data as readonly string[]).every((text, i) => text === given.data[i]);
    return same ? result({ identical: true, equal: true, largest: 0, relative: 0 }) : unlike;
  }
  if (expected.data.equals(given.data)) return result({ identical: true, equal: true, largest: 0, relative: 0 });
  const before = numbersOf(expected), after = numbersOf(given);
  let largest = 0, magnitude = 0;
  for (let i = 0; i < before.length; i++) {
    const a = before[i]!, b = after[i]!;
    if (Number.isFinite(a)) magnitude = Math.max(magnitude, Math.abs(a));
    if (Object.is(a, b) || a === b) continue;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return unlike;
    largest = Math.max(largest, Math.abs(a - b));
  }
  const relative = magnitude > 0 ? largest / magnitude : largest;
  return result({ identical: false, equal: tolerance > 0 && relative <= tolerance, largest, relative });
}

/** The elements as doubles; 64-bit integers are rounded. */
function numbersOf({ type, data }: HostTensor): ArrayLike<number> {
  const { buffer, byteOffset, byteLength } = Buffer.from(data as Buffer);
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
  switch (type) {
    case 'float32': return new Float32Array(bytes);
    case 'float64': return new Float64Array(bytes);
    case 'float16': return Float64Array.from(new Uint16Array(bytes), halfValue);
    case 'int8': return new Int8Array(bytes);
    case 'int16': return new Int16Array(bytes);
    case 'int32': return new Int32Array(bytes);
    case 'int64': return Float64Array.from(new BigInt64Array(bytes), Number);
    case 'uint16': return new Uint16Array(bytes);
    case 'uint32': return new Uint32Array(bytes);
    case 'uint64': return Float64Array.from(new BigUint64Array(bytes), Number);
    default: return new Uint8Array(bytes);
  }
}

/** The number of half-precision bits (IEEE 754 binary16). */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}
