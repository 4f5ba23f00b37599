import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/onnx/readModel';
import { readTensor } from '../../../src/onnx/readTensor';
import { writeDecoder, writeManyNodes } from '../../fixtures/decoder';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
const small = { layers: 2, hidden: 24, heads: 3, vocabulary: 50, context: 32 };

describe('a decoder reads the same wherever its weights lie', () => {
  it.each(['initializer', 'constant', 'external'] as const)('%s', (weights) => {
    const path = join(folder.path, `${weights}.onnx`);
    const written = writeDecoder(path, { ...small, weights });
    const model = readModel(path);
    expect(model.warnings).toEqual([]);
    expect(model.graph.nodes).toHaveLength(written.nodes);
    const constants = model.graph.nodes.flatMap((n) => (n.opType === 'Constant' ? [n.attributes.get('value')!] : []));
    const tensors = [...model.graph.initializers.values(), ...constants.map((a) => (a.kind === 'tensor' ? a.value : expect.fail('not a tensor')))];
    const weightsRead = tensors.filter((t) => t.name.includes('.'));
    expect(weightsRead.reduce((sum, t) => sum + t.byteLength, 0)).toBe(written.parameters * 4);
    expect(new Set(weightsRead.map((t) => t.location.kind))).toEqual(new Set([weights === 'external' ? 'external' : 'file']));
    const wte = weightsRead.find((t) => t.name === 'wte.weight')!;
    expect(readTensor(model, wte).equals(Buffer.alloc(50 * 24 * 4))).toBe(true);
    expect(readTensor(model, wte, 8, 24)).toHaveLength(16);
    expect(existsSync(`${path}.data`)).toBe(weights === 'external');
    expect(statSync(path).size).toBe(written.bytes);
  });
});

it.each(['sorted', 'reversed'] as const)('a graph of many nodes, %s in the file, is read in topological order', (order) => {
  const path = join(folder.path, `${order}.onnx`);
  writeManyNodes(path, 1000, order);
  const { graph } = readModel(path);
  expect(graph.nodes).toHaveLength(1000);
  const made = new Set(['x', ...graph.initializers.keys()]);
  for (const node of graph.nodes) {
    for (const input of node.inputs) expect(made.has(input)).toBe(true);
    node.outputs.forEach((o) => made.add(o));
  }
});
