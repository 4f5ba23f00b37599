import { onnx } from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import type { Attribute, OnnxGraph, TensorRef } from '../../../src/onnx/model';
import { readModel } from '../../../src/onnx/readModel';
import { encodeModel, graph, localFunction, node, tensor, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();

/** The graph as read, written back for ONNX Runtime; its tensors are small enough to be held by value. */
function encodeGraph(g: OnnxGraph): onnx.IGraphProto {
  return graph({
    nodes: g.nodes.map((n) => ({ name: n.name, opType: n.opType, domain: n.domain, input: [...n.inputs], output: [...n.outputs], attribute: [...n.attributes].map(([name, a]) => encodeAttribute(name, a)) })),
    inputs: g.inputs.map((i) => encodeInfo(i)),
    outputs: g.outputs.map((o) => encodeInfo(o)),
    initializers: [...g.initializers.values()].map((t) => encodeTensor(t)),
  });
}
const encodeInfo = ({ name, type }: OnnxGraph['inputs'][number]): onnx.IValueInfoProto => (type.kind === 'tensor' ? valueInfo(name, type.elementType, type.shape) : { name });
const encodeTensor = (t: TensorRef): onnx.ITensorProto => tensor(t.name, t.elementType, t.dims, t.values!);
function encodeAttribute(name: string, a: Attribute): onnx.IAttributeProto {
  const T = onnx.AttributeProto.AttributeType;
  switch (a.kind) {
    case 'int': return { name, type: T.INT, i: a.value };
    case 'float': return { name, type: T.FLOAT, f: a.value };
    case 'ints': return { name, type: T.INTS, ints: [...a.value] };
    case 'tensor': return { name, type: T.TENSOR, t: encodeTensor(a.value) };
    case 'graph': return { name, type: T.GRAPH, g: encodeGraph(a.value) };
    default: throw new Error(`not in these models: ${a.kind}`);
  }
}

const referring = (n: onnx.INodeProto, own: string, reference: string): onnx.INodeProto => ({ ...n, attribute: [...n.attribute!, { name: own, type: 1, refAttrName: reference }] });
const call = (name: string, inputs: string[], outputs: string[], attributes = {}): onnx.INodeProto => node(name, inputs, outputs, attributes, { domain: 'f' });

it('a model with functions computes in ONNX Runtime what it computes with them inlined', async () => {
  const scale = localFunction({ domain: 'f', name: 'scale', inputs: ['a'], outputs: ['b'], attributes: ['by'], nodes: [referring(node('Constant', [], ['t']), 'value_float', 'by'), node('Mul', ['a', 't'], ['b'])] });
  const branch = (...nodes: onnx.INodeProto[]): onnx.IGraphProto => graph({ nodes, outputs: [valueInfo('o')] });
  const gate = {
    ...localFunction({
      domain: 'f', name: 'gate', inputs: ['a', 'when'], outputs: ['b', 'twice'], attributes: ['alpha'],
      nodes: [
        node('Exp', ['a'], ['t']),
        node('If', ['when'], ['g'], {
          then_branch: branch(call('scale', ['t'], ['s'], { by: { float: 3 } }), node('Add', ['s', 'a'], ['o'])),
          else_branch: branch(referring(node('LeakyRelu', ['a'], ['s']), 'alpha', 'alpha'), node('Sub', ['s', 't'], ['o'])),
        }),
        call('scale', ['g'], ['twice'], { by: { float: 2 } }),
        node('Neg', ['g'], ['b']),
      ],
    }),
    opsetImport: [{ domain: '', version: 17 }, { domain: 'f', version: 1 }],
  };
  const g = graph({
    nodes: [
      call('gate', ['x', 'c'], ['p', 'q'], { alpha: { float: 0.25 } }),
      call('gate', ['p', 'c'], ['r', 'unused'], { alpha: { float: 0.5 } }),
      call('scale', ['r'], ['s'], { by: { float: -1 } }),
      node('Sum', ['q', 's', 'w'], ['y']),
    ],
    inputs: [valueInfo('x', 'float32', [3]), valueInfo('c', 'bool', [])],
    outputs: [valueInfo('y', 'float32', [3])],
    initializers: [tensor('w', 'float32', [3], [1, 2, 3])],
  });
  const whole = folder.save('whole.onnx', encodeModel(g, { functions: [scale, gate], domains: { f: 1 } }));
  const inlinedGraph = readModel(whole).graph;
  expect(inlinedGraph.nodes.map((n) => n.domain)).not.toContain('f');
  const inlined = folder.save('inlined.onnx', encodeModel(encodeGraph(inlinedGraph)));

  const [a, b] = [await InferenceSession.create(whole), await InferenceSession.create(inlined)];
  for (const when of [0, 1]) {
    const feeds = { x: new Tensor('float32', [0.5, -1, -2], [3]), c: new Tensor('bool', Uint8Array.of(when), []) };
    const expected = (await a.run(feeds))['y']!.data as Float32Array;
    expect(expected.every((v) => Number.isFinite(v))).toBe(true);
    expect((await b.run(feeds))['y']!.data).toEqual(expected);
  }
});
