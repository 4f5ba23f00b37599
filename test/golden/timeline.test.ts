import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { emptyTensor, encodeModel, graph, node, valueInfo } from '../fixtures/buildModel';
import { modelFolder } from '../fixtures/modelFolder';
import { commandLine, type Outcome } from './cliProcess';

const cli = commandLine();
const folder = modelFolder();
const run = (...args: string[]): Outcome => cli.run(folder.path, ...args);
const at = (name: string): string => join(folder.path, name);

/** Eight equal matrix products in a row. */
function chain(): Uint8Array {
  const weights = Array.from({ length: 8 }, (_, i) => emptyTensor(`w${i}`, 'float32', [256, 256]));
  const nodes = weights.map((weight, i) => node('MatMul', [i === 0 ? 'x' : `t${i - 1}`, weight.name!], [i === 7 ? 'y' : `t${i}`], {}, { name: `/layers.${i}` }));
  return encodeModel(graph({ nodes, initializers: weights, inputs: [valueInfo('x', 'float32', [64, 256])], outputs: [valueInfo('y', 'float32', [64, 256])] }));
}

const quartet = {
  version: 1,
  name: 'four equal devices',
  devices: [
    { class: 'gpu', count: 4, memoryBytes: 1e9, peakFlops: { float32: 1e12 }, memoryBytesPerSecond: 1e15 },
    { class: 'cpu', count: 1, host: true, peakFlops: { float32: 1e9 }, memoryBytesPerSecond: 1e9 },
  ],
  links: [
    { between: ['gpu', 'gpu'], bytesPerSecond: 1e18, path: 'peer' },
    { between: ['gpu', 'cpu'], bytesPerSecond: 1e18, path: 'host' },
  ],
};

interface Result {
  readonly schedule: string;
  readonly microBatches: number;
  readonly totalSeconds: number;
  readonly bubbleFraction: number;
  readonly steadySeconds: number;
  readonly predictedSeconds: number;
  readonly devices: readonly { readonly device: string; readonly stages: readonly string[]; readonly busySeconds: number; readonly peakInFlight: number }[];
}

const timeline = (file: string, ...args: string[]): Result => {
  const { status, out, err } = run('timeline', file, '--json', ...args);
  expect({ status, err }).toEqual({ status: 0, err: '' });
  return JSON.parse(out) as Result;
};

let perSample = 0;

beforeAll(() => {
  folder.save('net.onnx', chain());
  folder.save('quartet.cluster.json', JSON.stringify(quartet));
  const made = run('partition', 'net.onnx', '--cluster', 'quartet.cluster.json', '--json');
  expect(made.err).toBe('');
  perSample = (JSON.parse(made.out) as { value: number }).value;
  expect(run('partition', 'net.onnx', '--cluster', 'quartet.cluster.json', '--objective', '1f1b', '--micro-batches', '12', '--out', 'trained.placement.json').status).toBe(0);
}, 120_000);

describe('timeline', () => {
  it('streams samples at what the plan promises, with the bubbles of equal stages', () => {
    const result = timeline('net.onnx.placement.json', '--micro-batches', '21');
    expect(result).toMatchObject({ schedule: 'stream', microBatches: 21 });
    expect(result.steadySeconds / perSample).toBeCloseTo(1, 6);
    expect(result.predictedSeconds / perSample).toBeCloseTo(1, 6);
    expect(result.totalSeconds / perSample).toBeCloseTo(24, 2);
    expect(result.bubbleFraction).toBeCloseTo(3 / 24, 3);
    expect(result.devices.map(({ device, stages }) => [device, ...stages])).toEqual([0, 1, 2, 3].map((s) => [`gpu:${s}`, String(s)]));
  });

  it('trains by three schedules: the same bubbles for 1F1B and GPipe, fewer when interleaved, fewer in flight with 1F1B', () => {
    const of = (schedule: string): Result => timeline('trained.placement.json', '--schedule', schedule);
    const [plain, gpipe, interleaved] = [of('1f1b'), of('gpipe'), of('interleaved')];
    expect(timeline('trained.placement.json')).toEqual(plain);
    // in forward times of one product: stages of 2 + 4, the first of 2 + 3, since nobody asks for the gradient of the input; fill 3 * 2, drain 4 + 4 + 3
    const bubbles = 1 - (12 * (5 + 3 * 6)) / (4 * (6 + 12 * 6 + 11));
    expect(plain.bubbleFraction).toBeCloseTo(bubbles, 3);
    expect(gpipe.bubbleFraction).toBeCloseTo(bubbles, 3);
    expect(interleaved.bubbleFraction).toBeLessThan(0.75 * bubbles);
    expect(plain.devices.map(({ peakInFlight }) => peakInFlight)).toEqual([4, 3, 2, 1]);
    expect(gpipe.devices.map(({ peakInFlight }) => peakInFlight)).toEqual([12, 12, 12, 12]);
  });

  it('prints a table, and writes a trace that says the same', () => {
    const { status, out, err } = run('timeline', 'trained.placement.json', '-o', 'trace.json');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toMatch(/^net\.onnx: 12 micro-batches, 1f1b, [\d.]+ (ms|µs)\n/);
    expect(out).toMatch(/bubbles 22\.5 %/);
    expect(out).toMatch(/device +stage +busy +bubbles +memory at most +in flight/);
    expect(out).toMatch(/written trace\.json\n$/);
    const trace = JSON.parse(readFileSync(at('trace.json'), 'utf8')) as { traceEvents: { ph: string; pid: number; cat?: string; ts: number; dur: number }[] };
    const computing = trace.traceEvents.filter(({ ph, cat }) => ph === 'X' && cat === 'compute');
    expect(computing.length).toBe(2 * 4 * 12);
    const { totalSeconds } = timeline('trained.placement.json');
    expect(Math.max(...computing.map(({ ts, dur }) => ts + dur)) / 1e6 / totalSeconds).toBeCloseTo(1, 3);
    expect(readdirSync(folder.path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it.each([
    [['--schedule', '1f1b'], 'net.onnx.placement.json', /no backward part/],
    [['--schedule', 'interleaved', '--micro-batches', '5'], 'trained.placement.json', /multiple of the 4 stages, got 5\. Choose 4 or 8/],
    [['--micro-batches', '2000000'], 'net.onnx.placement.json', /too many to simulate/],
  ])('refuses %j in one line, and writes nothing', (args, file, message) => {
    const { status, out, err } = run('timeline', file, '-o', 'never.json', ...args);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(/^stagewright: [^\n]+\n$/);
    expect(err).toMatch(message);
    expect(existsSync(at('never.json'))).toBe(false);
  });

  it('refuses what is no schedule or number, as wrong usage', () => {
    expect(run('timeline', 'net.onnx.placement.json', '--schedule', 'waltz').status).toBe(2);
    expect(run('timeline', 'net.onnx.placement.json', '--micro-batches', '0').status).toBe(2);
    expect(run('timeline', '--help')).toMatchObject({ status: 0, err: '' });
  });

  it('is refused for a plan of one sample alone', () => {
    expect(run('partition', 'net.onnx', '--cluster', 'quartet.cluster.json', '--objective', 'latency', '--out', 'one.placement.json').status).toBe(0);
    expect(run('timeline', 'one.placement.json').err).toMatch(/latency of a single sample/);
  });
});
