import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildProblem } from '../../../src/cost/buildProblem';
import type { ClusterFile } from '../../../src/cost/clusterFile';
import { exportPlacement, exportPlanOf, listTargets } from '../../../src/engine/exportPlacement';
import { placementFileOf } from '../../../src/engine/placementFileOf';
import { withPlacement, type Planned } from '../../../src/engine/planned';
import { prepareModel } from '../../../src/engine/prepareModel';
import { layerCounts, splitByLayers } from '../../../src/export/layers';
import { layerSettings, readSettings, SESSION_OPTION } from '../../../src/export/targets/ortLayers';
import { megatronLayout, readMegatronLayout } from '../../../src/export/targets/partitions';
import { validateIr11 } from '../../../src/export/validateIr11';
import { annotationSplices } from '../../../src/onnx/annotate';
import { readModel } from '../../../src/onnx/readModel';
import { evaluate } from '../../../src/placement/evaluate';
import { unattended } from '../../../src/shared/progress';
import { writePlacementFile } from '../../../src/sidecar/writePlacementFile';
import { writeDecoder } from '../../fixtures/decoder';
import { makeJobs } from '../../../src/worker/runJob';
import { modelFolder } from '../../fixtures/modelFolder';
import { steady } from '../engine/planned';

const folder = modelFolder();
const modelPath = join(folder.path, 'decoder.onnx');
const cluster: ClusterFile = { ...steady, devices: steady.devices.map((device) => ({ ...device, memoryBytes: 1e12, unsupported: [] })) };

/** The decoder on the devices that `deviceOf` says, by an operator's layer (-1 before, `layers` after) and id; saved as a sidecar. */
function save(name: string, deviceOf: (layer: number, id: string) => number, path = modelPath): { sidecarPath: string; planned: Planned } {
  const prepared = prepareModel(path, {}, true, unattended);
  const input = buildProblem(prepared.graph, prepared.costs, cluster);
  const bare = { model: prepared.model, graph: prepared.graph, bound: {}, stages: [{ device: 'gpu:0', host: false, accelerator: 0, replicas: 1 }], stageOf: new Int32Array(prepared.graph.operators.length), objective: 'throughput', problem: input.problem, nodes: input.nodes, placement: { assignment: new Int32Array(input.nodes.length), order: [0] } } as const;
  const { layerOf } = splitByLayers(bare, {}, 'x');
  const assignment = Int32Array.from(input.nodes, (operator) => deviceOf(layerOf[operator]!, prepared.graph.operators[operator]!.id));
  const { order, maxLoadSeconds } = evaluate(input.problem, assignment);
  const planned = withPlacement({ prepared, cluster, input, problem: input.problem, pinned: new Map(), objective: 'throughput', planning: {} }, { assignment, order });
  const certificate = { value: maxLoadSeconds, lowerBound: maxLoadSeconds, optimal: true, method: 'ideals' };
  const sidecarPath = join(folder.path, `${name}.placement.json`);
  writeFileSync(sidecarPath, writePlacementFile(placementFileOf(planned, certificate, { modelPath: path.slice(folder.path.length + 1), clusterFrom: 'steady' }, [], null)));
  return { sidecarPath, planned };
}

const atLayers = (layer: number): number => (layer < 3 ? 0 : layer < 5 ? 1 : 2);
let clean: ReturnType<typeof save>;
let inside: ReturnType<typeof save>;

beforeAll(() => {
  writeDecoder(modelPath, { layers: 6, hidden: 16, heads: 2, vocabulary: 32, context: 16 });
  clean = save('clean', atLayers);
  let second = false;
  inside = save('inside', (layer, id) => {
    second ||= id === 'layers.3/after_attn';
    return !second ? 0 : layer < 5 ? 1 : 2;
  });
});

const run = (sidecarPath: string, target: string, more: object = {}) => {
  const out = join(folder.path, `out-${target}`);
  const result = exportPlacement({ sidecarPath, target, folder: out, ...more }, unattended);
  return { result, out, read: (file: string) => readFileSync(join(out, file), 'utf8') };
};

