import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import type { OnnxModel } from '../../../src/onnx/model';
import { readModel } from '../../../src/onnx/readModel';
import { CancelledError } from '../../../src/shared/userError';
import { attribute, bytesField, encodeModel, encodeRawModel, graph, node, tensor, valueInfo, varintField, type ModelOptions } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';
import { sharedModelFiles } from './realModels';

const folder = modelFolder();
const x = valueInfo('x', 'float32', ['n', 4]);
const y = valueInfo('y');
let files = 0;
const read = (g: onnx.IGraphProto, options?: ModelOptions): OnnxModel => readModel(folder.save(`m${files++}.onnx`, encodeModel(g, options)));
const readRaw = (bytes: Uint8Array): OnnxModel => readModel(folder.save(`m${files++}.onnx`, bytes));
const relu = graph({ nodes: [node('Relu', ['x'], ['y'])], inputs: [x], outputs: [y] });

describe('versions', () => {
  it('knows IR versions up to 13 and warns of newer ones', () => {
    expect(read(relu, { irVersion: 13 }).warnings).toEqual([]);
    expect(read(relu, { irVersion: 14 }).warnings).toEqual([expect.stringMatching(/^IR version 14 is newer than 13/)]);
    expect(read(relu, { irVersion: 0 }).warnings).toEqual([expect.stringMatching(/states no IR version/)]);
  });
  it('knows opsets from 7 on and warns of older ones', () => {
    expect(read(relu, { opset: 7 }).warnings).toEqual([]);
    expect(read(relu, { opset: 6 }).warnings).toEqual([expect.stringMatching(/^opset 6 is older than 7/)]);
  });
  it('reads the domain ai.onnx as the default one, and keeps the others', () => {
    const g = graph({ nodes: [node('Relu', ['x'], ['h'], {}, { domain: 'ai.onnx' }), node('Gelu', ['h'], ['y'], {}, { domain: 'com.microsoft' })], inputs: [x], outputs: [y] });
    const model = read(g, { domains: { 'com.microsoft': 1, 'ai.onnx.ml': 3 }, metadata: { author: 'somebody' } });
    expect(model.graph.nodes.map((n) => n.domain)).toEqual(['', 'com.microsoft']);
    expect([...model.opsetImports]).toEqual([['', 17], ['com.microsoft', 1], ['ai.onnx.ml', 3]]);
    expect([...model.metadata]).toEqual([['author', 'somebody']]);
    expect(model.producerName).toBe('test');
  });
  it('reads IR version 2, which knew no opsets', () => {
    const model = readRaw(Buffer.concat([varintField(1, 2), bytesField(7, onnx.GraphProto.encode(relu).finish())]));
    expect(model.warnings).toEqual([expect.stringMatching(/^opset 1 is older/)]);
  });
});

