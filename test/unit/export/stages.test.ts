import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { modelInputs } from '../../../src/engine/modelInputs';
import { prepareModel } from '../../../src/engine/prepareModel';
import type { StagePlan } from '../../../src/export/exportPlan';
import { checkStages } from '../../../src/export/stages/checkStages';
import type { PipelineManifest } from '../../../src/export/stages/manifest';
import { stageModels, type DataChoice } from '../../../src/export/stages/stageModels';
import { writeExport } from '../../../src/export/writeExport';
import { compareChain } from '../../../src/runtime/child/compareChain';
import type { ChainReport } from '../../../src/runtime/child/tasks';
import type { HostTensor } from '../../../src/runtime/hostTensor';
import { findOnnxRuntime } from '../../../src/runtime/onnxRuntime';
import { tensorOfValues } from '../../../src/runtime/randomInputs';
import { unattended } from '../../../src/shared/progress';
import { bytesField, emptyTensor, encodeModel, encodeRawModel, externalTensor, graph, localFunction, node, tensor, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';
import { packagedModels, sharedModelFiles } from '../onnx/realModels';

const folder = modelFolder();
const runtime = findOnnxRuntime([import.meta.dirname]).folder;
let runs = 0;

interface Split {
  readonly manifest: PipelineManifest;
  readonly out: string;
  readonly plan: StagePlan;
  readonly bound: Readonly<Record<string, number>>;
}

/** The model split as `stageOf` says; what is written is checked. */
function split(path: string, stageOf: (operator: number, count: number) => number, data: DataChoice = 'shared'): Split {
  const { model, graph: operators, bound } = prepareModel(path, {}, true, unattended);
  const count = operators.operators.length;
  const of = Int32Array.from({ length: count }, (_, v) => stageOf(v, count));
  const stages = Array.from({ length: Math.max(...of) + 1 }, (_, stage) => ({ device: `cpu:${stage}`, host: false, accelerator: stage, replicas: 1 }));
  const plan = { model, graph: operators, stageOf: of, stages };
  const { files, manifest } = stageModels(plan, data, (file) => file, basename(path));
  const out = join(folder.path, `split-${runs++}`);
  writeExport(files, model, out, unattended);
  expect(checkStages(out, manifest, model, unattended)).toEqual([]);
  expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  return { manifest, out, plan, bound };
}

/** Runs the stage models after each other, and the whole model, in ONNX Runtime. */
async function run({ manifest, out, plan, bound }: Split, given: Readonly<Record<string, HostTensor>> = {}): Promise<ChainReport> {
  const { model } = plan;
  const feeds = Object.keys(given).length > 0 ? given : { ...modelInputs(model, bound, 1), ...(model.graph.inputs.some(({ name }) => name === 'sr') && { sr: sampleRate }) };
  const whole = { path: model.path, name: basename(model.path), inputs: model.graph.inputs.map(({ name }) => name), outputs: model.graph.outputs.map(({ name }) => name) };
  const models = manifest.models.map(({ file, inputs, outputs }) => ({ path: join(out, file), name: file, inputs: inputs.map(({ name }) => name), outputs: outputs.map(({ name }) => name) }));
  return compareChain({ runtime, whole, models, feeds, tolerance: 0 }, () => undefined);
}

async function expectEqual(parts: Split, feeds: Readonly<Record<string, HostTensor>> = {}): Promise<void> {
  const { tensors } = await run(parts, feeds);
  expect(tensors.map(({ tensor: name }) => name).sort()).toEqual([...new Set(parts.plan.model.graph.outputs.map(({ name }) => name))].sort());
  expect(tensors.filter(({ identical }) => !identical)).toEqual([]);
}

/** Speech detectors take only rates that they know. */
const sampleRate = tensorOfValues('sr', 'int64', [], [16000]);
const contiguous = (stages: number) => (v: number, count: number): number => Math.min(stages - 1, Math.floor((v * stages) / count));
/** Blocks of operators in turn on two stages: each stage is several models. */
const interleaved = (blocks: number) => (v: number, count: number): number => Math.floor((v * blocks) / count) % 2;
const floats = (dims: readonly number[], values: readonly number[]): HostTensor => tensorOfValues('x', 'float32', dims, values);

describe('stages of real models compute what the whole computes', () => {
  it.each([...packagedModels, ...sharedModelFiles].map((path) => [basename(path), path]))('%s', async (_, path) => {
    for (const stageOf of [contiguous(2), contiguous(5), interleaved(6)]) await expectEqual(split(path, stageOf));
  }, 120_000);
});

const x = valueInfo('x', 'float32', ['n', 2]);
const y = valueInfo('y', 'float32', ['n', 2]);
const save = (name: string, g: onnx.IGraphProto, options: Parameters<typeof encodeModel>[1] = {}): string => folder.save(name, encodeModel(g, options));
const feed = { x: floats([2, 2], [1, -2, 0.5, 3]) };
const named = (manifest: PipelineManifest) => manifest.models.map(({ file, inputs, outputs }) => [file, inputs.map(({ name, from }) => `${name}<${from ?? 'input'}`).join(), outputs.map(({ name }) => name).join()]);

describe('what flows between stages', () => {
  it('is named by the manifest, with types, and dimensions left free', () => {
    const path = save('chain.onnx', graph({ nodes: [node('Relu', ['x'], ['a']), node('Exp', ['a'], ['b']), node('Add', ['b', 'a'], ['y'])], inputs: [x], outputs: [y] }));
    const { manifest } = split(path, (v) => v);
    expect(named(manifest)).toEqual([['stage_0.onnx', 'x<input', 'a'], ['stage_1.onnx', 'a<stage_0.onnx', 'b'], ['stage_2.onnx', 'b<stage_1.onnx,a<stage_0.onnx', 'y']]);
    expect(manifest.models[1]!.inputs[0]).toEqual({ name: 'a', type: 'float32', shape: ['n', 2], from: 'stage_0.onnx' });
    expect(manifest.outputs).toEqual([{ name: 'y', type: 'float32', shape: ['n', 2], from: 'stage_2.onnx' }]);
  });

  it('makes several models of a stage that waits for another', async () => {
    const path = save('revisit.onnx', graph({ nodes: [node('Relu', ['x'], ['a']), node('Exp', ['a'], ['b']), node('Neg', ['b'], ['c']), node('Add', ['a', 'c'], ['y'])], inputs: [x], outputs: [y] }));
    const parts = split(path, (v) => (v === 1 ? 1 : 0));
    expect(named(parts.manifest)).toEqual([['stage_0.part_0.onnx', 'x<input', 'a'], ['stage_1.onnx', 'a<stage_0.part_0.onnx', 'b'], ['stage_0.part_1.onnx', 'b<stage_1.onnx,a<stage_0.part_0.onnx', 'y']]);
    await expectEqual(parts, feed);
  });

  it('repeats what follows from weights alone in each stage that reads it, and shared weights', async () => {
    const constants = [node('Constant', [], ['k'], { value: tensor('', 'float32', [2], [2, 3]) }), node('Neg', ['k'], ['minus'])];
    const path = save('constants.onnx', graph({ nodes: [...constants, node('Mul', ['x', 'minus'], ['a']), node('Add', ['a', 'w'], ['b']), node('Mul', ['b', 'minus'], ['c']), node('Add', ['c', 'w'], ['y'])], inputs: [x], outputs: [y], initializers: [tensor('w', 'float32', [2], [5, 7])] }));
    const parts = split(path, (v) => (v < 4 ? 0 : 1));
    expect(parts.manifest.models.map(({ operators }) => operators)).toEqual([4, 4]);
    expect(named(parts.manifest)[1]).toEqual(['stage_1.onnx', 'b<stage_0.onnx', 'y']);
    await expectEqual(parts, feed);
  });

  it('gives outputs that are inputs, weights or constants', async () => {
    const path = save('passed.onnx', graph({ nodes: [node('Constant', [], ['k'], { value: tensor('', 'float32', [1], [4]) }), node('Relu', ['x'], ['a']), node('Exp', ['a'], ['y']), node('Neg', ['a'], ['dead'])], inputs: [x], outputs: [y, valueInfo('w', 'float32', [2]), valueInfo('k', 'float32', [1]), valueInfo('a', 'float32', ['n', 2])], initializers: [tensor('w', 'float32', [2], [5, 7])] }));
    await expectEqual(split(path, (v) => (v < 2 ? 0 : 1)), feed);
  });

  it('holds what the bodies of control flow read', async () => {
    const branch = (name: string, op: string) => graph({ name, nodes: [node(op, ['a', 'late'], [`${name}_o`])], outputs: [valueInfo(`${name}_o`, 'float32', ['n', 2])] });
    const nodes = [
      node('Relu', ['x'], ['a']), node('Exp', ['x'], ['late']), node('ReduceSum', ['x'], ['s'], { keepdims: 0 }), node('Greater', ['s', 'zero'], ['c']),
      node('If', ['c'], ['i'], { then_branch: branch('t', 'Add'), else_branch: branch('e', 'Mul') }), node('Neg', ['i'], ['y']),
    ];
    const path = save('if.onnx', graph({ nodes, inputs: [x], outputs: [y], initializers: [tensor('zero', 'float32', [], [0])] }));
    const parts = split(path, (v) => (v < 2 ? 0 : v < 4 ? 1 : 2));
    expect(parts.manifest.models[2]!.inputs.map(({ name }) => name).sort()).toEqual(['a', 'c', 'late']);
    await expectEqual(parts, feed);
    await expectEqual(parts, { x: floats([1, 2], [-1, -2]) });
  });

  it('states sequences and optionals by their kinds', () => {
    const path = save('sequence.onnx', graph({ nodes: [node('SplitToSequence', ['x'], ['q'], { axis: 1 }), node('ConcatFromSequence', ['q'], ['y'], { axis: 1 })], inputs: [x], outputs: [y] }));
    const { manifest, out } = split(path, (v) => v);
    expect(manifest.models[1]!.inputs[0]).toMatchObject({ name: 'q', type: 'sequence(float32)' });
    const { typeProto } = { typeProto: onnx.ModelProto.decode(readFileSync(join(out, 'stage_1.onnx'))).graph!.input![0]!.type! };
    expect(typeProto.sequenceType!.elemType!.tensorType!.elemType).toBe(onnx.TensorProto.DataType.FLOAT);
  });

  it('refuses to cut where nobody knows the type', () => {
    const path = save('unknown.onnx', graph({ nodes: [node('Mystery', ['x'], ['m'], {}, { domain: 'd' }), node('Mystery', ['m'], ['y'], {}, { domain: 'd' })], inputs: [x], outputs: [y] }), { domains: { d: 1 } });
    expect(() => split(path, (v) => v)).toThrow(/cuts the tensor "m", whose type nobody knows/);
  });
});

describe('records of the file', () => {
  it('are kept with what nobody knows of them', () => {
    const g = graph({ nodes: [node('Relu', ['x'], ['a']), node('Neg', ['a'], ['y'])], inputs: [x], outputs: [y], valueInfos: [valueInfo('a', 'float32', ['n', 2])] });
    const raw = Buffer.concat([onnx.GraphProto.encode(g).finish(), bytesField(99, 'of the graph')]);
    const path = folder.save('unknown-fields.onnx', Buffer.concat([encodeRawModel(raw), bytesField(98, 'of the model')]));
    const { out } = split(path, (v) => v);
    for (const stage of ['stage_0.onnx', 'stage_1.onnx']) {
      const bytes = readFileSync(join(out, stage));
      expect(bytes.includes('of the graph') && bytes.includes('of the model')).toBe(true);
    }
  });

  it('of initializers that older files list as inputs stay with them', async () => {
    const w = tensor('w', 'float32', [2], [5, 7]);
    const path = save('ir3.onnx', graph({ nodes: [node('Relu', ['x'], ['a']), node('Add', ['a', 'w'], ['y'])], inputs: [x, valueInfo('w', 'float32', [2])], outputs: [y], initializers: [w] }), { irVersion: 3, opset: 8 });
    const parts = split(path, (v) => v);
    const of = (stage: string) => onnx.ModelProto.decode(readFileSync(join(parts.out, stage))).graph!.input!.map((info) => info.name);
    expect([of('stage_0.onnx'), of('stage_1.onnx')]).toEqual([['x'], ['w', 'a']]);
    await expectEqual(parts, feed);
  });

  it('of local functions are written anew where a stage needs them', async () => {
    const scale = localFunction({ domain: 'f', name: 'scale', inputs: ['a'], outputs: ['b'], attributes: ['by'], nodes: [{ ...node('Constant', [], ['t']), attribute: [{ name: 'value_float', type: 1, refAttrName: 'by' }] }, node('Mul', ['a', 't'], ['b'])] });
    const body = graph({ name: 'body', nodes: [node('Add', ['u', 'k'], ['o'])], outputs: [valueInfo('o', 'float32', ['n', 2])], initializers: [tensor('k', 'float32', [1], [9])] });
    const other = graph({ name: 'other', nodes: [node('Slice', ['u', 'from', 'to'], ['o'])], outputs: [valueInfo('o', 'float32', ['n', 2])], initializers: [tensor('from', 'int64', [1], [0]), tensor('to', 'int64', [1], [100])] });
    const gate = localFunction({
      domain: 'f', name: 'gate', inputs: ['a'], outputs: ['b'],
      nodes: [node('Relu', ['a'], ['u']), node('Constant', [], ['when'], { value: tensor('', 'bool', [], [1]) }), node('If', ['when'], ['b'], { then_branch: body, else_branch: other })],
    });
    const call = (name: string, from: string, to: string, attributes = {}) => node(name, [from], [to], attributes, { domain: 'f', name: `${name}_${to}` });
    const path = save('functions.onnx', graph({ nodes: [call('scale', 'x', 'p', { by: { float: 3 } }), call('gate', 'p', 'q'), call('scale', 'q', 'y', { by: { float: -0.5 } })], inputs: [x], outputs: [y] }), { functions: [scale, gate], domains: { f: 1 } });
    for (const stageOf of [contiguous(2), contiguous(4), interleaved(4)]) await expectEqual(split(path, stageOf), feed);
  });
});

describe('external data', () => {
  const weights = Buffer.alloc(8192 + 16);
  weights.writeFloatLE(2, 0);
  weights.writeFloatLE(3, 4);
  weights.writeFloatLE(10, 8192);
  weights.writeFloatLE(20, 8196);
  const path = join(folder.path, 'external.onnx');
  const prepare = (): void => {
    writeFileSync(join(folder.path, 'weights.bin'), weights);
    const data = (name: string, offset: number) => externalTensor(name, 'float32', [2], { location: 'weights.bin', offset, length: 8 });
    save('external.onnx', graph({ nodes: [node('Mul', ['x', 'v'], ['a']), node('Add', ['a', 'w'], ['y'])], inputs: [x], outputs: [y], initializers: [data('v', 0), data('w', 8192)] }));
  };

  it('is one more name of the same file', async () => {
    prepare();
    const parts = split(path, (v) => v);
    expect(statSync(join(parts.out, 'weights.bin')).ino).toBe(statSync(join(folder.path, 'weights.bin')).ino);
    await expectEqual(parts, feed);
  });

  it('is copied for each stage as far as that reads it', async () => {
    prepare();
    const parts = split(path, (v) => v, 'per-stage');
    expect(readdirSync(parts.out).sort()).toEqual(['stage_0.onnx', 'stage_0.onnx.data', 'stage_1.onnx', 'stage_1.onnx.data']);
    expect(statSync(join(parts.out, 'stage_1.onnx.data')).size).toBe(8);
    await expectEqual(parts, feed);
  });

  it('that vanishes is named, and nothing is left behind', () => {
    prepare();
    const { model, graph: operators } = prepareModel(path, {}, true, unattended);
    const { files } = stageModels({ model, graph: operators, stageOf: Int32Array.of(0, 1), stages: [0, 1].map((i) => ({ device: `cpu:${i}`, host: true, accelerator: -1, replicas: 1 })) }, 'per-stage', (file) => file, 'x');
    writeFileSync(join(folder.path, 'weights.bin'), '');
    const out = join(folder.path, 'vanished');
    expect(() => writeExport(files, model, out, unattended)).toThrow(/stage_\d\.onnx\.data|weights\.bin/);
    expect(readdirSync(out)).toEqual([]);
  });
});

it('a model that changed between reading and splitting is refused', () => {
  const path = save('changing.onnx', graph({ nodes: [node('Relu', ['x'], ['a']), node('Neg', ['a'], ['y'])], inputs: [x], outputs: [y] }));
  const { model, graph: operators } = prepareModel(path, {}, true, unattended);
  writeFileSync(path, Buffer.concat([readFileSync(path), bytesField(97, 'more')]));
  expect(() => stageModels({ model, graph: operators, stageOf: Int32Array.of(0, 0), stages: [{ device: 'cpu:0', host: true, accelerator: -1, replicas: 1 }] }, 'shared', (file) => file, 'm')).toThrow(/changed while it was being read/);
});

it('weights without a payload need no data', () => {
  const path = save('stripped.onnx', graph({ nodes: [node('Relu', ['x'], ['a']), node('Add', ['a', 'w'], ['y'])], inputs: [x], outputs: [y], initializers: [emptyTensor('w', 'float32', [2])] }));
  expect(named(split(path, (v) => v).manifest).map(([file]) => file)).toEqual(['stage_0.onnx', 'stage_1.onnx']);
  expect(dirname(resolve(path))).toBe(folder.path);
});
