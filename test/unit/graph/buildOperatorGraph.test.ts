import type { onnx } from 'onnx-proto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildOperatorGraph } from '../../../src/graph/buildOperatorGraph';
import type { OperatorGraph, Tensor } from '../../../src/graph/operatorGraph';
import { tensorBytes } from '../../../src/graph/tensorBytes';
import { readModel } from '../../../src/onnx/readModel';
import { inferShapes } from '../../../src/onnx/shapes/inferShapes';
import { emptyTensor, encodeModel, graph, node, tensor, valueInfo } from '../../fixtures/buildModel';
import { writeDecoder, writeManyNodes } from '../../fixtures/decoder';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();

function load(path: string, bindings: Readonly<Record<string, number>> = {}): OperatorGraph {
  const model = readModel(path);
  return buildOperatorGraph(model, inferShapes(model, new Map(Object.entries(bindings))));
}
const build = (g: onnx.IGraphProto, bindings: Readonly<Record<string, number>> = {}): OperatorGraph => load(folder.save('m.onnx', encodeModel(g)), bindings);

const named = (g: OperatorGraph, name: string): Tensor => g.tensors.find((t) => t.name === name) ?? expect.fail(`no tensor ${name}`);
const foldable = (g: OperatorGraph): string[] => g.operators.filter((o) => o.foldable).map((o) => o.id);

describe('operators and tensors', () => {
  const g = build(
    graph({
      inputs: [valueInfo('x', 'float32', [2, 3])],
      outputs: [valueInfo('y', 'float32', [2, 5]), valueInfo('low', 'float32', [])],
      initializers: [emptyTensor('w', 'float32', [3, 5]), tensor('low', 'float32', [], [0]), emptyTensor('idle', 'float32', [9])],
      nodes: [node('MatMul', ['x', 'w'], ['product'], {}, { name: 'first' }), node('Clip', ['product', 'low', ''], ['y']), node('Dropout', ['product'], ['', 'mask'])],
    }),
  );

  it('are in topological order, each tensor once, with producers and consumers', () => {
    expect(g.operators.map(({ id, name, type }) => [id, name, type])).toEqual([['product', 'first', 'MatMul'], ['y', '', 'Clip'], ['mask', '', 'Dropout']]);
    expect(g.tensors.map(({ name, kind }) => [name, kind])).toEqual([['x', 'input'], ['w', 'weight'], ['product', 'activation'], ['low', 'weight'], ['y', 'activation'], ['mask', 'activation']]);
    expect(named(g, 'product')).toMatchObject({ producer: 0, consumers: [1, 2], shape: [2, 5], elementType: 'float32', bytes: 40, isGraphOutput: false });
    expect(named(g, 'w')).toMatchObject({ producer: -1, consumers: [0], bytes: 60 });
    g.tensors.forEach((t, i) => expect(t.index).toBe(i));
  });
  it('omit what is omitted', () => {
    expect(g.operators[1]!.inputs).toEqual([named(g, 'product').index, named(g, 'low').index, -1]);
    expect(g.operators[2]!.outputs).toEqual([-1, named(g, 'mask').index]);
  });
  it('tell inputs and outputs, a weight among them', () => {
    expect(g.inputs).toEqual([named(g, 'x').index]);
    expect(g.outputs).toEqual([named(g, 'y').index, named(g, 'low').index]);
    expect(named(g, 'y').isGraphOutput).toBe(true);
    expect(g.opsets.get('')).toBe(17);
  });
});

it('the size of a tensor is unknown while its shape is, and never zero instead', () => {
  expect(tensorBytes('float16', [2, 3])).toBe(12);
  expect(tensorBytes('int4', [3])).toBe(2);
  expect(tensorBytes('float32', [])).toBe(4);
  expect(tensorBytes('float32', [0, 5])).toBe(0);
  for (const bytes of [tensorBytes('float32', ['n']), tensorBytes('float32', [null]), tensorBytes('float32', undefined), tensorBytes(undefined, [1]), tensorBytes('string', [1])]) expect(bytes).toBeUndefined();
});

describe('what is foldable', () => {
  it('weights made of weights, of any size, and shape computations once all dimensions have numbers', () => {
    const g = graph({
      inputs: [valueInfo('x', 'float32', ['n', 4])],
      outputs: [valueInfo('y', 'float32')],
      initializers: [emptyTensor('w', 'float32', [4000, 4]), tensor('zero', 'int64', [1], [0])],
      nodes: [
        node('Transpose', ['w'], ['turned'], { perm: [1, 0] }),
        node('Constant', [], ['c'], { value: tensor('', 'int64', [1], [4000]) }),
        node('MatMul', ['x', 'turned'], ['product']),
        node('Shape', ['x'], ['shape']),
        node('Gather', ['shape', 'zero'], ['n0'], { axis: 0 }),
        node('Concat', ['n0', 'c'], ['target'], { axis: 0 }),
        node('Reshape', ['product', 'target'], ['y']),
      ],
    });
    expect(foldable(build(g, { n: 3 }))).toEqual(['turned', 'c', 'shape', 'n0', 'target']);
    expect(foldable(build(g))).toEqual(['turned', 'c']);
  });

  it('nothing that is different every time, not even inside a body', () => {
    const random = node('RandomNormal', [], ['noise'], { shape: [2] });
    const branch = (name: string): onnx.IGraphProto => graph({ name, nodes: [node('RandomUniform', [], [name], { shape: [2] })], outputs: [valueInfo(name, 'float32', [2])] });
    const g = build(
      graph({
        initializers: [tensor('yes', 'bool', [], [1])],
        outputs: [valueInfo('y', 'float32', [2])],
        nodes: [random, node('If', ['yes'], ['chosen'], { then_branch: branch('a'), else_branch: branch('b') }), node('Add', ['noise', 'chosen'], ['y'])],
      }),
    );
    expect(foldable(g)).toEqual([]);
  });

  it('no operator on data, though it only hands it on', () => {
    const g = build(graph({ inputs: [valueInfo('x', 'float32', [2])], outputs: [valueInfo('z', 'float32')], nodes: [node('Identity', ['x'], ['y']), node('Dropout', ['y'], ['z'])] }));
    expect(foldable(g)).toEqual([]);
  });
});

