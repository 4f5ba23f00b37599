import type { ElementType } from './model';

/** TensorProto.DataType by number (onnx.proto, up to IR version 13); 0 is UNDEFINED. */
const names: readonly (ElementType | undefined)[] = [
  undefined, 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool', 'float16', 'float64', 'uint32', 'uint64',
  'complex64', 'complex128', 'bfloat16', 'float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'uint4', 'int4', 'float4e2m1',
  'float8e8m0', 'uint2', 'int2',
];

const bits: Readonly<Record<ElementType, number>> = {
  float32: 32, float16: 16, bfloat16: 16, float64: 64,
  int8: 8, int16: 16, int32: 32, int64: 64,
  uint8: 8, uint16: 16, uint32: 32, uint64: 64,
  bool: 8, string: 0, complex64: 64, complex128: 128,
  float8e4m3fn: 8, float8e4m3fnuz: 8, float8e5m2: 8, float8e5m2fnuz: 8, float8e8m0: 8,
  uint4: 4, int4: 4, float4e2m1: 4, uint2: 2, int2: 2,
};

/** The element type of a number of TensorProto.DataType; undefined for UNDEFINED and for numbers that are not known (yet). */
export const elementTypeOf = (dataType: number): ElementType | undefined => names[dataType];

/** The number of an element type in TensorProto.DataType. */
export const dataTypeOf = (type: ElementType): number => names.indexOf(type);

/** Bits of one element; types below 8 bits are packed. 0 for strings, whose length varies. */
export const elementBits = (type: ElementType): number => bits[type];

/** Bytes of so many elements as ONNX stores them. */
export const bytesOfElements = (type: ElementType, count: number): number => Math.ceil((count * bits[type]) / 8);
