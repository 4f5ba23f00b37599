import { describe, expect, it } from 'vitest';
import { compareTensors, halfValue } from '../../../src/runtime/compareTensors';
import { halfBits, tensorOfValues } from '../../../src/runtime/randomInputs';
import type { HostTensor } from '../../../src/runtime/hostTensor';

const floats = (...values: number[]): HostTensor => tensorOfValues('x', 'float32', [values.length], values);
const patched = (index: number, value: number, ...values: number[]): HostTensor => {
  const tensor = floats(...values);
  (tensor.data as Buffer).writeFloatLE(value, index * 4);
  return tensor;
};

describe('comparing tensors', () => {
  it('asks for the same bytes unless there is a tolerance', () => {
    expect(compareTensors(floats(1, 2), floats(1, 2), 0)).toMatchObject({ identical: true, equal: true, largest: 0 });
    expect(compareTensors(floats(1, 8), floats(1.5, 8), 0)).toMatchObject({ identical: false, equal: false, largest: 0.5, relative: 0.0625 });
    expect(compareTensors(floats(1, 8), floats(1.5, 8), 0.1)).toMatchObject({ identical: false, equal: true });
    expect(compareTensors(floats(1, 8), floats(1.5, 8), 0.01).equal).toBe(false);
  });

  it('does not take a number for none, nor shapes and types for each other', () => {
    expect(compareTensors(patched(0, NaN, 1, 2), floats(1, 2), 0.5)).toMatchObject({ equal: false, largest: null });
    expect(compareTensors(patched(0, NaN, 1, 2), patched(0, NaN, 1, 2.5), 0.5)).toMatchObject({ equal: true });
    expect(compareTensors(patched(0, Infinity, 1, 2), patched(0, -Infinity, 1, 2), 0.5).equal).toBe(false);
    expect(compareTensors(floats(1, 2), { ...floats(1, 2), dims: [2, 1] }, 0.5).equal).toBe(false);
    expect(compareTensors(floats(1, 2), { ...floats(1, 2), type: 'int32' }, 0.5).equal).toBe(false);
    const text = (...data: string[]): HostTensor => ({ type: 'string', dims: [data.length], data });
    expect(compareTensors(text('a'), text('a'), 0).identical).toBe(true);
    expect(compareTensors(text('a'), text('b'), 0.5).equal).toBe(false);
  });

  it.each(['float64', 'float16', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64'] as const)('sees differences of %s', (type) => {
    const of = (last: number): HostTensor => tensorOfValues('x', type, [3], [0, 1, last]);
    expect(compareTensors(of(4), of(3), 0)).toMatchObject({ largest: 1, relative: 0.25, equal: false });
  });

  it('knows every half-precision number', () => {
    for (let bits = 0; bits < 0x7c00; bits++) expect(halfBits(halfValue(bits))).toBe(bits);
    expect([halfValue(0xfc00), halfValue(0x7e00), halfValue(0x8001)]).toEqual([-Infinity, NaN, -(2 ** -24)]);
  });
});
