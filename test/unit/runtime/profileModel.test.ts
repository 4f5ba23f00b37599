import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { subModels } from '../../../src/onnx/write/subModel';
import { writePieces } from '../../../src/onnx/write/pieces';
import { readModel } from '../../../src/onnx/readModel';
import { profileModel } from '../../../src/runtime/child/profileModel';
import { findOnnxRuntime } from '../../../src/runtime/onnxRuntime';
import { tensorOfValues } from '../../../src/runtime/randomInputs';
import { unattended } from '../../../src/shared/progress';
import { readMeasurements } from '../../../src/profile/import/measurements';
import { encodeModel, graph, localFunction, node, tensor, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
const runtime = findOnnxRuntime([import.meta.dirname]).folder;
const ends = { inputs: [valueInfo('x', 'float32', [2])], outputs: [valueInfo('y', 'float32', [2])] };

/** The model with its nodes named n0, n1, ..., read back. */
function renamed(name: string, bytes: Uint8Array) {
  const model = readModel(folder.save(name, bytes));
  const { nodes, initializers, inputs, outputs } = model.graph;
  const [pieces] = subModels(model, [{ nodes, initializers: [...initializers.keys()], inputs, outputs, names: nodes.map((_, i) => `n${i}`) }], name);
  const parts: Buffer[] = [];
  writePieces(model.path, pieces!, name, unattended, (part) => parts.push(Buffer.from(part)));
  return { model, copy: readModel(folder.save(`named-${name}`, Buffer.concat(parts))) };
}

describe('a copy with other names of nodes', () => {
  it('is the model but for the names', () => {
    const nodes = [node('Mul', ['x', 'w'], ['a'], {}, { name: 'same' }), node('Relu', ['a'], ['b'], {}, { name: 'same' }), node('Exp', ['b'], ['y'])];
    const { model, copy } = renamed('plain.onnx', encodeModel(graph({ nodes, initializers: [tensor('w', 'float32', [2], [1, 2])], ...ends }), { metadata: { a: 'b' } }));
    expect(copy.graph.nodes.map(({ name }) => name)).toEqual(['n0', 'n1', 'n2']);
    const plain = (of: typeof model) => of.graph.nodes.map(({ opType, inputs, outputs, attributes }) => ({ opType, inputs, outputs, attributes }));
    expect(plain(copy)).toEqual(plain(model));
    expect([copy.opsetImports, copy.metadata, [...copy.graph.initializers.keys()]]).toEqual([model.opsetImports, model.metadata, ['w']]);
  });

  it('names the nodes of local functions, too', () => {
    const twice = localFunction({ domain: 'my', name: 'Twice', inputs: ['p'], outputs: ['q'], nodes: [node('Add', ['p', 'p'], ['q'])] });
    const nodes = [node('Twice', ['x'], ['a'], {}, { domain: 'my' }), node('Twice', ['a'], ['y'], {}, { domain: 'my' })];
    const { copy } = renamed('functions.onnx', encodeModel(graph({ nodes, ...ends }), { domains: { my: 1 }, functions: [twice] }));
    expect(copy.graph.nodes.map(({ name, opType }) => [name, opType])).toEqual([['n0', 'Add'], ['n1', 'Add']]);
  });
});

describe('profiling a model', () => {
  const model = (path: string) => ({ path, name: 'net.onnx', inputs: ['x'], outputs: ['y'] });
  const feeds = { x: tensorOfValues('x', 'float32', [2], [1, 2]) };
  const empty = (name: string): string => {
    mkdirSync(join(folder.path, name));
    return join(folder.path, name);
  };

  it('gives a profile with an event for each run of each node', async () => {
    const path = folder.save('net.onnx', encodeModel(graph({ nodes: [node('Exp', ['x'], ['a'], {}, { name: 'one' }), node('Neg', ['a'], ['y'], {}, { name: 'two' })], ...ends })));
    const phases: string[] = [];
    const { profilePath, runSeconds } = await profileModel({ runtime, model: model(path), feeds, warmUp: 1, repeats: 3, folder: empty('times') }, (phase) => phases.push(phase));
    expect(runSeconds.length).toBe(3);
    expect(phases.slice(-4)).toEqual(['warming up (1 of 1)', 'measuring (run 1 of 3)', 'measuring (run 2 of 3)', 'measuring (run 3 of 3)']);
    const text = readFileSync(profilePath, 'utf8');
    expect(text.match(/"one_kernel_time"/g)?.length).toBe(4);
    expect([...readMeasurements(text, 'p', 3).seconds.keys()]).toEqual(['one', 'two']);
    expect(readMeasurements(text, 'p', 4).seconds.size).toBe(0);
  });

  it('says when ONNX Runtime writes no profile', async () => {
    const fake = empty('fake');
    writeFileSync(join(fake, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', version: '0.0.1', main: 'index.js' }));
    writeFileSync(join(fake, 'index.js'), 'exports.Tensor = class {}; exports.InferenceSession = { create: async () => ({ inputNames: ["x"], run: async () => ({ y: { type: "float32", dims: [1], data: new Float32Array(1) } }), endProfiling() {}, release: async () => {} }) };');
    await expect(profileModel({ runtime: fake, model: model('/m'), feeds, warmUp: 0, repeats: 1, folder: empty('none') }, () => undefined)).rejects.toThrow(/net\.onnx: ONNX Runtime wrote no profile/);
  });
});