describe('control flow', () => {
  const branch = (name: string, inner: onnx.INodeProto[], initializers: onnx.ITensorProto[] = []): onnx.IGraphProto => graph({ name, nodes: inner, initializers, outputs: [valueInfo(`${name}_out`, 'float32')] });
  const nested = branch('deep', [node('Mul', ['x', 'outer_weight'], ['deep_out'])]);
  const g = build(
    graph({
      inputs: [valueInfo('x', 'float32', [5]), valueInfo('choose', 'bool', [])],
      outputs: [valueInfo('z', 'float32')],
      initializers: [emptyTensor('outer_weight', 'float32', [5])],
      nodes: [
        node('Relu', ['x'], ['h']),
        node('If', ['choose'], ['y'], {
          then_branch: branch('then', [node('Add', ['h', 'own_weight'], ['then_out'])], [emptyTensor('own_weight', 'float32', [5])]),
          else_branch: branch('else', [node('If', ['choose'], ['else_out'], { then_branch: nested, else_branch: branch('flat', [node('Neg', ['h'], ['flat_out'])]) })]),
        }),
        node('Neg', ['y'], ['z']),
      ],
    }),
  );
  const choice = g.operators[1]!;

  it('is one operator that owns its bodies', () => {
    expect(g.operators.map((o) => o.type)).toEqual(['Relu', 'If', 'Neg']);
    expect(choice.bodies.map((body) => body.operators.map((o) => o.type))).toEqual([['Add'], ['If']]);
    expect(choice.bodies[1]!.operators[0]!.bodies.map((body) => body.operators.map((o) => o.type))).toEqual([['Mul'], ['Neg']]);
    expect(choice.foldable).toBe(false);
  });
  it('reads what its bodies read of the graph around them, at any depth, and its inputs once', () => {
    expect(choice.inputs.map((t) => g.tensors[t]!.name)).toEqual(['choose']);
    expect(choice.captures.map((t) => g.tensors[t]!.name).sort()).toEqual(['h', 'outer_weight', 'x']);
    expect([...choice.captures]).toEqual([...choice.captures].sort((a, b) => a - b));
    expect(named(g, 'h').consumers).toEqual([1]);
    expect(g.tensors.map((t) => t.name)).not.toContain('own_weight');
  });
  it('sees inside its bodies what tensors around them are', () => {
    expect(named(choice.bodies[0]!, 'h')).toMatchObject({ kind: 'input', producer: -1, shape: [5], bytes: 20 });
    expect(named(choice.bodies[0]!, 'own_weight')).toMatchObject({ kind: 'weight', bytes: 20 });
    const deep = choice.bodies[1]!.operators[0]!.bodies[0]!;
    expect(named(deep, 'outer_weight')).toMatchObject({ kind: 'weight', bytes: 20 });
    expect(named(deep, 'deep_out')).toMatchObject({ shape: [5], isGraphOutput: true });
  });
});

it('a decoder with bound dimensions has no tensor of unknown size, and folds its shape computations and masks', () => {
  const path = join(folder.path, 'decoder.onnx');
  writeDecoder(path, { layers: 2, hidden: 24, heads: 3, vocabulary: 50, context: 32 });
  const g = load(path, { batch: 2, sequence: 7 });
  expect(g.tensors.filter((t) => t.bytes === undefined)).toEqual([]);
  expect(foldable(g)).toEqual(expect.arrayContaining(['input_shape', 'batch_size', 'positions', 'lm_head', 'layers.1.attn/head_shape']));
  expect(g.operators.filter((o) => o.foldable && ['MatMul', 'Softmax', 'Split'].includes(o.type))).toEqual([]);
  for (const t of g.tensors) {
    expect(t.consumers.every((reader) => reader > t.producer)).toBe(true);
    expect([...t.consumers]).toEqual([...new Set(t.consumers)].sort((a, b) => a - b));
  }
});

it('60,000 operators are linked', () => {
  const path = join(folder.path, 'many.onnx');
  writeManyNodes(path, 60_000);
  const model = readModel(path);
  // some 0.3 s: were it not in proportion to their number, the test would not end in time
  expect(buildOperatorGraph(model, inferShapes(model, new Map())).operators).toHaveLength(60_000);
});
