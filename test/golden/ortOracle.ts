import { InferenceSession, Tensor } from 'onnxruntime-node';
import { onnx } from 'onnx-proto';
import type { ElementType } from '../../src/onnx/model';
import type { TensorFact } from '../../src/onnx/shapes/types';

/** What ONNX Runtime says of a tensor that a run produced. */
export interface Seen {
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: Tensor['data'];
}

export type Feeds = Record<string, Tensor>;

/** Their outputs are no tensors, which cannot be fetched. */
const notFetched = new Set(['SequenceConstruct', 'SequenceInsert', 'SequenceErase', 'SequenceEmpty', 'SplitToSequence', 'Optional', 'ZipMap']);

/** Every output of every node of the main graph made an output of the graph, types left for ONNX Runtime to infer. */
export function exposeAll(bytes: Uint8Array): Uint8Array {
  const model = onnx.ModelProto.decode(bytes);
  const graph = model.graph!;
  const outputs = new Set(graph.output!.map((info) => info.name));
  for (const node of graph.node!) {
    if (notFetched.has(node.opType!)) continue;
    for (const name of node.output!) {
      if (name !== '' && !outputs.has(name)) {
        outputs.add(name);
        graph.output!.push(onnx.ValueInfoProto.create({ name }));
      }
    }
  }
  return onnx.ModelProto.encode(model).finish();
}

/**
 * Runs a model without optimisation and gives the tensors asked for; they need not be outputs of the graph.
 * @param names tensors to fetch; all outputs if left out
 */
export async function fetchTensors(bytes: Uint8Array, feeds: Feeds, names?: readonly string[]): Promise<Map<string, Tensor>> {
  const session = await InferenceSession.create(names === undefined ? bytes : exposeAll(bytes), {
    graphOptimizationLevel: 'disabled',
    logSeverityLevel: 4,
    intraOpNumThreads: 1,
    executionMode: 'sequential',
  });
  try {
    return new Map(Object.entries(await session.run(feeds, [...(names ?? session.outputNames)], { logSeverityLevel: 4 })) as [string, Tensor][]);
  } finally {
    await session.release();
  }
}

/** Type and shape of every tensor that a run of the model's operators produces; bodies of control flow stay closed. */
export async function seenInRun(bytes: Uint8Array, feeds: Feeds): Promise<Map<string, Seen>> {
  const results = await fetchTensors(exposeAll(bytes), feeds);
  return new Map([...results].map(([name, { type, dims, data }]) => [name, { type, dims, data }]));
}

/** A fixed sequence of numbers in [0, 1): the same inputs in every run. */
export function randomNumbers(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const halfOf = (x: number): number => {
  // Enough of float16 for small numbers: the nearest of a few exact ones.
  const whole = Math.round(x * 4) / 4;
  if (whole === 0) return 0;
  const sign = whole < 0 ? 0x8000 : 0;
  const exponent = Math.floor(Math.log2(Math.abs(whole)));
  return sign | ((exponent + 15) << 10) | Math.round((Math.abs(whole) / 2 ** exponent - 1) * 1024);
};

/** A tensor of these elements. */
export function tensorOf(type: ElementType, dims: readonly number[], values: readonly number[] | readonly string[]): Tensor {
  const shape = [...dims];
  const numbers = values as readonly number[];
  switch (type) {
    case 'float32': return new Tensor('float32', Float32Array.from(numbers), shape);
    case 'float64': return new Tensor('float64', Float64Array.from(numbers), shape);
    case 'float16': return new Tensor('float16', Uint16Array.from(numbers.map(halfOf)), shape);
    case 'int64': return new Tensor('int64', BigInt64Array.from(numbers.map((x) => BigInt(Math.trunc(x)))), shape);
    case 'uint64': return new Tensor('uint64', BigUint64Array.from(numbers.map((x) => BigInt(Math.trunc(x)))), shape);
    case 'int32': return new Tensor('int32', Int32Array.from(numbers), shape);
    case 'uint32': return new Tensor('uint32', Uint32Array.from(numbers), shape);
    case 'int16': return new Tensor('int16', Int16Array.from(numbers), shape);
    case 'uint16': return new Tensor('uint16', Uint16Array.from(numbers), shape);
    case 'int8': return new Tensor('int8', Int8Array.from(numbers), shape);
    case 'uint8': return new Tensor('uint8', Uint8Array.from(numbers), shape);
    case 'bool': return new Tensor('bool', Uint8Array.from(numbers), shape);
    case 'string': return new Tensor('string', values.map(String), shape);
    default: throw new Error(`no tensors of ${type}`);
  }
}

/** A tensor of random elements: floats in [-1, 1), integers in [0, limit). */
export function randomTensor(type: ElementType, dims: readonly number[], next: () => number, limit = 2): Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  const float = type.startsWith('float');
  return tensorOf(type, dims, Array.from({ length: count }, () => (float ? next() * 2 - 1 : Math.floor(next() * limit))));
}

/** What is wrong about a fact (type, shape or element), given what a run produced; symbols stand for the sizes given. */
export function wrongness(fact: TensorFact | undefined, seen: Seen, symbols: ReadonlyMap<string, number>): string | null {
  if (fact === undefined) return null;
  if (fact.elementType !== undefined && fact.elementType !== seen.type) return `type ${fact.elementType}, not ${seen.type}`;
  if (fact.shape === undefined) return null;
  const sizes = fact.shape.map((dim) => (typeof dim === 'string' ? (symbols.get(dim) ?? NaN) : dim));
  if (sizes.length !== seen.dims.length || sizes.some((dim, i) => dim !== null && dim !== seen.dims[i])) return `[${fact.shape.join(', ')}], not [${seen.dims.join(', ')}]`;
  const number = (x: unknown): number => (typeof x === 'boolean' || typeof x === 'bigint' || typeof x === 'string' ? Number(x) : (x as number));
  // Half-precision elements come as bit patterns.
  const at = seen.type === 'float16' ? -1 : fact.value?.findIndex((x, i) => x !== null && (typeof x === 'string' ? (symbols.get(x) ?? NaN) : x) !== number(seen.data[i]));
  if (at !== undefined && at >= 0) return `element ${at} is ${String(fact.value![at])}, not ${String(seen.data[at])}`;
  return null;
}
