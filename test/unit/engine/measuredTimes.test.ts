import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkPlacements } from '../../../src/engine/checkPlacements';
import { inspectModel } from '../../../src/engine/inspectModel';
import { openPlacement } from '../../../src/engine/openPlacement';
import { partitionModel } from '../../../src/engine/partitionModel';
import { profileModel } from '../../../src/engine/profileModel';
import type { PartitionRequest } from '../../../src/engine/requests';
import { writeProfileFile, type ProfileFile } from '../../../src/profile/profileFile';
import { measuredSentence } from '../../../src/shared/measured';
import { unattended } from '../../../src/shared/progress';
import { encodeModel, graph, node, valueInfo } from '../../fixtures/buildModel';
import { modelFolder } from '../../fixtures/modelFolder';
import { steady } from './planned';

const folder = modelFolder();
const types = ['Relu', 'Exp', 'Relu', 'Exp'];
const nodes = types.map((type, i) => node(type, [i === 0 ? 'x' : `t${i - 1}`], [`t${i}`], {}, { name: `/n${i}` }));
const modelPath = folder.save('net.onnx', encodeModel(graph({ nodes, inputs: [valueInfo('x', 'float32', ['batch', 8])], outputs: [valueInfo('t3')] })));
folder.save('steady.cluster.json', JSON.stringify(steady));
const profilePath = join(folder.path, 'net.onnx.profile.json');
const sidecarPath = join(folder.path, 'net.onnx.placement.json');
const request: PartitionRequest = { modelPath, cluster: 'steady.cluster.json', clusterBase: folder.path };

/** A profile from a table of times, saved beside the model. */
async function saveProfile(table: string, more: { deviceClass?: string; bind?: Record<string, number> } = {}): Promise<ProfileFile> {
  folder.save('times.csv', table);
  const { file, text } = await profileModel({ modelPath, source: { kind: 'import', paths: [join(folder.path, 'times.csv')] }, ...more }, unattended);
  folder.save('net.onnx.profile.json', text);
  return file;
}
const partition = (more: Partial<PartitionRequest> = {}) => partitionModel({ ...request, ...more }, unattended);
const check = () => checkPlacements([sidecarPath], unattended)[0]!;

beforeEach(() => {
  for (const path of [profilePath, sidecarPath]) rmSync(path, { force: true });
});

describe('a profile beside the model', () => {
  it('replaces estimates of the only accelerator, calibrates the rest, and is recorded', async () => {
    const before = await partition();
    expect([before.view.measured, before.file.costModel]).toEqual([undefined, { name: 'roofline', version: 1 }]);
    // estimates are a millisecond each: the unmeasured Exp takes what the other one takes
    const { coverage } = await saveProfile('t0,0.0002\nt1,0.0004\nt2,0.0001\n');
    expect(coverage).toEqual({ measured: 3, operators: 4 });
    const { view, file } = await partition();
    expect(view.operators.map(({ seconds }) => Number(seconds!.toPrecision(6)))).toEqual([0.0002, 0.0004, 0.0001, 0.0004]);
    expect(view.plan!.stages.map(({ operatorCount }) => operatorCount).reduce((a, b) => a + b)).toBe(4);
    expect(view.measured).toEqual({ device: 'times.csv', deviceClass: 'gpu', operators: 3, of: 4 });
    expect(measuredSentence(view.measured!)).toBe('measured 75 % of the operators on times.csv (gpu)');
    expect(file.costModel.profile).toEqual({ path: 'net.onnx.profile.json', class: 'gpu', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string, coverage: 0.75 });
    expect((await partition({ profile: 'none' })).text).toBe(before.text);
  });

  it('is left out, with a warning, where it is of other dimensions or another device', async () => {
    await saveProfile('t0,0.004', { bind: { batch: 2 } });
    const other = await partition();
    expect([other.view.measured, other.view.warnings]).toEqual([undefined, ['net.onnx.profile.json is not used: it was measured on another state of the model or other sizes than batch=2. Measure again with "stagewright profile".']]);
    expect((await partition({ bind: { batch: 2 } })).view.measured).toMatchObject({ operators: 1 });
    await saveProfile('t0,0.004', { deviceClass: 'npu' });
    expect((await partition()).view.warnings[0]).toMatch(/is for the device class npu, which the cluster does not have\. .* the cluster has gpu, cpu\.$/);
    // who only looks at the model sees what was measured all the same
    expect(inspectModel({ modelPath }, unattended).view.measured).toMatchObject({ deviceClass: 'npu', operators: 1, of: 4 });
  });

  it('that is damaged is an error, unless nobody asks for it', async () => {
    folder.save('net.onnx.profile.json', '{');
    await expect(partition()).rejects.toThrow(/^net\.onnx\.profile\.json:1:2: is not JSON/);
    await expect(partition({ profile: 'none' })).resolves.toBeDefined();
    const { operators, ...rest } = await saveProfile('t0,0.004');
    folder.save('net.onnx.profile.json', writeProfileFile({ ...rest, operators: operators.map(([, type, seconds]) => ['gone', type, seconds]) }));
    await expect(partition()).rejects.toThrow(/names the operator "gone", which the model does not have/);
  });
});