describe('graphs', () => {
  it('drops inputs that repeat an initializer', () => {
    const g = graph({ nodes: [node('Add', ['x', 'w'], ['y'])], inputs: [x, valueInfo('w', 'float32', [4])], outputs: [y], initializers: [tensor('w', 'float32', [4], [1, 2, 3, 4])] });
    for (const irVersion of [3, 8]) expect(read(g, { irVersion }).graph.inputs.map((i) => i.name)).toEqual(['x']);
  });
  it("keeps the inputs of a body that has its initializers' names, except where IR 3 demanded the repetition", () => {
    const body = graph({
      nodes: [node('Identity', ['go'], ['go_on']), node('Add', ['carried', 'w'], ['next'])],
      inputs: [valueInfo('i', 'int64', []), valueInfo('go', 'bool', []), valueInfo('carried'), valueInfo('w')],
      outputs: [valueInfo('go_on'), valueInfo('next')],
      initializers: [tensor('w', 'float32', [1], [1])],
    });
    const g = graph({ nodes: [node('Loop', ['', '', 'x'], ['y'], { body })], inputs: [x], outputs: [y] });
    const bodyInputs = (irVersion: number): number => {
      const found = read(g, { irVersion }).graph.nodes[0]!.attributes.get('body')!;
      return found.kind === 'graph' ? found.value.inputs.length : -1;
    };
    expect(bodyInputs(3)).toBe(3);
    expect(bodyInputs(8)).toBe(4);
  });
  it('keeps omitted inputs, unnamed nodes and dims of all kinds', () => {
    const g = graph({ nodes: [node('Clip', ['x', '', 'm'], ['y'])], inputs: [valueInfo('x', 'float32', ['n', 4, null, -1]), valueInfo('m', 'float32', [])], outputs: [y] });
    const { graph: read1 } = read(g);
    expect(read1.nodes[0]!.inputs).toEqual(['x', '', 'm']);
    expect(read1.nodes[0]!.name).toBe('');
    expect(read1.inputs.map((i) => i.type)).toEqual([
      { kind: 'tensor', elementType: 'float32', shape: ['n', 4, null, null] },
      { kind: 'tensor', elementType: 'float32', shape: [] },
    ]);
    expect(read1.outputs[0]!.type).toEqual({ kind: 'tensor', elementType: 'float32', shape: undefined });
  });
  it('sorts, with the bodies\' captures as edges, and leaves what is sorted as it is', () => {
    const branch = graph({ nodes: [node('Relu', ['late'], ['r'])], outputs: [valueInfo('r')] });
    const nodes = [node('If', ['c'], ['y'], { then_branch: branch, else_branch: branch }), node('Exp', ['x'], ['free']), node('Tanh', ['x'], ['late'])];
    const g = graph({ nodes, inputs: [x, valueInfo('c', 'bool', [])], outputs: [y] });
    expect(read(g).graph.nodes.map((n) => n.opType)).toEqual(['Exp', 'Tanh', 'If']);
    const sorted = graph({ nodes: [node('Exp', ['x'], ['b']), node('Tanh', ['x'], ['a']), node('Add', ['a', 'b'], ['y'])], inputs: [x], outputs: [y] });
    expect(read(sorted).graph.nodes.map((n) => n.opType)).toEqual(['Exp', 'Tanh', 'Add']);
  });
  it('lets a body hide a name of the graph around it', () => {
    const branch = graph({ nodes: [node('Relu', ['x'], ['y2']), node('Neg', ['y2'], ['h'])], outputs: [valueInfo('h')] });
    const g = graph({ nodes: [node('Exp', ['x'], ['h']), node('If', ['c'], ['i'], { then_branch: branch, else_branch: branch }), node('Add', ['h', 'i'], ['y'])], inputs: [x, valueInfo('c', 'bool', [])], outputs: [y] });
    expect(read(g).graph.nodes.map((n) => n.opType)).toEqual(['Exp', 'If', 'Add']);
  });
  it('leaves out operators without outputs, with a warning', () => {
    const model = read({ ...relu, node: [...relu.node!, node('Print', ['x'], [], {}, { domain: 'debug', name: 'p' })] });
    expect(model.graph.nodes).toHaveLength(1);
    expect(model.warnings).toEqual(['debug:Print p has no outputs and is left out']);
  });
  it('reads types of types, and warns of element types that it does not know', () => {
    const typed = (name: string, type: onnx.ITypeProto): onnx.IValueInfoProto => ({ name, type });
    const float = { tensorType: { elemType: 1 } };
    const model = read({
      ...relu,
      input: [x, typed('s', { sequenceType: { elemType: float } }), typed('o', { optionalType: { elemType: { sequenceType: { elemType: float } } } }),
        typed('m', { mapType: { keyType: 7, valueType: float } }), typed('z', { sparseTensorType: { elemType: 1 } }), typed('f8', { tensorType: { elemType: 24 } }),
        typed('new', { tensorType: { elemType: 77 } }), { name: 'bare' }],
    });
    const plain = { kind: 'tensor', elementType: 'float32', shape: undefined };
    expect(model.graph.inputs.slice(1).map((i) => i.type)).toEqual([
      { kind: 'sequence', element: plain },
      { kind: 'optional', element: { kind: 'sequence', element: plain } },
      { kind: 'map', key: 'int64', value: plain },
      { ...plain, kind: 'sparse_tensor' },
      { ...plain, elementType: 'float8e8m0' },
      { ...plain, elementType: undefined },
      { kind: 'unknown' },
    ]);
    expect(model.warnings).toEqual([expect.stringMatching(/^"new" has the unknown element type 77/)]);
  });
  it('reads sparse initializers as the dense tensors that they stand for', () => {
    const values = onnx.TensorProto.encode(tensor('w', 'float32', [2], [5, 6])).finish();
    const sparse = Buffer.concat([bytesField(1, values), varintField(3, 100), varintField(3, 4)]);
    const add = onnx.GraphProto.encode(graph({ nodes: [node('Add', ['x', 'w'], ['y'])], inputs: [x], outputs: [y] })).finish();
    expect(readRaw(encodeRawModel(Buffer.concat([add, bytesField(15, sparse)]))).graph.initializers.get('w')).toEqual({
      name: 'w', elementType: 'float32', dims: [100, 4], byteLength: 1600, location: { kind: 'none' },
    });
  });
});

