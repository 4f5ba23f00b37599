import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FidelityView } from '../../src/shared/fidelityView';
import type { VerifyResult } from '../../src/engine/verifyPlacement';
import type { PipelineManifest } from '../../src/export/stages/manifest';
import { halfBits } from '../../src/runtime/randomInputs';
import { encodeModel, graph, node, tensor, valueInfo } from '../fixtures/buildModel';
import { modelFolder } from '../fixtures/modelFolder';
import { commandLine } from './cliProcess';

const cli = commandLine();
const folder = modelFolder();
const run = (...args: string[]) => cli.run(folder.path, ...args);
const runtime = resolve(import.meta.dirname, '../../node_modules');

const duo = { version: 1, name: 'two cores', devices: [{ class: 'cpu', count: 2, memoryBytes: 1e9, peakFlops: { float32: 1e10 }, memoryBytesPerSecond: 1e10 }], links: [{ between: ['cpu', 'cpu'], bytesPerSecond: 1e10, path: 'peer' }] };
const weights = (name: string) => tensor(name, 'float32', [16, 16], Array.from({ length: 256 }, (_, i) => Math.sin(i + name.length)));

/** Two matrix products and something after them. */
function save(name: string, after: ReturnType<typeof node>): void {
  const nodes = [node('MatMul', ['x', 'w'], ['a']), node('MatMul', ['a', 'v'], ['b']), after, node('Add', ['b', 'r'], ['y'])];
  const ends = { inputs: [valueInfo('x', 'float32', ['batch', 16])], outputs: [valueInfo('y', 'float32', ['batch', 16])] };
  folder.save(name, encodeModel(graph({ nodes, initializers: [weights('w'), weights('v')], ...ends })));
  expect(run('partition', name, '--cluster', 'duo.cluster.json', '--bind', 'batch=4').status).toBe(0);
}

beforeAll(() => {
  folder.save('duo.cluster.json', JSON.stringify(duo));
  save('net.onnx', node('Exp', ['b'], ['r']));
  save('dice.onnx', node('RandomNormalLike', ['b'], ['r']));
});

