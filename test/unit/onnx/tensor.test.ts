import fc from 'fast-check';
import { onnx } from 'onnx-proto';
import { truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesOfElements, dataTypeOf, elementTypeOf } from '../../../src/onnx/elementTypes';
import type { ElementType, OnnxModel, TensorRef } from '../../../src/onnx/model';
import { readModel } from '../../../src/onnx/readModel';
import { readTensor } from '../../../src/onnx/readTensor';
import { UserError } from '../../../src/shared/userError';
import { bytesField, encodeModel, encodeRawModel, externalTensor, graph, node, tensor, valueInfo, varint, varintField } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
let files = 0;
const relu = graph({ nodes: [node('Relu', ['x'], ['y'])], inputs: [valueInfo('x')], outputs: [valueInfo('y')] });

/** The model with this one initializer, named w. */
function read(proto: onnx.ITensorProto | Buffer): { model: OnnxModel; w: TensorRef } {
  const bytes = Buffer.isBuffer(proto)
    ? encodeRawModel(Buffer.concat([onnx.GraphProto.encode(relu).finish(), bytesField(5, proto)]))
    : encodeModel({ ...relu, initializer: [proto] });
  const model = readModel(folder.save(`t${files++}.onnx`, bytes));
  return { model, w: model.graph.initializers.get('w')! };
}
const rawTensor = (type: ElementType, dims: readonly number[], hex: string): onnx.ITensorProto => ({ name: 'w', dataType: dataTypeOf(type), dims: [...dims], rawData: Buffer.from(hex, 'hex') });

/** Numbers of onnx.proto's TensorProto.DataType, written down once more so that a slip in the table shows. */
const numbers: Readonly<Record<number, ElementType>> = {
  1: 'float32', 2: 'uint8', 3: 'int8', 4: 'uint16', 5: 'int16', 6: 'int32', 7: 'int64', 8: 'string', 9: 'bool', 10: 'float16', 11: 'float64', 12: 'uint32', 13: 'uint64', 14: 'complex64', 15: 'complex128',
  16: 'bfloat16', 17: 'float8e4m3fn', 18: 'float8e4m3fnuz', 19: 'float8e5m2', 20: 'float8e5m2fnuz', 21: 'uint4', 22: 'int4', 23: 'float4e2m1', 24: 'float8e8m0', 25: 'uint2', 26: 'int2',
};

describe('element types', () => {
  it('have the numbers of onnx.proto', () => {
    for (const [number, type] of Object.entries(numbers)) {
      expect(elementTypeOf(Number(number))).toBe(type);
      expect(dataTypeOf(type)).toBe(Number(number));
    }
    for (const unknown of [0, 27, -1, 1.5, 2 ** 40]) expect(elementTypeOf(unknown)).toBeUndefined();
    const known = onnx.TensorProto.DataType as unknown as Record<string, number>;
    expect(known['BFLOAT16']).toBe(dataTypeOf('bfloat16'));
    expect(known['COMPLEX128']).toBe(dataTypeOf('complex128'));
  });
  it('below 8 bits are packed', () => {
    expect(bytesOfElements('int4', 5)).toBe(3);
    expect(bytesOfElements('uint2', 5)).toBe(2);
    expect(bytesOfElements('float16', 5)).toBe(10);
    expect(bytesOfElements('complex128', 2)).toBe(32);
  });
});

