import type { ElementType } from '../../../../../src/onnx/model';
import type { AttributeValue, Fed, ModelSpec, Values } from '../../../../golden/smallModels';

/** A small model that ONNX Runtime runs, and whose every tensor is inferred. */
export interface ZooCase {
  readonly name: string;
  readonly model: ModelSpec;
  /** how the inputs are fed, by name */
  readonly feeds: Readonly<Record<string, Fed | Values>>;
  /** tensors whose shape depends on the data: unknown is right, wrong is not */
  readonly open: readonly string[];
}

/** An input fed with random numbers (integers below `limit`). */
export const t = (dims: readonly number[], type: ElementType = 'float32', limit = 2): Fed => ({ dims, type, limit });

/** A constant; a vector unless dims say otherwise. */
export const v = (values: readonly number[] | readonly string[], type: ElementType = 'int64', dims: readonly number[] = [values.length]): Values => ({ type, dims, values });

/** A constant without axes. */
export const s = (value: number, type: ElementType = 'int64'): Values => v([value], type, []);

/** A constant of equal elements. */
export const filled = (dims: readonly number[], value: number, type: ElementType = 'float32'): Values => v(new Array<number>(dims.reduce((a, b) => a * b, 1)).fill(value), type, dims);

/** Numbers beyond 2^31 that mean "to the end". */
export const END = 2 ** 63;

interface Options {
  readonly opset?: number;
  readonly domain?: string;
  /** number of outputs; 1 if left out */
  readonly outputs?: number;
  /** indices of outputs whose shape depends on the data */
  readonly open?: readonly number[];
  readonly name?: string;
}

/** One operator of inputs that are fed, constant, or (null) omitted. */
export function op(type: string, inputs: readonly (Fed | Values | null)[], attributes: Readonly<Record<string, AttributeValue>> = {}, options: Options = {}): ZooCase {
  const names = inputs.map((given, i) => (given === null ? '' : `i${i}`));
  const outputs = Array.from({ length: options.outputs ?? 1 }, (_, i) => `o${i}`);
  const constants: Record<string, Values> = {};
  const fed: Record<string, Fed> = {};
  for (const [i, given] of inputs.entries()) {
    if (given === null) continue;
    if ('values' in given) constants[names[i]!] = given;
    else fed[names[i]!] = given;
  }
  const text = inputs.map((given) => (given === null ? '-' : `${'values' in given ? '=' : ''}[${given.dims.join(',')}]`)).join(' ');
  return {
    name: `${options.domain === undefined ? '' : `${options.domain}:`}${type}-${options.opset ?? 21} ${text} ${JSON.stringify(attributes).slice(0, 60)}${options.name ?? ''}`,
    model: {
      opset: options.opset ?? 21,
      inputs: Object.entries(fed).map(([name, given]) => ({ name, type: given.type, dims: given.dims })),
      constants,
      nodes: [{ op: type, ...(options.domain === undefined ? {} : { domain: options.domain }), inputs: names, outputs, attributes }],
      outputs,
    },
    feeds: fed,
    open: (options.open ?? []).map((i) => `o${i}`),
  };
}

export const ms = (type: string, inputs: readonly (Fed | Values | null)[], attributes: Readonly<Record<string, AttributeValue>> = {}, options: Options = {}): ZooCase =>
  op(type, inputs, attributes, { ...options, domain: 'com.microsoft' });

export const mlOp = (type: string, inputs: readonly (Fed | Values | null)[], attributes: Readonly<Record<string, AttributeValue>> = {}, options: Options = {}): ZooCase =>
  op(type, inputs, attributes, { ...options, domain: 'ai.onnx.ml' });