describe('split', () => {
  it('writes a model for each stage, and what flows between them', () => {
    const { status, out, err } = run('split', 'net.onnx.placement.json', '-o', 'stages', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const { files, manifest } = JSON.parse(out) as { files: string[]; manifest: PipelineManifest };
    expect(readdirSync(join(folder.path, 'stages')).sort()).toEqual([...files].sort());
    expect(JSON.parse(readFileSync(join(folder.path, 'stages/pipeline.json'), 'utf8'))).toEqual(manifest);
    expect(manifest.models.length).toBe(2);
    expect(manifest.models[1]!.inputs[0]).toMatchObject({ type: 'float32', shape: ['batch', 16], from: 'stage_0.onnx' });
  });

  it('never writes over the model, and needs a folder', () => {
    const before = readFileSync(join(folder.path, 'net.onnx'));
    // a model that has the name of a stage
    mkdirSync(join(folder.path, 'same'));
    for (const file of ['net.onnx', 'duo.cluster.json']) copyFileSync(join(folder.path, file), join(folder.path, 'same', file === 'net.onnx' ? 'stage_0.onnx' : file));
    expect(cli.run(join(folder.path, 'same'), 'partition', 'stage_0.onnx', '--cluster', 'duo.cluster.json', '--bind', 'batch=4').status).toBe(0);
    expect(cli.run(join(folder.path, 'same'), 'split', 'stage_0.onnx.placement.json', '-o', '.').err).toMatch(/^stagewright: stage_0\.onnx: is the model itself\. Choose another folder with -o\.\n$/);
    expect(readFileSync(join(folder.path, 'same/stage_0.onnx')).equals(before)).toBe(true);
    expect(run('split', 'net.onnx.placement.json')).toMatchObject({ status: 2, err: expect.stringMatching(/name the folder/) as string });
    expect(run('split', 'net.onnx.placement.json', '-o', 'net.onnx').err).toMatch(/^stagewright: [^\n]*net\.onnx: is a file where a folder is needed\. Name a folder\.\n$/);
    expect(readFileSync(join(folder.path, 'net.onnx')).equals(before)).toBe(true);
  });
});

describe.skipIf(process.platform === 'win32')('split where there is no room', () => {
  it('leaves nothing half-written', () => {
    const large = tensor('w', 'float32', [128, 128], Array.from({ length: 128 * 128 }, (_, i) => Math.sin(i)));
    const g = graph({ nodes: [node('MatMul', ['x', 'w'], ['a']), node('Relu', ['a'], ['b']), node('MatMul', ['b', 'w'], ['y'])], initializers: [large], inputs: [valueInfo('x', 'float32', [4, 128])], outputs: [valueInfo('y', 'float32', [4, 128])] });
    folder.save('large.onnx', encodeModel(g));
    expect(run('partition', 'large.onnx', '--cluster', 'duo.cluster.json').status).toBe(0);
    // files of at most 16 KiB: the first stage's weights alone are larger
    const { status, stdout, stderr } = spawnSync('bash', ['-c', 'ulimit -f 16; exec "$0" "$@"', process.execPath, cli.path(), 'split', 'large.onnx.placement.json', '-o', 'full'], { cwd: folder.path, encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^stagewright: stage_0\.onnx: would be larger than the file system or a limit of this user allows\.[^\n]*\n$/);
    expect(readdirSync(join(folder.path, 'full'))).toEqual([]);
  });
});

describe('verify', () => {
  const verify = (...args: string[]) => run('verify', ...args, '--runtime', runtime);

  it('finds the stages equal bit for bit', () => {
    const { status, out, err } = verify('net.onnx.placement.json', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const result = JSON.parse(out) as VerifyResult;
    expect(result).toMatchObject({ equal: true, tolerance: 0, bound: { batch: 4 }, firstDifference: null });
    expect(result.outputs).toMatchObject([{ tensor: 'y', identical: true, dims: [4, 16] }]);
    expect(verify('net.onnx.placement.json').out).toMatch(/^equal bit for bit: 2 stage models, 1 output\n/);
    expect(readdirSync(folder.path).filter((name) => name.startsWith('.stagewright'))).toEqual([]);
  });

  it('names the first tensor that differs, and fails', () => {
    const { status, out } = verify('dice.onnx.placement.json', '--json');
    expect(status).toBe(1);
    const result = JSON.parse(out) as VerifyResult;
    expect(result.equal).toBe(false);
    const cut = result.manifest.models[0]!.outputs.map(({ name }) => name);
    expect(cut.concat('y')).toContain(result.firstDifference!.tensor);
    expect(verify('dice.onnx.placement.json').out).toMatch(/^not equal: 2 stage models\n {2}y, float32 4x16, differs by at most .*\nfirst difference: /);
    expect(verify('dice.onnx.placement.json', '--tolerance', '0.9999').status).toBeLessThan(2);
  });

  it('takes inputs from a file, and says what is wrong with them', () => {
    const input = (value: unknown): string => folder.save('inputs.json', JSON.stringify(value));
    input({ x: { type: 'float32', dims: [1, 16], data: Array.from({ length: 16 }, (_, i) => i / 16) } });
    const { out } = verify('net.onnx.placement.json', '--inputs', 'inputs.json', '--json');
    expect((JSON.parse(out) as VerifyResult).outputs).toMatchObject([{ identical: true, dims: [1, 16] }]);
    const refused = (value: unknown): string => {
      input(value);
      const { status, err } = verify('net.onnx.placement.json', '--inputs', 'inputs.json');
      expect(status).toBe(1);
      expect(err).toMatch(/^stagewright: inputs\.json: [^\n]+\n$/);
      return err;
    };
    expect(refused({ z: { type: 'float32', dims: [1], data: [1] } })).toMatch(/names "z", which is no input of net\.onnx/);
    expect(refused({ x: { type: 'float32', dims: [1, 16], data: [1] } })).toMatch(/1 elements where 1 x 16 says 16/);
    expect(refused({ x: { type: 'complex', dims: [], data: [] } })).toMatch(/no type that can be fed/);
    expect(refused([])).toMatch(/not a JSON object/);
    input({ x: { type: 'float32', dims: [1, 3], data: [1, 2, 3] } });
    expect(verify('net.onnx.placement.json', '--inputs', 'inputs.json').err).toMatch(/^stagewright: net\.onnx: cannot be run by ONNX Runtime: [^\n]+\n$/);
  });

  it('agrees within a tolerance for half precision, and says so', () => {
    const half = { ...tensor('w', 'int32', [1], [0]), dataType: 10, dims: [16, 16], rawData: Buffer.concat(Array.from({ length: 256 }, (_, i) => Buffer.from(Uint16Array.of(halfBits(Math.sin(i) / 4)).buffer))) };
    const nodes = [node('MatMul', ['x', 'w'], ['a']), node('Exp', ['a'], ['b']), node('MatMul', ['b', 'w'], ['c']), node('Tanh', ['c'], ['y'])];
    folder.save('half.onnx', encodeModel(graph({ nodes, initializers: [half], inputs: [valueInfo('x', 'float16', [4, 16])], outputs: [valueInfo('y', 'float16', [4, 16])] })));
    expect(run('partition', 'half.onnx', '--cluster', 'duo.cluster.json').status).toBe(0);
    const { status, out } = verify('half.onnx.placement.json', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ equal: true, tolerance: 0.01, outputs: [{ tensor: 'y', type: 'float16', equal: true }] });
  });

  it('names an input whose dimension has no size', () => {
    const placement = readFileSync(join(folder.path, 'net.onnx.placement.json'), 'utf8');
    folder.save('unbound.placement.json', placement.replace('"bound": { "batch": 4 }', '"bound": {}'));
    expect(placement).toContain('"bound": { "batch": 4 }');
    const { status, err } = verify('unbound.placement.json');
    expect(status).toBe(1);
    expect(err).toMatch(/^stagewright: [^\n]*(batch|stale)[^\n]*\n$/);
  });

  it('says where ONNX Runtime is missing', () => {
    mkdirSync(join(folder.path, 'empty'));
    const { status, err } = run('verify', 'net.onnx.placement.json', '--runtime', 'empty');
    expect({ status, err }).toEqual({ status: 1, err: expect.stringMatching(/^stagewright: empty: does not hold onnxruntime-node\. Install it/) as string });
    expect(existsSync(join(folder.path, 'empty', 'node_modules'))).toBe(false);
  });
});

describe('fidelity', () => {
  it('runs the stages as a pipeline of processes, and puts what it measures beside what was predicted', () => {
    const { status, out, err } = run('fidelity', 'net.onnx.placement.json', '--samples', '20', '--runtime', runtime, '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const result = JSON.parse(out) as FidelityView;
    expect(result).toMatchObject({ samples: 20, bound: { batch: 4 } });
    expect(result.stages.map(({ device }) => device)).toEqual(['cpu:0', 'cpu:1']);
    for (const stage of result.stages) for (const seconds of [stage.predictedSeconds, stage.aloneSeconds, stage.computeSeconds, stage.handOverSeconds]) expect(seconds).toBeGreaterThan(0);
    expect(result.measuredSeconds).toBeGreaterThan(0);
    expect(result.notes.length).toBeGreaterThan(0);
    expect(run('fidelity', 'net.onnx.placement.json', '--runtime', runtime).out).toMatch(/^\S+ \S+ per sample, predicted \S+ \S+ \([+-]\S+ %\); \S+ times as fast as one process/);
  });

  it('refuses too few samples', () => {
    expect(run('fidelity', 'net.onnx.placement.json', '--samples', '2')).toMatchObject({ status: 2, err: expect.stringMatching(/at least 10/) as string });
  });

  it('leaves no process and no folder behind when ONNX Runtime dies in a stage', () => {
    // stands in for the library, and ends the process that loads the second stage
    const fake = join(folder.path, 'fake');
    mkdirSync(fake);
    writeFileSync(join(fake, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', version: '0.0.0', main: 'index.js' }));
    writeFileSync(join(fake, 'index.js'), `module.exports = { ...require(${JSON.stringify(join(runtime, 'onnxruntime-node'))}) };
      const { InferenceSession } = module.exports;
      module.exports.InferenceSession = { create: (path, options) => { if (process.argv[1].endsWith('runtime.js') && path.endsWith('stage_1.onnx')) process.abort(); return InferenceSession.create(path, options); } };`);
    const before = readdirSync(folder.path).sort();
    const { status, out, err } = run('fidelity', 'net.onnx.placement.json', '--runtime', 'fake');
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^stagewright: net\.onnx: the process that runs ONNX Runtime ended \((SIGABRT|SIGSEGV|status \d+)\) while timing stage_1\.onnx[^\n]*\n$/);
    expect(readdirSync(folder.path).sort()).toEqual(before);
  });
});
