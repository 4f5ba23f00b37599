import type { ElementType } from './model';

/** Exponent and mantissa bits, bias, and what the all-ones exponent means, of floating-point types of 16 bits and less. */
interface SmallFloat {
  readonly exponent: number;
  readonly mantissa: number;
  readonly bias: number;
  /** 'ieee': infinities and NaNs; 'fn': only all ones is NaN; 'fnuz': only minus zero is NaN; 'finite': neither */
  readonly special: 'ieee' | 'fn' | 'fnuz' | 'finite';
}

const smallFloats: Partial<Record<ElementType, SmallFloat>> = {
  float16: { exponent: 5, mantissa: 10, bias: 15, special: 'ieee' },
  bfloat16: { exponent: 8, mantissa: 7, bias: 127, special: 'ieee' },
  float8e4m3fn: { exponent: 4, mantissa: 3, bias: 7, special: 'fn' },
  float8e4m3fnuz: { exponent: 4, mantissa: 3, bias: 8, special: 'fnuz' },
  float8e5m2: { exponent: 5, mantissa: 2, bias: 15, special: 'ieee' },
  float8e5m2fnuz: { exponent: 5, mantissa: 2, bias: 16, special: 'fnuz' },
  float4e2m1: { exponent: 2, mantissa: 1, bias: 1, special: 'finite' },
};

function smallFloat(pattern: number, { exponent, mantissa, bias, special }: SmallFloat): number {
  const sign = (pattern >> (exponent + mantissa)) & 1 ? -1 : 1;
  const e = (pattern >> mantissa) & ((1 << exponent) - 1);
  const m = pattern & ((1 << mantissa) - 1);
  const top = (1 << exponent) - 1;
  if (special === 'ieee' && e === top) return m === 0 ? sign * Infinity : NaN;
  if (special === 'fn' && e === top && m === (1 << mantissa) - 1) return NaN;
  if (special === 'fnuz' && sign < 0 && e === 0 && m === 0) return NaN;
  return e === 0 ? sign * m * 2 ** (1 - bias - mantissa) : sign * (m + (1 << mantissa)) * 2 ** (e - bias - mantissa);
}

/** The elements of `bits` bits (below 8), lowest bits first, as ONNX packs them. */
function unpack(bytes: Buffer, count: number, bits: number, signed: boolean): number[] {
  const values: number[] = [];
  for (let i = 0; i < count; i++) {
    const bit = i * bits;
    const pattern = (bytes[bit >> 3]! >> (bit & 7)) & ((1 << bits) - 1);
    values.push(signed && pattern >= 1 << (bits - 1) ? pattern - (1 << bits) : pattern);
  }
  return values;
}

/**
 * Elements from their little-endian bytes; 64-bit integers beyond 2^53 are rounded to the nearest double.
 * @param bytes at least as many as `count` elements take
 * @returns undefined for strings and complex numbers
 */
export function valuesFromBytes(type: ElementType, bytes: Buffer, count: number): number[] | undefined {
  const each = (stride: number, read: (offset: number) => number): number[] => Array.from({ length: count }, (_, i) => read(i * stride));
  const small = smallFloats[type];
  switch (type) {
    case 'float32': return each(4, (o) => bytes.readFloatLE(o));
    case 'float64': return each(8, (o) => bytes.readDoubleLE(o));
    case 'int8': return each(1, (o) => bytes.readInt8(o));
    case 'uint8': return each(1, (o) => bytes.readUInt8(o));
    case 'bool': return each(1, (o) => (bytes.readUInt8(o) === 0 ? 0 : 1));
    case 'int16': return each(2, (o) => bytes.readInt16LE(o));
    case 'uint16': return each(2, (o) => bytes.readUInt16LE(o));
    case 'int32': return each(4, (o) => bytes.readInt32LE(o));
    case 'uint32': return each(4, (o) => bytes.readUInt32LE(o));
    case 'int64': return each(8, (o) => Number(bytes.readBigInt64LE(o)));
    case 'uint64': return each(8, (o) => Number(bytes.readBigUInt64LE(o)));
    case 'float16': case 'bfloat16': return each(2, (o) => smallFloat(bytes.readUInt16LE(o), small!));
    case 'float8e4m3fn': case 'float8e4m3fnuz': case 'float8e5m2': case 'float8e5m2fnuz': return each(1, (o) => smallFloat(bytes.readUInt8(o), small!));
    // an exponent alone, biased by 127; all ones is NaN
    case 'float8e8m0': return each(1, (o) => (bytes.readUInt8(o) === 255 ? NaN : 2 ** (bytes.readUInt8(o) - 127)));
    case 'float4e2m1': return unpack(bytes, count, 4, false).map((pattern) => smallFloat(pattern, small!));
    case 'int4': return unpack(bytes, count, 4, true);
    case 'uint4': return unpack(bytes, count, 4, false);
    case 'int2': return unpack(bytes, count, 2, true);
    case 'uint2': return unpack(bytes, count, 2, false);
    case 'string': case 'complex64': case 'complex128': return undefined;
  }
}

/** How TensorProto's typed fields store an element type: in which field, and as what. */
export interface TypedField {
  readonly number: number;
  readonly storage: 'float' | 'double' | 'varint' | 'text';
  /** bytes of the element type that one entry of the field holds */
  readonly entryBytes: number;
}

const floatData: TypedField = { number: 4, storage: 'float', entryBytes: 4 };
const int32Data = (entryBytes: number): TypedField => ({ number: 5, storage: 'varint', entryBytes });
const doubleData: TypedField = { number: 10, storage: 'double', entryBytes: 8 };
const uint64Data = (entryBytes: number): TypedField => ({ number: 11, storage: 'varint', entryBytes });

/** Which typed field holds the payload of an element type, where there is no `raw_data` (onnx.proto, TensorProto). */
export function typedFieldOf(type: ElementType): TypedField {
  switch (type) {
    case 'float32': case 'complex64': return floatData;
    case 'float64': case 'complex128': return doubleData;
    case 'string': return { number: 6, storage: 'text', entryBytes: 0 };
    case 'int64': return { number: 7, storage: 'varint', entryBytes: 8 };
    case 'uint32': return uint64Data(4);
    case 'uint64': return uint64Data(8);
    case 'int32': return int32Data(4);
    case 'int16': case 'uint16': case 'float16': case 'bfloat16': return int32Data(2);
    default: return int32Data(1);
  }
}