describe('values from raw data', () => {
  it.each<[ElementType, string, number[]]>([
    ['float32', '0000803f000020c1', [1, -10]],
    ['float64', '000000000000f03f00000000000000c0', [1, -2]],
    ['float16', '003c00c0ff7b0100007c00fc007e', [1, -2, 65504, 2 ** -24, Infinity, -Infinity, NaN]],
    ['bfloat16', '803f00c04049807f', [1, -2, 786432, Infinity]],
    ['int8', 'ff7f80', [-1, 127, -128]],
    ['uint8', 'ff7f80', [255, 127, 128]],
    ['bool', '000105', [0, 1, 1]],
    ['int16', 'ffff0080', [-1, -32768]],
    ['uint16', 'ffff0080', [65535, 32768]],
    ['int32', 'ffffffff00000080', [-1, -(2 ** 31)]],
    ['uint32', 'ffffffff00000080', [2 ** 32 - 1, 2 ** 31]],
    ['int64', 'ffffffffffffffff0000000000000080', [-1, -(2 ** 63)]],
    ['uint64', 'ffffffffffffffff0100000000000000', [2 ** 64, 1]],
    // the examples and extremes of the ONNX documents "Float stored in 8 bits" and "Float stored in 4 bits"
    ['float8e4m3fn', '387e7fffb801', [1, 448, NaN, NaN, -1, 2 ** -9]],
    ['float8e4m3fnuz', '407f80c001', [1, 240, NaN, -1, 2 ** -10]],
    ['float8e5m2', '3c7b7c7ebc01', [1, 57344, Infinity, NaN, -1, 2 ** -16]],
    ['float8e5m2fnuz', '407f80c001', [1, 57344, NaN, -1, 2 ** -17]],
    ['float8e8m0', '7f80007eff', [1, 2, 2 ** -127, 0.5, NaN]],
  ])('%s', (type, hex, values) => expect(read(rawTensor(type, [values.length], hex)).w.values).toEqual(values));

  it.each<[ElementType, string, number[]]>([
    ['uint4', '21f307', [1, 2, 3, 15, 7]],
    ['int4', '21f308', [1, 2, 3, -1, -8]],
    ['float4e2m1', '20f70a', [0, 1, 6, -6, -1]],
    ['uint2', 'e401', [0, 1, 2, 3, 1]],
    ['int2', 'e401', [0, 1, -2, -1, 1]],
  ])('%s, packed', (type, hex, values) => expect(read(rawTensor(type, [5], hex)).w.values).toEqual(values));

  it('not for strings, complex numbers and many elements; none for none', () => {
    expect(read(rawTensor('complex64', [1], '0000803f0000803f')).w.values).toBeUndefined();
    expect(read({ name: 'w', dataType: 8, dims: [2], stringData: [Buffer.from('a'), Buffer.from('bcd')] }).w).toMatchObject({ elementType: 'string', byteLength: 4 });
    expect(read(tensor('w', 'float32', [1025], Array.from({ length: 1025 }, () => 0))).w.values).toBeUndefined();
    expect(read(tensor('w', 'float32', [1024], Array.from({ length: 1024 }, () => 3))).w.values).toHaveLength(1024);
    expect(read({ name: 'w', dataType: 7, dims: [0] }).w).toMatchObject({ values: [], byteLength: 0, location: { kind: 'none' } });
    expect(read(tensor('w', 'int64', [], [7])).w).toMatchObject({ dims: [], values: [7] });
  });
});