describe('onnx-ir11', () => {
  it('writes stages that our reader reads back, and changes no other byte', () => {
    const { result, out } = run(clean.sidecarPath, 'onnx-ir11');
    expect(result.files).toEqual(['decoder.stages.onnx']);
    const model = readModel(join(out, 'decoder.stages.onnx'));
    expect(model.irVersion).toBe(11);
    expect(model.deviceConfigurations).toEqual([{ name: 'stagewright', deviceCount: 3, devices: ['gpu:0', 'gpu:1', 'gpu:2'] }]);
    expect(model.graph.nodes.map((node) => node.deviceConfigurations)).toEqual(Array.from(clean.planned.stages!, (pipelineStage) => [{ configurationId: 'stagewright', pipelineStage }]));

    // take out what was put in, by the splices of the annotated copy's own positions: the source must come back
    const source = readFileSync(modelPath);
    const nodes = Array.from(clean.planned.stages!, (pipelineStage) => ({ device: { configurationId: 'stagewright', pipelineStage } }));
    const splices = annotationSplices(clean.planned.prepared.model, { nodes, configuration: model.deviceConfigurations[0]! }, 'x');
    const copy = readFileSync(join(out, 'decoder.stages.onnx'));
    const parts: Buffer[] = [];
    let from = 0;
    let grown = 0;
    for (const { at, end, bytes } of splices) {
      parts.push(copy.subarray(from + grown, at + grown), source.subarray(at, end));
      expect(copy.subarray(at + grown, at + grown + bytes.length).equals(bytes)).toBe(true);
      grown += bytes.length - (end - at);
      from = end;
    }
    parts.push(copy.subarray(from + grown));
    expect(Buffer.concat(parts).equals(source)).toBe(true);
    const replaced = splices.reduce((sum, { at, end }) => sum + end - at, 0);
    expect(replaced).toBeLessThan(4 * (nodes.length + 2)); // lengths and the IR version, nothing else
  });

  it('loads in ONNX Runtime and computes the same bits', async () => {
    const { out } = run(clean.sidecarPath, 'onnx-ir11');
    const feeds = { input_ids: new Tensor('int64', BigInt64Array.from([1n, 2n, 3n]), [1, 3]) };
    const options = { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 } as const;
    const results = await Promise.all([modelPath, join(out, 'decoder.stages.onnx')].map(async (path) => (await (await InferenceSession.create(path, options)).run(feeds))['logits']!.data));
    expect(results[0]!.length).toBe(96);
    expect(results[1]).toEqual(results[0]);
  });

  it('keeps an annotation that is there, and names its own configuration apart', () => {
    const { out } = run(clean.sidecarPath, 'onnx-ir11');
    const twice = join(folder.path, 'twice.onnx');
    writeFileSync(twice, readFileSync(join(out, 'decoder.stages.onnx')));
    const again = save('twice', atLayers, twice);
    const { out: second } = run(again.sidecarPath, 'onnx-ir11');
    const model = readModel(join(second, 'twice.stages.onnx'));
    expect(model.deviceConfigurations.map(({ name }) => name)).toEqual(['stagewright', 'stagewright-2']);
    expect(model.graph.nodes[5]!.deviceConfigurations).toHaveLength(2);
  });

  it('brings external data along', async () => {
    mkdirSync(join(folder.path, 'big'), { recursive: true });
    const path = join(folder.path, 'big', 'big.onnx');
    writeDecoder(path, { layers: 3, hidden: 16, heads: 2, vocabulary: 32, context: 16, weights: 'external' });
    const { sidecarPath } = save('big', (layer) => (layer < 1 ? 0 : layer < 2 ? 1 : 2), path);
    const { out, result } = run(sidecarPath, 'onnx-ir11');
    expect(result.files).toHaveLength(2);
    await InferenceSession.create(join(out, 'big.stages.onnx'));
    expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('refuses stages that decrease along an edge', () => {
    const plan = exportPlanOf(clean.planned);
    const configuration = { name: 'c', deviceCount: 1, devices: [] };
    const nodes = Array.from(plan.stageOf, (stage) => ({ device: { configurationId: 'c', pipelineStage: 2 - stage } }));
    expect(() => validateIr11(plan, configuration, nodes, 'net')).toThrow(/stages that decrease along an edge/);
    expect(() => validateIr11(plan, { ...configuration, deviceCount: 2, devices: ['a'] }, [], 'net')).toThrow(/2 devices that lists 1/);
    expect(() => validateIr11(plan, configuration, [{ device: { configurationId: 'd', pipelineStage: 0 } }], 'net')).toThrow(/does not exist/);
  });
});

describe('ort-layers', () => {
  it('refuses several accelerators', () => {
    expect(() => run(clean.sidecarPath, 'ort-layers')).toThrow(/one session of ONNX Runtime/);
    expect(existsSync(join(folder.path, 'out-ort-layers'))).toBe(false);
  });

  it('is accepted by ONNX Runtime with its session option', async () => {
    const { sidecarPath } = save('mixed', (layer) => (layer < 3 ? 3 : 0));
    const { out, read } = run(sidecarPath, 'ort-layers');
    const settings = (JSON.parse(read('decoder.session.json')) as Record<string, string>)[SESSION_OPTION]!;
    expect(settings).toBe('accelerator(=stage1); cpu(=stage0)');
    const model = readModel(join(out, 'decoder.layers.onnx'));
    expect(new Set(model.graph.nodes.map((node) => node.metadata.get('layer_ann')))).toEqual(new Set(['stage0', 'stage1']));
    const create = (value: string) => InferenceSession.create(join(out, 'decoder.layers.onnx'), { logSeverityLevel: 4, extra: { session: { layer_assignment_settings: value } } });
    await create(settings);
    await expect(create('cpu(=stage0')).rejects.toThrow(); // the option is looked at
  });

  it('reads settings strictly', () => {
    expect(readSettings('gpu(=a, =b); cpu(=c)')).toEqual(new Map([['gpu', ['=a', '=b']], ['cpu', ['=c']]]));
    for (const wrong of ['gpu(=a', 'gpu(=a) cpu(=b)', 'gpu(=a); gpu(=b)', 'gpu(=a); cpu(=a)', '']) expect(readSettings(wrong)).toBeNull();
    expect(layerSettings(exportPlanOf(clean.planned))).toBe('accelerator(=stage0, =stage1, =stage2)');
  });
});

describe('targets that split between whole layers', () => {
  it('write what the plan says', () => {
    expect(run(clean.sidecarPath, 'vllm').read('vllm.env')).toBe('VLLM_PP_LAYER_PARTITION=3,2,1\n');
    expect(run(clean.sidecarPath, 'sglang').read('sglang.env')).toBe('SGLANG_PP_LAYER_PARTITION=3,2,1\n');
    expect(run(clean.sidecarPath, 'megatron').read('megatron.args')).toBe('--pipeline-model-parallel-size 3 --pipeline-model-parallel-layout "Ettt|tt|tL"\n');
    expect(JSON.parse(run(clean.sidecarPath, 'tensorrt-llm').read('tensorrt-llm.json'))).toEqual({ pp_size: 3, pp_partition: [3, 2, 1] });
    expect(JSON.parse(run(clean.sidecarPath, 'torch').read('split_spec.json'))).toEqual({ split_spec: { 'layers.3': 'BEGINNING', 'layers.5': 'BEGINNING' }, schedule: 'GPipe', n_microbatches: 12 });
    const map = JSON.parse(run(clean.sidecarPath, 'accelerate').read('device_map.json')) as Record<string, number>;
    expect(map).toMatchObject({ wte: 0, 'layers.0': 0, 'layers.3': 1, 'layers.5': 2, ln_f: 2 });
  });

  it('refuse a cut inside a layer, or round it and say what that costs', () => {
    expect(() => run(inside.sidecarPath, 'vllm')).toThrow(/a cut falls inside layer 3: .* Round to whole layers with --round: the slowest stage takes .* ms instead of .* ms/);
    const { result, read } = run(inside.sidecarPath, 'vllm', { round: true });
    expect(read('vllm.env')).toMatch(/^VLLM_PP_LAYER_PARTITION=[34],[12],1\n$/);
    const counts = /=(.*)\n/.exec(read('vllm.env'))![1]!.split(',').map(Number);
    const same = save('same', (layer) => (layer < counts[0]! ? 0 : layer < counts[0]! + counts[1]! ? 1 : 2));
    const value = (planned: Planned) => evaluate(planned.problem, planned.placement!.assignment).maxLoadSeconds;
    expect(result.rounding).toMatchObject({ plannedSeconds: value(inside.planned), roundedSeconds: value(same.planned) });
    expect(result.rounding!.moved).toBeGreaterThan(0);
  });

  it('take a pattern, and refuse what is none', () => {
    expect(() => run(clean.sidecarPath, 'vllm', { layerPattern: 'nothing(\\d+)' })).toThrow(/no operators whose names tell their layer/);
    expect(() => run(clean.sidecarPath, 'vllm', { layerPattern: 'a(' })).toThrow(/no regular expression/);
    expect(() => run(clean.sidecarPath, 'vllm', { layerPattern: 'layers' })).toThrow(/does not have one group/);
    expect(run(clean.sidecarPath, 'vllm', { layerPattern: 'layers\\.(\\d+)' }).result.files).toEqual(['vllm.env']);
  });

  it('say what they can carry', () => {
    const states = (sidecarPath: string) => Object.fromEntries(listTargets({ sidecarPath }, unattended).map(({ name, expressible }) => [name, expressible.find(({ aspect }) => aspect === 'cuts')!.state]));
    expect(states(clean.sidecarPath)).toEqual({ 'onnx-ir11': 'yes', 'ort-layers': 'yes', megatron: 'yes', vllm: 'yes', sglang: 'yes', triton: 'yes', 'tensorrt-llm': 'yes', accelerate: 'yes', torch: 'yes' });
    expect(states(inside.sidecarPath)).toMatchObject({ 'onnx-ir11': 'yes', megatron: 'partly', torch: 'partly' });
  });

  it('read Megatron layouts back', () => {
    for (const counts of [[1], [3, 2, 1], [12, 12]]) expect(readMegatronLayout(megatronLayout(counts))).toEqual(counts);
    for (const wrong of ['ttt', 'E|tL', 'Et||tL', 'Et|t', '']) expect(readMegatronLayout(wrong)).toBeNull();
    const plan = exportPlanOf(clean.planned);
    expect(layerCounts(splitByLayers(plan, {}, 'x'), 3)).toEqual([3, 2, 1]);
  });
});

it('names the targets when there is no such one', () => {
  expect(() => run(clean.sidecarPath, 'deepspeed')).toThrow(/is no target of export\. Targets: onnx-ir11/);
});

it('is a job of the worker, with plain data in and out', async () => {
  const jobs = makeJobs();
  const result = await jobs.export({ sidecarPath: clean.sidecarPath, target: 'vllm', folder: join(folder.path, 'job') }, unattended);
  expect(structuredClone(result)).toEqual(result);
  expect(readFileSync(join(folder.path, 'job', 'vllm.env'), 'utf8')).toBe('VLLM_PP_LAYER_PARTITION=3,2,1\n');
  const targets = await jobs.listTargets({ sidecarPath: clean.sidecarPath }, unattended);
  expect(structuredClone(targets)).toEqual(targets);
});

it('leaves nothing behind when it is cancelled', () => {
  const out = join(folder.path, 'cancelled');
  let asked = 0;
  const control = { report: ({ phase }: { phase: string }) => void (phase === 'writing' && asked++), cancelled: () => asked > 0 };
  expect(() => exportPlacement({ sidecarPath: clean.sidecarPath, target: 'onnx-ir11', folder: out }, control)).toThrow('cancelled');
  expect(readdirSync(out)).toEqual([]);
});
