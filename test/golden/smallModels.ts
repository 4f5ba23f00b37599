import { onnx } from 'onnx-proto';
import type { ElementType } from '../../src/onnx/model';
import { dataTypeOf } from '../../src/onnx/elementTypes';

/** A constant tensor of a test model. */
export interface Values {
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: readonly number[] | readonly string[];
}

/** An input of a test model that is fed: random, or with these elements. */
export interface Fed {
  readonly type: ElementType;
  readonly dims: readonly number[];
  /** integers are drawn below this */
  readonly limit?: number;
}

export type AttributeValue =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly tensor: Values }
  | { readonly graph: GraphSpec };

export interface NodeSpec {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export interface GraphSpec {
  readonly nodes: readonly NodeSpec[];
  readonly inputs: readonly { readonly name: string; readonly type: ElementType; readonly dims?: readonly (number | string)[] }[];
  readonly constants?: Readonly<Record<string, Values>>;
  readonly outputs: readonly string[];
}

export interface ModelSpec extends GraphSpec {
  readonly opset?: number;
  readonly ir?: number;
}

function tensorProto(name: string, { type, dims, values }: Values): onnx.ITensorProto {
  const base = { name, dims: [...dims], dataType: dataTypeOf(type) };
  const numbers = values as readonly number[];
  const raw = (array: ArrayBufferView): onnx.ITensorProto => ({ ...base, rawData: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) });
  switch (type) {
    case 'float32': return raw(Float32Array.from(numbers));
    case 'float64': return raw(Float64Array.from(numbers));
    case 'int64': return raw(BigInt64Array.from(numbers.map((x) => (x >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(x)))));
    case 'int32': return raw(Int32Array.from(numbers));
    case 'uint8': case 'bool': return raw(Uint8Array.from(numbers));
    case 'int8': return raw(Int8Array.from(numbers));
    case 'string': return { ...base, stringData: values.map((text) => new TextEncoder().encode(String(text))) };
    default: throw new Error(`no constants of ${type}`);
  }
}

function attributeProto(name: string, value: AttributeValue): onnx.IAttributeProto {
  const T = onnx.AttributeProto.AttributeType;
  if (typeof value === 'number') return { name, type: T.INT, i: value };
  if (typeof value === 'string') return { name, type: T.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: T.FLOAT, f: value.float };
  if ('floats' in value) return { name, type: T.FLOATS, floats: [...value.floats] };
  if ('tensor' in value) return { name, type: T.TENSOR, t: tensorProto('', value.tensor) };
  if ('graph' in value) return { name, type: T.GRAPH, g: graphProto(value.graph) };
  if (typeof value[0] === 'string') return { name, type: T.STRINGS, strings: (value as readonly string[]).map((text) => new TextEncoder().encode(text)) };
  return { name, type: T.INTS, ints: [...(value as readonly number[])] };
}

function graphProto(spec: GraphSpec): onnx.IGraphProto {
  return {
    name: 'g',
    node: spec.nodes.map((node) => ({
      opType: node.op,
      domain: node.domain ?? '',
      input: [...node.inputs],
      output: [...node.outputs],
      attribute: Object.entries(node.attributes ?? {}).map(([name, value]) => attributeProto(name, value)),
    })),
    input: spec.inputs.map(({ name, type, dims }) => ({
      name,
      type: {
        tensorType: {
          elemType: dataTypeOf(type),
          ...(dims === undefined ? {} : { shape: { dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : dim === '' ? {} : { dimParam: dim })) } }),
        },
      },
    })),
    initializer: Object.entries(spec.constants ?? {}).map(([name, values]) => tensorProto(name, values)),
    output: spec.outputs.map((name) => ({ name })),
  };
}

/** The bytes of a model of these nodes. Operator domains are imported at versions that ONNX Runtime runs. */
export function encodeModel(spec: ModelSpec): Uint8Array {
  const model = onnx.ModelProto.create({
    irVersion: spec.ir ?? 10,
    producerName: 'test',
    opsetImport: [
      { domain: '', version: spec.opset ?? 21 },
      { domain: 'ai.onnx.ml', version: 3 },
      { domain: 'com.microsoft', version: 1 },
    ],
    graph: graphProto(spec),
  });
  return onnx.ModelProto.encode(model).finish();
}
