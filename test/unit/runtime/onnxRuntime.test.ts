import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fromOrt, toOrt, type HostTensor } from '../../../src/runtime/hostTensor';
import { createPlainSession, findOnnxRuntime, loadPackage } from '../../../src/runtime/onnxRuntime';
import { boundInput, constantTensor, halfBits, randomTensor, tensorOfValues } from '../../../src/runtime/randomInputs';
import { uniform } from '../../../src/shared/uniform';
import { valuesFromBytes } from '../../../src/onnx/tensorValues';
import { encodeModel, graph, node, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
const root = resolve(import.meta.dirname, '../../..');

describe('finding ONNX Runtime', () => {
  it('looks upwards from each folder, and in the configured one alone', () => {
    const expected = join(root, 'node_modules', 'onnxruntime-node');
    expect(findOnnxRuntime(['/', import.meta.dirname]).folder).toBe(expected);
    for (const configured of [root, join(root, 'node_modules'), expected]) expect(findOnnxRuntime(['/'], configured).folder).toBe(expected);
    expect(() => findOnnxRuntime(['/'])).toThrow(/was not found.*npm install/);
    expect(() => findOnnxRuntime([root], folder.path)).toThrow(/does not hold onnxruntime-node/);
    expect(() => findOnnxRuntime([root], join(folder.path, 'nowhere'))).toThrow(/is not a folder/);
  });

  it('says in one line why one does not load', () => {
    const broken = join(folder.path, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', version: '9.9.9', main: 'index.js' }));
    writeFileSync(join(broken, 'index.js'), 'throw new Error("no library\\nfor this machine")');
    expect(() => loadPackage(broken)).toThrow(/ONNX Runtime cannot be loaded: no library\./);
  });

  it('runs a model just as it says, and says what it refuses', async () => {
    const ort = loadPackage(findOnnxRuntime([root]).folder);
    const path = folder.save('add.onnx', encodeModel(graph({ nodes: [node('Add', ['x', 'x'], ['y'])], inputs: [valueInfo('x', 'float32', ['n'])], outputs: [valueInfo('y', 'float32', ['n'])] })));
    const session = await createPlainSession(ort, path, 'add.onnx');
    const { y } = await session.run({ x: toOrt(ort, tensorOfValues('x', 'float32', [2], [1, -3])) });
    expect([...(y!.data as Float32Array)]).toEqual([2, -6]);
    await session.release();
    await expect(createPlainSession(ort, folder.save('text.onnx', 'no model'), 'text.onnx')).rejects.toThrow(/text\.onnx: is refused by ONNX Runtime/);
  });
});

describe('tensors', () => {
  const ort = loadPackage(findOnnxRuntime([root]).folder);
  it.each(['float32', 'float64', 'float16', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64', 'bool', 'string'] as const)('of %s come back from ONNX Runtime as they went', (type) => {
    const tensor = randomTensor('x', type, [2, 3], uniform(7));
    const back = fromOrt(toOrt(ort, tensor));
    expect([back.type, back.dims]).toEqual([type, [2, 3]]);
    expect(back.data).toEqual(tensor.data);
  });

  it('are the same for the same seed, and of the range that their type bears', () => {
    const values = ({ type, data }: HostTensor): number[] => valuesFromBytes(type, data as Buffer, 200)!;
    const floats = values(randomTensor('x', 'float32', [200], uniform(1)));
    expect(floats).toEqual(values(randomTensor('x', 'float32', [200], uniform(1))));
    expect(floats).not.toEqual(values(randomTensor('x', 'float32', [200], uniform(2))));
    expect(Math.min(...floats)).toBeLessThan(-0.5);
    expect(Math.max(...floats)).toBeGreaterThan(0.5);
    expect(new Set(values(randomTensor('x', 'int64', [200], uniform(1))))).toEqual(new Set([0, 1]));
    expect(values(constantTensor('x', 'int32', [200], 16000)).every((value) => value === 16000)).toBe(true);
    expect(() => constantTensor('x', 'int32', [1], 0.5)).toThrow(/no value of the type int32/);
    expect(() => randomTensor('x', 'int8', [2 ** 16, 2 ** 16], uniform(1))).toThrow(/elements/);
  });

  it('of half precision are rounded to the nearest', () => {
    for (const value of [0, -0, 1, -2.5, 65504, 2 ** -14, 2 ** -24, 1.0009765625, 1 / 3]) {
      const bits = halfBits(value);
      const bytes = Buffer.alloc(2);
      bytes.writeUInt16LE(bits);
      const [back] = valuesFromBytes('float16', bytes, 1)!;
      expect(Math.abs(back! - value)).toBeLessThanOrEqual(Math.max(2 ** -25, Math.abs(value) * 2 ** -11));
    }
    expect([halfBits(65520), halfBits(-Infinity), halfBits(2047.5), halfBits(2 ** -25)]).toEqual([0x7c00, 0xfc00, 0x6800, 0]);
  });

  it('take the shape of an input whose dimensions are bound', () => {
    const input = { name: 'x', type: { kind: 'tensor', elementType: 'float32', shape: ['n', 3, null] } } as const;
    expect(boundInput('m', input, { n: 2, 'x.2': 5 })).toEqual({ type: 'float32', dims: [2, 3, 5] });
    expect(() => boundInput('m', input, { n: 2 })).toThrow(/"x\.2", which no number is bound to\. Bind it/);
    expect(() => boundInput('m', { name: 's', type: { kind: 'sequence', element: input.type } }, {})).toThrow(/of the kind sequence/);
    expect(() => boundInput('m', { name: 'b', type: { kind: 'tensor', elementType: 'bfloat16', shape: [1] } }, {})).toThrow(/bfloat16/);
    expect(() => tensorOfValues('x', 'int64', [2], [1, 2, 3])).toThrow(/has 3 elements/);
    expect(() => tensorOfValues('x', 'int64', [1], [1.5])).toThrow(/1\.5 is no element/);
  });
});