describe('values from typed fields', () => {
  it.each<[string, onnx.ITensorProto, number[]]>([
    ['float_data', { dataType: 1, floatData: [1.5, -2] }, [1.5, -2]],
    ['double_data', { dataType: 11, doubleData: [1.5, -2] }, [1.5, -2]],
    ['int32_data', { dataType: 6, int32Data: [5, -2] }, [5, -2]],
    ['int8 in int32_data', { dataType: 3, int32Data: [5, -2] }, [5, -2]],
    ['bool in int32_data', { dataType: 9, int32Data: [1, 0] }, [1, 0]],
    ['uint16 in int32_data', { dataType: 4, int32Data: [5, 65535] }, [5, 65535]],
    ['float16 in int32_data, as bits', { dataType: 10, int32Data: [0x3c00, 0xc000] }, [1, -2]],
    ['int64_data', { dataType: 7, int64Data: [5, -2] }, [5, -2]],
    ['uint32 in uint64_data', { dataType: 12, uint64Data: [5, 2 ** 32 - 1] }, [5, 2 ** 32 - 1]],
    ['uint64_data', { dataType: 13, uint64Data: [5, 2 ** 53] }, [5, 2 ** 53]],
    ['int4 in int32_data, two in one', { dataType: 22, int32Data: [0x8f] }, [-1, -8]],
  ])('%s', (_, proto, values) => {
    const { w, model } = read({ ...proto, name: 'w', dims: [2] });
    expect(w.values).toEqual(values);
    expect(w.location).toMatchObject({ kind: 'file', encoding: 'packed' });
    expect(readTensor(model, w)).toHaveLength(w.byteLength);
  });

  it('that are not packed, or are written in pieces', () => {
    const head = Buffer.concat([bytesField(8, 'w'), varintField(2, 7), varintField(1, 4)]);
    const { w, model } = read(Buffer.concat([head, varintField(7, 1), varintField(7, -1), bytesField(7, Buffer.concat([varint(300), varint(4)]))]));
    expect(w).toMatchObject({ values: [1, -1, 300, 4], location: { kind: 'file', encoding: 'fields' } });
    expect(readTensor(model, w)).toEqual(Buffer.from(new BigInt64Array([1n, -1n, 300n, 4n]).buffer));
  });

  it('keep all 64 bits in what is read from them', () => {
    const { w, model } = read(Buffer.concat([bytesField(8, 'w'), varintField(2, 7), varintField(1, 2), bytesField(7, Buffer.concat([varint(2n ** 63n - 1n), varint(-(2n ** 63n))]))]));
    expect(readTensor(model, w)).toEqual(Buffer.from(new BigInt64Array([2n ** 63n - 1n, -(2n ** 63n)]).buffer));
    expect(w.values).toEqual([2 ** 63, -(2 ** 63)]);
  });
});

describe('readTensor', () => {
  it('reads parts, from the model and from other files', () => {
    const values = Array.from({ length: 5000 }, (_, i) => i);
    const expected = Buffer.from(new Float32Array(values).buffer);
    const inside = read(tensor('w', 'float32', [50, 100], values));
    writeFileSync(join(folder.path, 'w.bin'), Buffer.concat([Buffer.alloc(100), expected]));
    const outside = read(externalTensor('w', 'float32', [50, 100], { location: 'w.bin', offset: 100 }));
    for (const { model, w } of [inside, outside]) {
      expect(readTensor(model, w).equals(expected)).toBe(true);
      expect(readTensor(model, w, 400, 800).equals(expected.subarray(400, 800))).toBe(true);
      expect(readTensor(model, w, 20_000)).toHaveLength(0);
      for (const [from, to] of [[-1, 4], [8, 4], [0, 20_001], [NaN, 4]] as const) expect(() => readTensor(model, w, from, to)).toThrow(RangeError);
    }
    truncateSync(join(folder.path, 'w.bin'), 200);
    expect(() => readTensor(outside.model, outside.w)).toThrow(/became shorter since the model was opened/);
    unlinkSync(join(folder.path, 'w.bin'));
    expect(() => readTensor(outside.model, outside.w)).toThrow(UserError);
  });
  it('reads the text of strings', () => {
    const { model, w } = read({ name: 'w', dataType: 8, dims: [2], stringData: [Buffer.from('a'), Buffer.from('bcd')] });
    expect(readTensor(model, w).toString()).toBe('abcd');
  });
  it('refuses a tensor without data', () => {
    const { model, w } = read({ name: 'w', dataType: 1, dims: [2] });
    expect(() => readTensor(model, w)).toThrow(/the tensor "w" has no data in the file/);
  });
});

it('random tensors are what was written, in whichever encoding', () => {
  const int = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 }));
  fc.assert(
    fc.property(fc.array(int, { maxLength: 40 }), fc.constantFrom('raw', 'packed', 'pieces'), (values, encoding) => {
      const exact = new BigInt64Array(values.map(BigInt));
      const head = Buffer.concat([varintField(1, values.length), varintField(2, 7), bytesField(8, 'w')]);
      const payload = encoding === 'raw' ? [bytesField(9, Buffer.from(exact.buffer))] : encoding === 'packed' ? [bytesField(7, Buffer.concat(values.map((v) => varint(v))))] : values.map((v) => varintField(7, v));
      const { model, w } = read(Buffer.concat([head, ...payload]));
      expect(w.values).toEqual(values.map((v) => v + 0));
      expect(readTensor(model, w).equals(Buffer.from(exact.buffer))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