describe('attributes', () => {
  const read1 = (...attributes: onnx.IAttributeProto[]): unknown => Object.fromEntries(read({ ...relu, node: [{ ...node('Relu', ['x'], ['y']), attribute: attributes }] }).graph.nodes[0]!.attributes);

  it('of all kinds', () => {
    expect(read1(attribute('i', -3), attribute('f', { float: 0.5 }), attribute('s', 'text'), attribute('is', [1, -2]), attribute('fs', { floats: [1, 0.25] }), attribute('ss', ['a', 'b']))).toEqual({
      i: { kind: 'int', value: -3 }, f: { kind: 'float', value: 0.5 }, s: { kind: 'string', value: 'text' },
      is: { kind: 'ints', value: [1, -2] }, fs: { kind: 'floats', value: [1, 0.25] }, ss: { kind: 'strings', value: ['a', 'b'] },
    });
  });
  it('whose type is not written (as before IR 2), or whose value is the default and not written', () => {
    expect(read1({ name: 'i', i: 3 }, { name: 'is', ints: [1, 2] }, { name: 'zero', type: 2 }, { name: 'none', type: 7 })).toEqual({
      i: { kind: 'int', value: 3 }, is: { kind: 'ints', value: [1, 2] }, zero: { kind: 'int', value: 0 }, none: { kind: 'ints', value: [] },
    });
  });
  it('that are packed, though the schema does not pack them', () => {
    const floats = Buffer.from(new Float32Array([1.5, -2]).buffer);
    const packed = (name: string, type: number, field: Buffer): Buffer => bytesField(5, Buffer.concat([bytesField(1, name), field, varintField(20, type)]));
    const record = Buffer.concat([bytesField(1, 'x'), bytesField(2, 'y'), bytesField(4, 'Relu'), packed('is', 7, bytesField(8, Buffer.from([1, 2, 0x80, 1]))), packed('fs', 6, bytesField(7, floats))]);
    const rest = onnx.GraphProto.encode(graph({ inputs: [x], outputs: [y] })).finish();
    expect(Object.fromEntries(readRaw(encodeRawModel(Buffer.concat([bytesField(1, record), rest]))).graph.nodes[0]!.attributes)).toEqual({
      is: { kind: 'ints', value: [1, 2, 128] }, fs: { kind: 'floats', value: [1.5, -2] },
    });
  });
  it('too large to keep stay on disk', () => {
    const result = read1({ ...attribute('big', { floats: Array.from({ length: 70_000 }, (_, i) => i) }) }, { name: 's', type: 3, s: Buffer.alloc(100_000, 'a') }) as Record<string, { kind: string; range: { length: number } }>;
    expect(result['big']!.kind).toBe('other');
    expect(result['big']!.range.length).toBeGreaterThan(280_000);
    expect(result['s']!.kind).toBe('other');
  });
  it('the end of a Slice that means "to the end" is larger than any dimension', () => {
    const g = graph({ nodes: [node('Slice', ['x', 's', 'e'], ['y'])], inputs: [x], outputs: [y], initializers: [tensor('s', 'int64', [1], [0]), { name: 'e', dataType: 7, dims: [1], rawData: Buffer.from('ffffffffffffff7f', 'hex') }] });
    expect(read(g).graph.initializers.get('e')!.values).toEqual([2 ** 63]);
  });
});

describe('what onnx-proto does not know', () => {
  const entry = (key: string, value: string): Buffer => Buffer.concat([bytesField(1, key), bytesField(2, value)]);
  it('metadata and devices of nodes, devices of the model', () => {
    const plain = onnx.NodeProto.encode(node('Relu', ['x'], ['y'])).finish();
    const devices = Buffer.concat([bytesField(1, 'pair'), varintField(3, 2)]);
    const record = Buffer.concat([plain, bytesField(9, entry('layer_ann', 'stage1')), bytesField(10, devices), bytesField(10, bytesField(1, 'other'))]);
    const rest = onnx.GraphProto.encode(graph({ inputs: [x], outputs: [y] })).finish();
    const configuration = Buffer.concat([bytesField(1, 'pair'), varintField(2, 2), bytesField(3, 'gpu0'), bytesField(3, 'gpu1')]);
    const model = readRaw(Buffer.concat([encodeRawModel(Buffer.concat([bytesField(1, record), rest]), 11), bytesField(26, configuration)]));
    expect([...model.graph.nodes[0]!.metadata]).toEqual([['layer_ann', 'stage1']]);
    expect(model.graph.nodes[0]!.deviceConfigurations).toEqual([{ configurationId: 'pair', pipelineStage: 2 }, { configurationId: 'other', pipelineStage: undefined }]);
    expect(model.deviceConfigurations).toEqual([{ name: 'pair', deviceCount: 2, devices: ['gpu0', 'gpu1'] }]);
  });
  const annotated = sharedModelFiles.find((path) => path.endsWith('multidevice_ir11.onnx'));
  it.skipIf(annotated === undefined)('the annotated model of ../shared', () => {
    const model = readModel(annotated!);
    expect(model.irVersion).toBe(11);
    expect(model.deviceConfigurations.length).toBeGreaterThan(0);
    const named = new Set(model.deviceConfigurations.map((c) => c.name));
    const used = model.graph.nodes.flatMap((n) => n.deviceConfigurations);
    expect(used.length).toBeGreaterThan(0);
    for (const { configurationId, pipelineStage } of used) {
      expect(named.has(configurationId)).toBe(true);
      expect(pipelineStage).toBeTypeOf('number');
    }
  });
});

it('stops when it is told to', () => {
  const path = folder.save('cancelled.onnx', encodeModel(graph({ nodes: Array.from({ length: 1000 }, (_, i) => node('Relu', [i === 0 ? 'x' : `t${i - 1}`], [i === 999 ? 'y' : `t${i}`])), inputs: [x], outputs: [y] })));
  expect(() => readModel(path, { report: () => undefined, cancelled: () => true })).toThrow(CancelledError);
  const fractions: number[] = [];
  readModel(path, { report: ({ fraction }) => fraction !== undefined && fractions.push(fraction), cancelled: () => false });
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.length).toBeGreaterThan(2);
});