describe('a profile that is named', () => {
  it('is for the class that is named, and has to fit', async () => {
    await saveProfile('t0,0.004', { deviceClass: 'npu' });
    const path = 'net.onnx.profile.json';
    expect((await partition({ profile: { path, deviceClass: 'cpu' } })).file.costModel.profile).toMatchObject({ class: 'cpu' });
    await expect(partition({ profile: { path } })).rejects.toThrow(/^net\.onnx\.profile\.json: is for the device class npu/);
    await expect(partition({ profile: { path: 'nowhere.json' } })).rejects.toThrow(/^nowhere\.json: does not exist/);
    await expect(partition({ profile: { path, deviceClass: 'gpu' }, bind: { batch: 5 } })).rejects.toThrow(/was measured on another state of the model or other sizes than batch=1/);
  });

  it('has to lie where the placement can name it', async () => {
    await saveProfile('t0,0.004');
    mkdirSync(join(folder.path, 'sub'), { recursive: true });
    const inner = folder.save('sub/net.onnx', readFileSync(modelPath));
    await expect(partition({ modelPath: inner, profile: { path: profilePath } })).rejects.toThrow(/does not lie in the folder of the placement/);
  });
});

describe('a placement made with a profile', () => {
  beforeEach(async () => {
    await saveProfile('t0,0.004\nt1,0.010\nt2,0.002\nt3,0.001\n');
    folder.save('net.onnx.placement.json', (await partition()).text);
  });

  it('is computed again with it, and fresh', () => {
    expect(check()).toMatchObject({ state: 'fresh' });
    const { view } = openPlacement(sidecarPath, unattended);
    expect([view.warnings, view.plan!.certificate.optimal, view.measured?.operators]).toEqual([[], true, 4]);
  });

  it('is stale once the profile changes, is damaged or is gone', async () => {
    await saveProfile('t0,0.004\nt1,0.011\nt2,0.002\nt3,0.001\n');
    expect(check()).toMatchObject({ state: 'stale', message: 'stale: its profile net.onnx.profile.json changed' });
    expect(openPlacement(sidecarPath, unattended).view.warnings[0]).toMatch(/cannot be compared with those recorded: its profile net\.onnx\.profile\.json changed\.$/);
    folder.save('net.onnx.profile.json', '{}');
    expect(check()).toMatchObject({ state: 'stale', message: expect.stringMatching(/its profile cannot be used: net\.onnx\.profile\.json:1:1: has no "version"/) as string });
    rmSync(profilePath);
    expect(check()).toMatchObject({ state: 'stale', message: 'stale: its profile net.onnx.profile.json is missing' });
  });

  it('names a profile in its folder and a class of its cluster', () => {
    const text = readFileSync(sidecarPath, 'utf8');
    const refused = (from: string, to: string): string => {
      expect(text).toContain(from);
      folder.save('net.onnx.placement.json', text.replace(from, to));
      const { state, message } = check();
      expect(state).toBe('invalid');
      return message;
    };
    expect(refused('"path": "net.onnx.profile.json"', '"path": "../p.json"')).toMatch(/costModel\.profile\.path "\.\.\/p\.json" leaves the folder/);
    expect(refused('"class": "gpu", "digest"', '"class": "tpu", "digest"')).toMatch(/costModel\.profile\.class "tpu" is a class that the cluster does not have/);
    expect(refused('"coverage": 1', '"coverage": 2')).toMatch(/costModel\.profile\.coverage must be <= 1/);
  });
});

describe('importing measurements', () => {
  const from = (...names: string[]) => profileModel({ modelPath, source: { kind: 'import', paths: names.map((name) => join(folder.path, name)) } }, unattended);
  const memory = '#name,input_sizes,initializers_sizes,total_dynamic_sizes,total_temp_allocations\n/n1,32,0,32,4096\n';

  it('takes an ONNX Runtime profile with fused operators, and says what it does not know', async () => {
    const event = (name: string, dur: number) => ({ cat: 'Node', name: `${name}_kernel_time`, dur, args: { provider: 'CUDAExecutionProvider' } });
    folder.save('ort.json', JSON.stringify([event('/n0', 40), event('fused_/n1_/n2', 60), event('Memcpy', 9)]));
    const { file, fused, unknown } = await from('ort.json');
    expect(file).toMatchObject({ device: { name: 'CUDAExecutionProvider' }, runtime: { name: 'onnxruntime' }, method: { kind: 'import' }, coverage: { measured: 3, operators: 4 } });
    expect(file.operators.map(([id]) => id)).toEqual(['t0', 't1', 't2']);
    expect(file.operators.reduce((sum, [, , seconds]) => sum + seconds, 0)).toBeCloseTo(100e-6, 9);
    expect([fused, unknown]).toEqual([[{ name: 'fused_/n1_/n2', operators: ['t1', 't2'] }], ['Memcpy']]);
  });

  it('adds memory to times, of the same import or of the profile that is there', async () => {
    folder.save('memory.csv', memory);
    folder.save('times.csv', '/n0,0.004\n/n1,0.010\n');
    expect((await from('times.csv', 'memory.csv')).file.operators).toEqual([['t0', 'Relu', 0.004], ['t1', 'Exp', 0.01, 4096]]);
    await expect(from('memory.csv')).rejects.toThrow(/holds memory but no times, and there is no profile of the model/);
    await saveProfile('t1,0.5', { deviceClass: 'gpu' });
    const { file, previous } = await from('memory.csv');
    expect([file.operators, file.device]).toEqual([[['t1', 'Exp', 0.5, 4096]], { name: 'times.csv', class: 'gpu' }]);
    expect(previous).toBe(readFileSync(profilePath, 'utf8'));
  });

  it('refuses what is of another model', async () => {
    folder.save('other.csv', 'conv1,1\nconv2,1\n');
    await expect(from('other.csv')).rejects.toThrow(/other\.csv: none of its 2 names is that of an operator of net\.onnx: "conv1", "conv2"\. Is it of this model\?$/);
    await expect(from('nowhere.csv')).rejects.toThrow(/nowhere\.csv: does not exist/);
  });
});
