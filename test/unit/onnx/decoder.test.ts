import { onnx } from 'onnx-proto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readModel } from '../../../src/onnx/readModel';
import { readTensor } from '../../../src/onnx/readTensor';
import { bytesField, node, valueInfo, varint, varintField } from '../../fixtures/buildModel';
import { writeDecoder, writeManyNodes } from '../../fixtures/decoder';
import { modelFolder } from '../../fixtures/modelFolder';
import { fieldOf, writeSegments } from '../../fixtures/segments';

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

it('a file beyond 4 GiB is read at positions that no 32-bit number holds', () => {
  const path = join(folder.path, 'large.onnx');
  const elements = 1.2e9;
  const weight = [varintField(1, elements), varintField(2, 1), bytesField(8, 'w'), varint(9 * 8 + 2), varint(elements * 4), elements * 4 - 4, Buffer.from('0000803f', 'hex')];
  const rest = onnx.GraphProto.encode({ node: [node('Add', ['x', 'w'], ['y'])], input: [valueInfo('x')], output: [valueInfo('y')] }).finish();
  const bytes = writeSegments(path, [varintField(1, 8), ...fieldOf(7, [...fieldOf(5, weight), rest]), bytesField(8, varintField(2, 17))]);
  try {
    const model = readModel(path);
    expect(model.fileBytes).toBe(bytes);
    expect(model.graph.nodes[0]!.range!.offset).toBeGreaterThan(2 ** 32);
    const w = model.graph.initializers.get('w')!;
    expect(w.byteLength).toBe(4.8e9);
    expect(readTensor(model, w, 4.8e9 - 8).toString('hex')).toBe('000000000000803f');
  } finally {
    rmSync(path);
  }
});
