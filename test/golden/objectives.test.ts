import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readPlacementFile } from '../../src/sidecar/readPlacementFile';
import { emptyTensor, encodeModel, graph, node, valueInfo } from '../fixtures/buildModel';
import { modelFolder } from '../fixtures/modelFolder';
import { commandLine } from './cliProcess';

const cli = commandLine();
const folder = modelFolder();
const sidecar = join(folder.path, 'net.onnx.placement.json');
const run = (...args: string[]) => cli.run(folder.path, ...args);

/** Layers of a matrix product each and a Relu; the products of the second half are four times as large. */
function network(): Uint8Array {
  const nodes = [];
  const weights = [];
  for (let layer = 0; layer < 8; layer++) {
    const size = layer < 4 ? 256 : 512;
    const from = layer < 5 ? 256 : 512;
    weights.push(emptyTensor(`w${layer}`, 'float32', [from, size]));
    nodes.push(node('MatMul', [layer === 0 ? 'x' : `r${layer - 1}`, `w${layer}`], [`t${layer}`], {}, { name: `/layers.${layer}/product` }));
    nodes.push(node('Relu', [`t${layer}`], [`r${layer}`], {}, { name: `/layers.${layer}/relu` }));
  }
  return encodeModel(graph({ nodes, initializers: weights, inputs: [valueInfo('x', 'float32', [64, 256])], outputs: [valueInfo('r7', 'float32', [64, 512])] }));
}

const devices = (count: number, memoryBytes = 1e9) => ({ class: 'gpu', count, memoryBytes, peakFlops: { float32: 1e12 }, memoryBytesPerSecond: 1e11, operatorOverheadSeconds: 1e-6 });
const peer = { between: ['gpu', 'gpu'], bytesPerSecond: 1e11, path: 'peer' };
const quad = { version: 1, name: 'four', devices: [devices(4)], links: [peer] };
const cluster = (name: string, value: object): void => writeFileSync(join(folder.path, name), JSON.stringify(value));

interface Summary {
  readonly value: number;
  readonly lowerBound: number;
  readonly optimal: boolean;
  readonly stages: readonly { readonly device: string; readonly replicas?: number; readonly loadSeconds: number; readonly forwardSeconds?: number; readonly backwardSeconds?: number; readonly inFlight?: number; readonly weightBytes: number }[];
}

const planned = (...args: string[]): Summary => {
  const { status, out, err } = run('partition', 'net.onnx', '--cluster', 'quad.cluster.json', '--json', ...args);
  expect(status, err).toBe(0);
  expect(run('check', '.')).toMatchObject({ status: 0 });
  return JSON.parse(out) as Summary;
};

beforeAll(() => {
  folder.save('net.onnx', network());
  cluster('quad.cluster.json', quad);
});
beforeEach(() => rmSync(sidecar, { force: true }));

