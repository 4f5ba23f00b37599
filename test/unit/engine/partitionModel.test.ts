import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { inspectModel } from '../../../src/engine/inspectModel';
import { partitionModel } from '../../../src/engine/partitionModel';
import { clusterOrigin, resolveCluster } from '../../../src/engine/resolveCluster';
import { presets } from '../../../src/cost/presets';
import { CancelledError, UserError } from '../../../src/shared/userError';
import { unattended, type Progress } from '../../../src/shared/progress';
import { readPlacementFile } from '../../../src/sidecar/readPlacementFile';
import { emptyTensor, encodeModel, graph, node, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';
import { steady } from './planned';

const folder = modelFolder();
const modelPath = folder.save(
  'net.onnx',
  encodeModel(
    graph({
      nodes: Array.from({ length: 6 }, (_, i) => node('MatMul', [i === 0 ? 'x' : `t${i - 1}`, `w${i}`], [`t${i}`])),
      initializers: Array.from({ length: 6 }, (_, i) => emptyTensor(`w${i}`, 'float32', [64, 64])),
      inputs: [valueInfo('x', 'float32', ['batch', 64])],
      outputs: [valueInfo('t5')],
    }),
  ),
);
const clusterPath = folder.save('steady.cluster.json', JSON.stringify(steady));
const request = { modelPath, cluster: 'steady.cluster.json', clusterBase: folder.path };
const sidecar = `${modelPath}.placement.json`;
afterEach(() => rmSync(sidecar, { force: true }));

describe('partitionModel', () => {
  it('gives the file, its bytes and its view, and writes nothing', async () => {
    const result = await partitionModel(request, unattended);
    expect(result.sidecarPath).toBe(sidecar);
    expect(existsSync(sidecar)).toBe(false);
    expect(readPlacementFile(result.text, 'x')).toEqual(result.file);
    expect(result.previous).toBeNull();
    expect(result.assumed).toEqual([{ symbol: 'batch', value: 1, occurrences: ['x[0]'] }]);
    expect(result.view.plan!.stages.map((stage) => stage.device)).toEqual(result.file.stages.map((stage) => stage.device));
    for (const [i, stage] of result.file.stages.entries()) {
      expect(stage.load.computeSeconds + stage.load.communicationSeconds).toBeCloseTo(result.view.plan!.stages[i]!.loadSeconds, 9);
    }
    expect((await partitionModel(request, unattended)).text).toBe(result.text);
  });

  it('refuses a model of which everything is known before it runs', async () => {
    const nodes = [node('Identity', ['c'], ['y'])];
    const known = folder.save('known.onnx', encodeModel(graph({ nodes, initializers: [emptyTensor('c', 'float32', [2])], inputs: [], outputs: [valueInfo('y', 'float32', [2])] })));
    await expect(partitionModel({ ...request, modelPath: known }, unattended)).rejects.toThrow(/^known\.onnx: gives values that are known before it runs\. There is nothing to place\.$/);
  });

  it('remembers what was there before, and carries on what it does not know', async () => {
    const first = await partitionModel(request, unattended);
    const noted = first.text.replace('"objective"', '"note": { "by": "somebody" },\n  "objective"');
    folder.save('net.onnx.placement.json', noted);
    const second = await partitionModel(request, unattended);
    expect(second.previous).toBe(noted);
    expect(second.file).toMatchObject({ note: { by: 'somebody' } });
  });

  it('tells what it is doing, and stops when it is told to', async () => {
    const phases: string[] = [];
    await partitionModel(request, { report: ({ phase }: Progress) => void phases.push(phase), cancelled: () => false });
    expect([...new Set(phases)].slice(0, 3)).toEqual(['reading', 'inferring shapes', 'counting costs']);
    await expect(partitionModel(request, { report: () => undefined, cancelled: () => true })).rejects.toBeInstanceOf(CancelledError);
    let calls = 0;
    await expect(partitionModel(request, { report: () => undefined, cancelled: () => ++calls > 2 })).rejects.toBeInstanceOf(CancelledError);
  });

  it('keeps pins and names the devices after them', async () => {
    const first = await partitionModel(request, unattended);
    const pins = [{ operator: 't0', device: 'gpu:2' }, { operator: 't5', device: 'gpu:0' }];
    folder.save('net.onnx.placement.json', first.text.replace('"pins": []', `"pins": ${JSON.stringify(pins)}`));
    const second = await partitionModel(request, unattended);
    const deviceOf = new Map(second.file.stages.flatMap((stage) => stage.operators.map(([id]) => [id, stage.device] as const)));
    expect([deviceOf.get('t0'), deviceOf.get('t5')]).toEqual(['gpu:2', 'gpu:0']);
    expect(second.file.pins).toEqual(pins);
    expect(second.view.plan!.certificate.sentence).toMatch(/the 2 pins/);
  });

  it('keeps pins to stages, with what it does not know of them, and drops those that the devices do not suffice for', async () => {
    const first = await partitionModel(request, unattended);
    const pins = [{ operator: 't1', stage: 1, note: 'reviewed' }, { operator: 't2', stage: 2 }, { operator: 't3', device: 'gpu:0' }];
    folder.save('net.onnx.placement.json', first.text.replace('"pins": []', `"pins": ${JSON.stringify(pins)}`));
    const second = await partitionModel(request, unattended);
    const stageOf = new Map(second.file.stages.flatMap((stage, i) => stage.operators.map(([id]) => [id, i] as const)));
    expect([stageOf.get('t1'), stageOf.get('t2')]).toEqual([1, 2]);
    expect(second.file.stages[stageOf.get('t3')!]!.device).toBe('gpu:0');
    expect(second.file.pins).toEqual(pins);
    expect(second.view.plan!.certificate.optimal).toBe(true);
    folder.save('net.onnx.placement.json', second.text);
    const cluster = join(folder.path, 'two.cluster.json');
    folder.save('two.cluster.json', Buffer.from(JSON.stringify({ ...steady, devices: [{ ...steady.devices[0]!, count: 2 }], links: [steady.links![0]!] })));
    const third = await partitionModel({ ...request, cluster }, unattended);
    expect(third.file.pins).toEqual([pins[0], pins[2]]);
    expect(third.view.warnings[0]).toBe('The pin of "t2" is dropped: the cluster has too few devices for a stage 2.');
  });

  it.each([
    ['throughput', { replicas: 2 }],
    ['1f1b', { replicas: 2 }],
    ['1f1b', {}],
    ['gpipe', {}],
  ] as const)('keeps pins to stages and devices for %s %j', async (objective, planning) => {
    const first = await partitionModel({ ...request, objective, ...planning }, unattended);
    const pins = [{ operator: 't1', stage: 1 }, { operator: 't4', device: 'gpu:1' }];
    folder.save('net.onnx.placement.json', first.text.replace('"pins": []', `"pins": ${JSON.stringify(pins)}`));
    const { view, file } = await partitionModel({ ...request, objective, ...planning }, unattended);
    expect(view.plan!.pins!.map(({ kept }) => kept)).toEqual([true, true]);
    expect(view.plan!.certificate.optimal).toBe(true);
    expect(file.pins).toEqual(pins);
  });

  it('refuses a model without operators', async () => {
    const path = folder.save('empty.onnx', encodeModel(graph({ inputs: [valueInfo('x', 'float32', [1])], outputs: [valueInfo('x', 'float32', [1])] })));
    await expect(partitionModel({ ...request, modelPath: path }, unattended)).rejects.toBeInstanceOf(UserError);
  });
});

describe('inspectModel', () => {
  it('shows a model before there is a plan, with or without suggested sizes', () => {
    const { view } = inspectModel({ modelPath }, unattended);
    expect(view).toMatchObject({ modelName: 'net.onnx', plan: null, free: [], totals: { flops: 6 * 2 * 64 * 64, weightBytes: 6 * 64 * 64 * 4, unknownTensors: 0 } });
    const free = inspectModel({ modelPath, assumeSuggestions: false }, unattended).view;
    expect(free.free).toEqual([{ symbol: 'batch', suggestion: 1 }]);
    expect(free.warnings[0]).toMatch(/^1 input dimension is not bound \(batch\)/);
  });
});

describe('resolveCluster', () => {
  it('knows presets by name and files by path, from the folder that it is told', () => {
    expect(resolveCluster('a100x4', '/')).toEqual({ cluster: presets.get('a100x4'), preset: 'a100x4', path: undefined });
    expect(resolveCluster('', '/').preset).toBeDefined();
    expect(resolveCluster('steady.cluster.json', folder.path)).toEqual({ cluster: steady, preset: undefined, path: clusterPath });
    expect(() => resolveCluster('x100', folder.path)).toThrow(/x100: is neither a preset nor a file\. Presets: a100x4, /);
    mkdirSync(join(folder.path, 'dir.cluster.json'), { recursive: true });
    expect(() => resolveCluster('dir.cluster.json', folder.path)).toThrow(/is a folder/);
  });

  it('is named in a placement without a word of this machine', () => {
    const file = (path: string) => ({ cluster: steady, preset: undefined, path });
    expect(clusterOrigin({ cluster: steady, preset: 'duo', path: undefined }, '/p/m/net.placement.json', '/p')).toBe('duo');
    expect(clusterOrigin(file('/p/m/c/x.cluster.json'), '/p/m/net.placement.json', '/elsewhere')).toBe('c/x.cluster.json');
    expect(clusterOrigin(file('/p/clusters/x.cluster.json'), '/p/m/net.placement.json', '/p')).toBe('../clusters/x.cluster.json');
    expect(clusterOrigin(file('/home/me/x.cluster.json'), '/p/m/net.placement.json', '/p')).toBe('x.cluster.json');
    expect(clusterOrigin(file('/home/me/x.cluster.json'), '/p/m/net.placement.json', '/home/me')).toBe('x.cluster.json');
  });
});
