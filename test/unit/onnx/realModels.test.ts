import { onnx } from 'onnx-proto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataTypeOf } from '../../../src/onnx/elementTypes';
import { readModel } from '../../../src/onnx/readModel';
import type { Attribute, OnnxGraph, TensorRef } from '../../../src/onnx/model';
import { packagedModels, sharedModelFiles } from './realModels';

describe('real models of the development dependencies read as onnx-proto decodes them', () => {
  it.each(packagedModels.map((path) => [basename(path), path]))('%s', (_, path) => compare(path));
});

describe.skipIf(sharedModelFiles.length === 0)('models of ../shared read as onnx-proto decodes them', () => {
  it.each(sharedModelFiles.map((path) => [basename(path), path]))('%s', (_, path) => compare(path));
});

function compare(path: string): void {
  const bytes = readFileSync(path);
  const whole = onnx.ModelProto.decode(bytes);
  const model = readModel(path);
  expect(model.fileBytes).toBe(bytes.length);
  expect(model.irVersion).toBe(Number(whole.irVersion));
  expect(model.producerName).toBe(whole.producerName);
  expect(Object.fromEntries(model.opsetImports)).toEqual(Object.fromEntries(whole.opsetImport.map((o) => [o.domain === 'ai.onnx' ? '' : o.domain, Number(o.version)])));
  expect(whole.functions).toHaveLength(0);
  compareGraph(bytes, model.graph, whole.graph!, true);
  // the graph's record, decoded by itself, is the graph
  const { offset, length } = model.graphRange;
  expect(onnx.ModelProto.decode(bytes.subarray(offset, offset + length)).graph!.node).toHaveLength(whole.graph!.node!.length);
}

function compareGraph(bytes: Buffer, graph: OnnxGraph, proto: onnx.IGraphProto, main: boolean): void {
  const byOutput = new Map(proto.node!.map((n) => [n.output!.join(), n]));
  expect(graph.nodes).toHaveLength(proto.node!.length);
  const made = new Set([...graph.initializers.keys(), ...graph.inputs.map((i) => i.name)]);
  for (const node of graph.nodes) {
    const expected = byOutput.get(node.outputs.join())!;
    expect([node.name, node.opType, node.domain, node.inputs]).toEqual([expected.name, expected.opType, expected.domain === 'ai.onnx' ? '' : expected.domain, expected.input]);
    const record = onnx.GraphProto.decode(bytes.subarray(node.range!.offset, node.range!.offset + node.range!.length));
    expect(record.node[0]!.output).toEqual(expected.output);
    expect([...node.attributes.keys()].sort()).toEqual(expected.attribute!.map((a) => a.name).sort());
    for (const a of expected.attribute!) compareAttribute(bytes, node.attributes.get(a.name!)!, a);
    if (main) for (const input of node.inputs) expect(input === '' || made.has(input), input).toBe(true);
    node.outputs.forEach((o) => made.add(o));
  }
  expect([...graph.initializers.keys()].sort()).toEqual(proto.initializer!.map((t) => t.name).sort());
  for (const t of proto.initializer!) compareTensor(bytes, graph.initializers.get(t.name!)!, t);
  const weights = new Set(proto.initializer!.map((t) => t.name));
  expect(graph.inputs.map((i) => i.name)).toEqual(proto.input!.map((i) => i.name).filter((n) => !weights.has(n)));
  expect(graph.outputs.map((o) => o.name)).toEqual(proto.output!.map((o) => o.name));
  for (const info of [...proto.valueInfo!, ...proto.output!]) {
    const tensor = info.type?.tensorType;
    const found = graph.valueInfos.get(info.name!) ?? graph.outputs.find((o) => o.name === info.name);
    if (!tensor || found?.type.kind !== 'tensor') continue;
    expect(dataTypeOf(found.type.elementType!)).toBe(tensor.elemType);
    expect(found.type.shape?.length).toBe(tensor.shape?.dim?.length ?? (tensor.shape ? 0 : undefined));
  }
}

function compareAttribute(bytes: Buffer, attribute: Attribute, proto: onnx.IAttributeProto): void {
  switch (attribute.kind) {
    case 'int': return expect(attribute.value).toBe(Number(proto.i));
    case 'float': return expect(attribute.value).toBe(proto.f);
    case 'string': return expect(attribute.value).toBe(Buffer.from(proto.s!).toString('utf8'));
    case 'ints': return expect(attribute.value).toEqual(proto.ints!.map(Number));
    case 'floats': return expect(attribute.value).toEqual(proto.floats);
    case 'tensor': return compareTensor(bytes, attribute.value, proto.t!);
    case 'graph': return compareGraph(bytes, attribute.value, proto.g!, false);
    default: throw new Error(`unexpected attribute ${attribute.kind}`);
  }
}

function compareTensor(bytes: Buffer, tensor: TensorRef, proto: onnx.ITensorProto): void {
  expect(tensor.name).toBe(proto.name);
  expect(tensor.dims).toEqual(proto.dims!.map(Number));
  expect(dataTypeOf(tensor.elementType)).toBe(proto.dataType);
  const raw = proto.rawData!;
  if (tensor.location.kind !== 'file') {
    expect(raw).toHaveLength(0);
    return;
  }
  if (tensor.location.encoding !== 'raw') return;
  const { offset, length } = tensor.location.range;
  expect(length).toBe(tensor.byteLength);
  expect(bytes.subarray(offset, offset + length).equals(raw)).toBe(true);
}
