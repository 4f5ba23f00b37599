import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-node';
import { readModel } from '../../../../../src/onnx/readModel';
import { inferShapes } from '../../../../../src/onnx/shapes/inferShapes';
import type { ShapeInference } from '../../../../../src/onnx/shapes/types';
import { randomNumbers, randomTensor, seenInRun, tensorOf, wrongness } from '../../../../golden/ortOracle';
import { encodeModel } from '../../../../golden/smallModels';
import type { ModelSpec } from '../../../../golden/smallModels';
import type { ZooCase } from './case';

/** Reads a model from bytes and infers it. */
export function inferBytes(bytes: Uint8Array, bindings: ReadonlyMap<string, number> = new Map()): ShapeInference {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-shapes-'));
  try {
    const path = join(folder, 'model.onnx');
    writeFileSync(path, bytes);
    return inferShapes(readModel(path), bindings);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Everything fed by name, constants included. */
function feedsOf(zoo: ZooCase): Record<string, Tensor> {
  const next = randomNumbers();
  return Object.fromEntries(Object.entries(zoo.feeds).map(([name, fed]) => [name, 'values' in fed ? tensorOf(fed.type, fed.dims, fed.values) : randomTensor(fed.type, fed.dims, next, fed.limit)]));
}

export interface Verdict {
  readonly wrong: readonly string[];
  readonly unknown: readonly string[];
  readonly tensors: number;
  readonly warnings: readonly string[];
}

/**
 * Runs the case and compares what a run produced with what is inferred when (1) all input sizes are given, (2) constants are inputs as well,
 * (3) every input dimension is a symbol, (4) both. Knowing less is allowed in 2 to 4, being wrong is not.
 */
export async function judge(zoo: ZooCase): Promise<Verdict> {
  const seen = await seenInRun(encodeModel(zoo.model), feedsOf(zoo));
  const wrong: string[] = [];
  const symbols = new Map<string, number>();
  const symbolic = (model: ModelSpec): ModelSpec => ({
    ...model,
    inputs: model.inputs.map((input) => ({
      ...input,
      ...(input.dims === undefined
        ? {}
        : {
            dims: input.dims.map((dim, axis) => {
              symbols.set(`${input.name}_${axis}`, dim as number);
              return `${input.name}_${axis}`;
            }),
          }),
    })),
  });
  const demoted = (model: ModelSpec): ModelSpec => ({
    ...model,
    inputs: [...model.inputs, ...Object.entries(model.constants ?? {}).map(([name, { type, dims }]) => ({ name, type, dims }))],
    constants: {},
  });
  // A size of 0 is read as dynamic, so it has to be bound.
  const zeros = new Map(zoo.model.inputs.flatMap(({ name, dims }) => (dims ?? []).flatMap((dim, axis) => (dim === 0 ? [[`${name}.${axis}`, 0] as const] : []))));
  const variants: readonly (readonly [string, ModelSpec])[] = [
    ['given', zoo.model],
    ['constants fed', demoted(zoo.model)],
    ['symbols', symbolic(zoo.model)],
    ['symbols and constants fed', symbolic(demoted(zoo.model))],
  ];
  let unknown: string[] = [];
  let warnings: readonly string[] = [];
  for (const [how, model] of variants) {
    const inferred = inferBytes(encodeModel(model), zeros);
    // An empty constant that is fed has a size of 0 as well.
    for (const { name, dims } of model.inputs) for (const [axis, dim] of (dims ?? []).entries()) if (dim === 0) symbols.set(`${name}.${axis}`, 0);
    for (const [name, tensor] of seen) {
      const fact = inferred.tensors.get(name);
      const what = wrongness(fact, tensor, symbols);
      if (what !== null) wrong.push(`${how}: ${name} ${what}`);
    }
    if (how === 'given') {
      warnings = inferred.warnings;
      unknown = [...seen.keys()].filter((name) => {
        const fact = inferred.tensors.get(name);
        return fact?.elementType === undefined || fact.shape === undefined || fact.shape.some((dim) => typeof dim !== 'number');
      });
    }
  }
  return { wrong, unknown, tensors: seen.size, warnings };
}