describe('partition for each objective', () => {
  it('throughput: no stage is busier than the value', () => {
    const { value, optimal, stages } = planned();
    expect(optimal).toBe(true);
    expect(Math.max(...stages.map(({ loadSeconds }) => loadSeconds))).toBeCloseTo(value, 12);
  });

  it('1f1b: a stage holds as many micro-batches as there are stages from it on, and the optimiser its state', () => {
    const inference = planned();
    const { value, optimal, stages } = planned('--objective', '1f1b', '--micro-batches', '16');
    expect(optimal).toBe(true);
    expect(value).toBeGreaterThan(1.5 * inference.value);
    expect(stages.map(({ inFlight }) => inFlight)).toEqual(stages.map((_, i) => stages.length - i));
    const weights = (of: Summary['stages']): number => of.reduce((sum, stage) => sum + stage.weightBytes, 0);
    expect(weights(stages)).toBe(4 * weights(inference.stages));
    expect(readPlacementFile(readFileSync(sidecar, 'utf8'), sidecar)).toMatchObject({ objective: '1f1b', training: { optimizer: 'adam', microBatches: 16 } });
  });

  it('gpipe: the value is the largest forward load plus the largest backward load, never below that of 1f1b', () => {
    const together = planned('--objective', '1f1b');
    const { value, optimal, stages } = planned('--objective', 'gpipe', '--micro-batches', '8', '--optimizer', 'sgd');
    expect(optimal).toBe(true);
    expect(value).toBeCloseTo(Math.max(...stages.map((s) => s.forwardSeconds!)) + Math.max(...stages.map((s) => s.backwardSeconds!)), 12);
    expect(value).toBeGreaterThanOrEqual(together.value * (1 - 1e-9));
    expect(stages.every(({ inFlight }) => inFlight === 8)).toBe(true);
  });

  it('latency: no less than the longest chain allows, and no more than one device takes', () => {
    const alone = planned('--method', 'one-device');
    const { value, lowerBound } = planned('--objective', 'latency');
    expect(value).toBeLessThanOrEqual(alone.value * (1 + 1e-9));
    expect(lowerBound).toBeLessThanOrEqual(value);
    expect(planned('--objective', 'latency', '--slots', '2').value).toBeLessThanOrEqual(value * (1 + 1e-9));
  });

  it('replicas: more devices on a stage are never worse, and four on one divide it by four', () => {
    const single = planned();
    const several = planned('--replicas', '4');
    expect(several.value).toBeLessThanOrEqual(single.value * (1 + 1e-9));
    const alone = planned('--method', 'one-device');
    expect(several.value).toBeGreaterThanOrEqual((alone.value / 4) * (1 - 1e-9));
    expect(several.stages.reduce((sum, { replicas = 1 }) => sum + replicas, 0)).toBeLessThanOrEqual(4);
  });

  it('several servers: never better than one with the fast link, and no stage order that comes back', () => {
    const near = planned();
    cluster('servers.cluster.json', { ...quad, servers: { count: 2, bytesPerSecond: 1e9, latencySeconds: 1e-5 } });
    const { status, out } = run('partition', 'net.onnx', '--cluster', 'servers.cluster.json', '--json');
    expect(status).toBe(0);
    const far = JSON.parse(out) as Summary;
    expect(far.value).toBeGreaterThanOrEqual(near.value * (1 - 1e-9));
    const servers = far.stages.map(({ device }) => Math.floor(Number(device.split(':')[1]) / 2));
    expect(servers).toEqual([...servers].sort((a, b) => a - b));
    expect(run('check', '.')).toMatchObject({ status: 0 });
  });
});

describe('what does not go together is refused in one line, and nothing is written', () => {
  it.each([
    [['--slots', '2'], /slots: the objective throughput has none/],
    [['--micro-batches', '4'], /training: the objective throughput does not train/],
    [['--objective', 'latency', '--replicas', '2'], /replicas: they do not shorten/],
    [['--objective', 'gpipe', '--method', 'ordered-integer'], /ordered-integer/],
    [['--objective', 'latency', '--method', 'pipedream'], /'pipedream' does not minimise/],
  ])('%j', (args, message) => {
    const before = readdirSync(folder.path).sort();
    const { status, out, err } = run('partition', 'net.onnx', '--cluster', 'quad.cluster.json', ...args);
    expect({ status, out }).toEqual({ status: 1, out: '' });
    expect(err).toMatch(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(folder.path).sort()).toEqual(before);
  });

  it('a replica beyond the cluster, and training without an objective that trains, in a file', () => {
    planned('--objective', '1f1b', '--replicas', '2');
    const text = readFileSync(sidecar, 'utf8');
    writeFileSync(sidecar, text.replace('"objective": "1f1b"', '"objective": "throughput"'));
    expect(run('check', '.').out).toMatch(/"training" does not belong to the objective throughput/);
    const file = JSON.parse(text) as { stages: { device: string; replicas?: number }[] };
    file.stages.at(-1)!.replicas = 9;
    writeFileSync(sidecar, JSON.stringify(file));
    expect(run('check', '.').out).toMatch(/replicas: "gpu:4" is beyond the cluster's 4 devices/);
  });
});

const reference = resolve('../shared/data/placement/throughput');

describe.skipIf(!existsSync(reference))('reference training instances in ../shared, GPipe and replicas', () => {
  it.each(['layers-bert24_training', 'layers-resnet50_training', 'ops-bert3_training'])('%s', (name) => {
    const solve = (...args: string[]): Summary & { readonly method: string } => {
      const { status, out, err } = run('solve', join(reference, `${name}.json`), '--json', '--time-limit', '60', ...args);
      expect(status, err).toBe(0);
      return JSON.parse(out) as Summary & { readonly method: string };
    };
    const together = solve('--objective', '1f1b');
    const apart = solve('--objective', 'gpipe');
    const replicated = solve('--replicas', '2');
    expect(together.optimal && apart.optimal && replicated.optimal).toBe(true);
    expect(apart.value).toBeGreaterThanOrEqual(together.value * (1 - 1e-9));
    expect(replicated.value).toBeLessThanOrEqual(together.value * (1 + 1e-9));
  });
});
