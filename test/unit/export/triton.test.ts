import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import type { onnx } from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { prepareModel } from '../../../src/engine/prepareModel';
import type { ExportPlan } from '../../../src/export/exportPlan';
import { checkEnsemble, triton, type TritonModel } from '../../../src/export/targets/triton';
import { writeExport } from '../../../src/export/writeExport';
import { unattended } from '../../../src/shared/progress';
import { encodeModel, graph, node, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';

const folder = modelFolder();
const schema = resolve(import.meta.dirname, '../../fixtures/tritonModelConfig.proto');
const protoc = spawnSync('protoc', ['--version']).status === 0;

/** What protoc says of a configuration: '' if it is one. */
const complaint = (text: string): string => spawnSync('protoc', [`--proto_path=${resolve(schema, '..')}`, '--encode=inference.ModelConfig', basename(schema)], { input: text }).stderr.toString();

function exported(name: string, nodes: readonly onnx.INodeProto[], stageOf: readonly number[], stages: ExportPlan['stages'], type = 'float32' as const): { readonly out: string; readonly files: string[] } {
  const path = folder.save(`${name}.onnx`, encodeModel(graph({ nodes, inputs: [valueInfo('x', type, ['n', 2])], outputs: [valueInfo('y', type)] })));
  const { model, graph: operators, bound } = prepareModel(path, {}, true, unattended);
  const plan = { model, graph: operators, bound, stageOf: Int32Array.from(stageOf), stages, objective: 'throughput' } as unknown as ExportPlan;
  const { files } = triton.make(plan, {}, name);
  const out = join(folder.path, `${name}-repository`);
  return { out, files: writeExport(files, model, out, unattended) };
}

const gpu = (accelerator: number, replicas = 1) => ({ device: `gpu:${accelerator}`, host: false, accelerator, replicas });
const chain = [node('Relu', ['x'], ['a"1']), node('ReduceSum', ['a"1'], ['s'], { keepdims: 0 }), node('Add', ['a"1', 's'], ['y'])];

describe('a Triton model repository', () => {
  it('has a model for each stage, on its devices, and an ensemble of them', async () => {
    const { out, files } = exported('net', chain, [0, 1, 2], [gpu(0), gpu(1, 2), { device: 'cpu:0', host: true, accelerator: -1, replicas: 1 }]);
    expect(files.filter((file) => file.endsWith('config.pbtxt'))).toEqual(['net_stage_0', 'net_stage_1', 'net_stage_2', 'net_pipeline'].map((name) => `${name}/config.pbtxt`));
    const text = (model: string): string => readFileSync(join(out, model, 'config.pbtxt'), 'utf8');
    expect(text('net_stage_1')).toMatch(/kind: KIND_GPU\n {2}count: 1\n {2}gpus: \[1, 2\]/);
    expect(text('net_stage_2')).toMatch(/instance_group {\n {2}kind: KIND_CPU\n {2}count: 1\n}/);
    // a tensor without dimensions has one element there
    expect(text('net_stage_1')).toMatch(/output {\n {2}name: "s"\n {2}data_type: TYPE_FP32\n {2}dims: \[1\]\n {2}reshape {\n {4}shape: \[\]/);
    expect(text('net_pipeline')).toMatch(/step {\n {4}model_name: "net_stage_2"\n {4}model_version: -1\n {4}input_map {\n {6}key: "a\\"1"\n {6}value: "a\\"1"\n/);
    for (const stage of [0, 1, 2]) {
      const session = await InferenceSession.create(join(out, `net_stage_${stage}/1/model.onnx`));
      expect(session.outputNames).toEqual([['a"1'], ['s'], ['y']][stage]);
      await session.release();
    }
  });

  it.skipIf(!protoc)('is a configuration to protoc, which refuses what is none', () => {
    const { out, files } = exported('checked', chain, [0, 1, 0], [gpu(0), gpu(1)]);
    const configs = files.filter((file) => file.endsWith('config.pbtxt'));
    expect(configs).toHaveLength(4);
    for (const file of configs) expect(complaint(readFileSync(join(out, file), 'utf8'))).toBe('');
    const text = readFileSync(join(out, configs[0]!), 'utf8');
    expect(complaint(text.replace('TYPE_FP32', 'TYPE_FP8'))).not.toBe('');
    expect(complaint(text.replace('backend', 'back_end'))).not.toBe('');
  });

  it('refuses what it cannot carry', () => {
    const sequence = [node('SplitToSequence', ['x'], ['q'], { axis: 1 }), node('ConcatFromSequence', ['q'], ['y'], { axis: 1 })];
    expect(() => exported('sequence', sequence, [0, 1], [gpu(0), gpu(1)])).toThrow(/hands over the tensor "q" of the type sequence\(float32\), which Triton does not carry/);
  });
});

describe('checks of an ensemble', () => {
  const tensor = (name: string, type = 'float32') => ({ name, type, shape: [2] });
  const model = (name: string, inputs: string[], outputs: string[]): TritonModel => ({ name, inputs: inputs.map((t) => tensor(t)), outputs: outputs.map((t) => tensor(t)), gpus: [0] });
  const ends = { inputs: [tensor('x')], outputs: [{ ...tensor('y'), from: 'b' }] };
  const good = [model('a', ['x'], ['h']), model('b', ['h'], ['y'])];

  it('find nothing in a good one and every fault in a bad one', () => {
    expect(checkEnsemble(ends, good)).toEqual([]);
    expect(checkEnsemble(ends, [...good].reverse())).toContain('b reads "h" before it is made');
    expect(checkEnsemble(ends, [good[0]!, model('b', ['h'], ['h', 'y'])])).toContain('"h" is made twice');
    expect(checkEnsemble(ends, [good[0]!, { ...good[1]!, inputs: [tensor('h', 'int64')] }])).toContain('b reads "h" as something else than it is');
    expect(checkEnsemble(ends, [good[0]!])).toContain('no stage makes the output "y"');
    expect(checkEnsemble({ ...ends, inputs: [tensor('x'), tensor('z')] }, good)).toContain('no stage reads the input "z"');
    expect(checkEnsemble(ends, [{ ...good[0]!, gpus: [-1] }, good[1]!])).toContain('a has no number for its GPU');
  });
});
