import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import type { Attribute, OnnxModel, OnnxNode } from '../../../src/onnx/model';
import { readModel } from '../../../src/onnx/readModel';
import { attribute, bytesField, encodeModel, graph, localFunction, node, tensor, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
const x = valueInfo('x', 'float32', ['n', 4]);
const y = valueInfo('y');
const call = (name: string, inputs: string[], outputs: string[], attributes = {}, nodeName = ''): onnx.INodeProto => node(name, inputs, outputs, attributes, { domain: 'f', name: nodeName });
const referring = (n: onnx.INodeProto, own: string, reference: string, type: number): onnx.INodeProto => ({ ...n, attribute: [...n.attribute!, { name: own, type, refAttrName: reference }] });
const define = (name: string, inputs: string[], outputs: string[], nodes: onnx.INodeProto[], attributes: string[] = [], opset = 17): onnx.IFunctionProto =>
  localFunction({ domain: 'f', name, inputs, outputs, nodes, attributes, opset });

let files = 0;
function read(nodes: onnx.INodeProto[], functions: onnx.IFunctionProto[], more: Parameters<typeof graph>[0] = {}): OnnxModel {
  return readModel(folder.save(`m${files++}.onnx`, encodeModel(graph({ nodes, inputs: [x], outputs: [y], ...more }), { functions, domains: { f: 1 } })));
}
const brief = (nodes: readonly OnnxNode[]): string[] => nodes.map((n) => `${n.opType}(${n.inputs.join()})=${n.outputs.join()}`);
const bodyOf = (n: OnnxNode, name: string): OnnxNode[] => {
  const a = n.attributes.get(name)!;
  return a.kind === 'graph' ? [...a.value.nodes] : [];
};

describe('calls of local functions', () => {
  it('become the function\'s operators, with tensors of their own', () => {
    const swish = define('swish', ['a'], ['b'], [node('Sigmoid', ['a'], ['s'], {}, { name: 'sig' }), node('Mul', ['a', 's'], ['b'])]);
    const { graph: g } = read([call('swish', ['x'], ['h'], {}, 'first'), call('swish', ['h'], ['y'])], [swish]);
    expect(brief(g.nodes)).toEqual(['Sigmoid(x)=first/s', 'Mul(x,first/s)=h', 'Sigmoid(h)=y/s', 'Mul(h,y/s)=y']);
    expect(g.nodes.map((n) => [n.name, n.range])).toEqual([['first/sig', undefined], ['', undefined], ['y/sig', undefined], ['', undefined]]);
  });
  it('keep away from names that the model has already', () => {
    const two = define('two', ['a'], ['b'], [node('Exp', ['a'], ['s']), node('Neg', ['s'], ['b'])]);
    const { graph: g } = read([call('two', ['x'], ['h'], {}, 'same'), call('two', ['h'], ['same/s'], {}, 'same'), node('Relu', ['same/s'], ['y'])], [two]);
    expect(brief(g.nodes)).toEqual(['Exp(x)=same/s_1', 'Neg(same/s_1)=h', 'Exp(h)=same/s_2', 'Neg(same/s_2)=same/s', 'Relu(same/s)=y']);
  });
  it('may be nested', () => {
    const inner = define('inner', ['a'], ['b'], [node('Exp', ['a'], ['t']), node('Neg', ['t'], ['b'])]);
    const outer = define('outer', ['p'], ['q'], [call('inner', ['p'], ['t'], {}, 'i'), call('inner', ['t'], ['q'], {}, 'i')]);
    const { graph: g } = read([call('outer', ['x'], ['y'], {}, 'o')], [outer, inner]);
    expect(brief(g.nodes)).toEqual(['Exp(x)=o/i/t', 'Neg(o/i/t)=o/t', 'Exp(o/t)=o/i/t_1', 'Neg(o/i/t_1)=y']);
  });
  it('may leave out inputs and outputs', () => {
    const clip = define('clip', ['a', 'low', 'high'], ['b', 'extra'], [node('Clip', ['a', 'low', 'high'], ['b']), node('Neg', ['b'], ['extra'])]);
    const { graph: g } = read([call('clip', ['x', '', 'x'], ['', 'e']), call('clip', ['e'], ['y'])], [clip]);
    expect(brief(g.nodes)).toEqual(['Clip(x,,x)=e/b', 'Neg(e/b)=e', 'Clip(e)=y', 'Neg(y)=y/extra']);
  });
  it('may hand an input through', () => {
    const through = define('through', ['a'], ['a', 'b', 'b'], [node('Neg', ['a'], ['b'])]);
    const { graph: g } = read([call('through', ['x'], ['p', 'q', 'r']), node('Sum', ['p', 'q', 'r'], ['y'])], [through]);
    expect(brief(g.nodes)).toEqual(['Neg(x)=q', 'Identity(x)=p', 'Identity(q)=r', 'Sum(p,q,r)=y']);
  });
  it('give their attributes to the operators that refer to them, or the default, or none', () => {
    const body = [referring(referring(referring(node('Leaky', ['a'], ['b'], { fixed: 1 }), 'alpha', 'by', 1), 'mode', 'how', 3), 'gone', 'never', 2)];
    const f: onnx.IFunctionProto = define('f', ['a'], ['b'], body, ['by', 'never']);
    // attribute_proto (field 11), which holds the defaults, is not known to onnx-proto
    const withDefault = Buffer.concat([onnx.FunctionProto.encode(f).finish(), bytesField(11, onnx.AttributeProto.encode(attribute('how', 'nearest')).finish())]);
    const model = encodeModel(graph({ nodes: [call('f', ['x'], ['h'], { by: { float: 0.5 } }), call('f', ['h'], ['y'], { by: { float: 2 }, how: 'cubic' })], inputs: [x], outputs: [y] }), { domains: { f: 1 } });
    const { graph: g } = readModel(folder.save('defaults.onnx', Buffer.concat([model, bytesField(25, withDefault)])));
    const attributes = g.nodes.map((n) => Object.fromEntries([...n.attributes].map(([k, a]: [string, Attribute]) => [k, 'value' in a ? a.value : undefined])));
    expect(attributes).toEqual([{ fixed: 1, alpha: 0.5, mode: 'nearest' }, { fixed: 1, alpha: 2, mode: 'cubic' }]);
  });
  it('with bodies inside: names and attributes are resolved there too, and what a body defines hides the rest', () => {
    const branch = (op: string): onnx.IGraphProto => graph({
      nodes: [node('Add', ['t', 'k'], ['s']), referring(node(op, ['s'], ['r']), 'alpha', 'by', 1), call('inner', ['r'], ['o'])],
      outputs: [valueInfo('o')], initializers: [tensor('k', 'float32', [1], [1])],
    });
    const inner = define('inner', ['a'], ['b'], [node('Neg', ['a'], ['b'])]);
    const outer = define('outer', ['a', 'c'], ['b'], [node('Exp', ['a'], ['t']), node('If', ['c'], ['b'], { then_branch: branch('Elu'), else_branch: branch('Selu') })], ['by']);
    const { graph: g } = read([node('Cast', ['x'], ['c'], { to: 9 }), call('outer', ['x', 'c'], ['y'], { by: { float: 3 } }, 'o')], [outer, inner]);
    expect(brief(g.nodes)).toEqual(['Cast(x)=c', 'Exp(x)=o/t', 'If(c)=y']);
    expect(brief(bodyOf(g.nodes[2]!, 'then_branch'))).toEqual(['Add(o/t,o/k)=o/s', 'Elu(o/s)=o/r', 'Neg(o/r)=o/o']);
    expect(brief(bodyOf(g.nodes[2]!, 'else_branch'))).toEqual(['Add(o/t,o/k_1)=o/s_1', 'Selu(o/s_1)=o/r_1', 'Neg(o/r_1)=o/o_1']);
    expect(bodyOf(g.nodes[2]!, 'else_branch')[1]!.attributes.get('alpha')).toEqual({ kind: 'float', value: 3 });
  });
  it('inside a body of the main graph', () => {
    const f = define('f', ['a'], ['b'], [node('Exp', ['a'], ['t']), node('Neg', ['t'], ['b'])]);
    const branch = graph({ nodes: [call('f', ['x'], ['r'])], outputs: [valueInfo('r')] });
    const { graph: g } = read([node('Cast', ['x'], ['c'], { to: 9 }), node('If', ['c'], ['y'], { then_branch: branch, else_branch: branch })], [f]);
    expect(brief(bodyOf(g.nodes[1]!, 'then_branch'))).toEqual(['Exp(x)=r/t', 'Neg(r/t)=r']);
  });
  it('are told apart by their overload', () => {
    const one = (op: string, overload: string): Buffer => bytesField(25, Buffer.concat([onnx.FunctionProto.encode(define('f', ['a'], ['b'], [node(op, ['a'], ['b'])])).finish(), bytesField(13, overload)]));
    const callOf = (overload: string, from: string, to: string): Buffer => bytesField(1, Buffer.concat([onnx.NodeProto.encode(call('f', [from], [to])).finish(), bytesField(8, overload)]));
    const rest = onnx.GraphProto.encode(graph({ inputs: [x], outputs: [y] })).finish();
    const model = Buffer.concat([onnx.ModelProto.encode({ irVersion: 10, opsetImport: [{ domain: '', version: 17 }] }).finish(), bytesField(7, Buffer.concat([callOf('2', 'x', 'h'), callOf('1', 'h', 'y'), rest])), one('Exp', '1'), one('Neg', '2')]);
    expect(brief(readModel(folder.save('overload.onnx', model)).graph.nodes)).toEqual(['Neg(x)=h', 'Exp(h)=y']);
  });
  it('bring their operator sets along, and warn where these differ from the model\'s', () => {
    const f: onnx.IFunctionProto = { ...define('f', ['a'], ['b'], [node('Neg', ['a'], ['b'])]), opsetImport: [{ domain: '', version: 16 }, { domain: 'com.microsoft', version: 1 }] };
    const model = read([call('f', ['x'], ['y'])], [f]);
    expect(model.opsetImports.get('com.microsoft')).toBe(1);
    expect(model.opsetImports.get('')).toBe(17);
    expect(model.warnings).toEqual([expect.stringMatching(/function "f" is written for version 16 of the operators of "ai.onnx", the model for 17/)]);
  });
  it('keep what the function says of its tensors, without its symbols', () => {
    const f = onnx.FunctionProto.encode(define('f', ['a'], ['b'], [node('Exp', ['a'], ['t']), node('Neg', ['t'], ['b'])])).finish();
    const info = bytesField(12, onnx.ValueInfoProto.encode(valueInfo('t', 'float32', ['n', 4])).finish());
    const model = Buffer.concat([encodeModel(graph({ nodes: [call('f', ['x'], ['y'])], inputs: [x], outputs: [y] }), { domains: { f: 1 } }), bytesField(25, Buffer.concat([f, info]))]);
    expect(readModel(folder.save('infos.onnx', model)).graph.valueInfos.get('y/t')).toEqual({ name: 'y/t', type: { kind: 'tensor', elementType: 'float32', shape: [null, 4] } });
  });
  it('linear chains of thousands of calls are no bomb', () => {
    const f = define('f', ['a'], ['b'], [node('Exp', ['a'], ['t']), node('Neg', ['t'], ['b'])]);
    const calls = Array.from({ length: 5000 }, (_, i) => call('f', [i === 0 ? 'x' : `h${i - 1}`], [i === 4999 ? 'y' : `h${i}`], {}, 'same'));
    expect(read(calls, [f]).graph.nodes).toHaveLength(10_000);
  });
});
