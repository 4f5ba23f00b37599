import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MethodComparison, PlanComparison } from '../../src/shared/comparisonView';
import type { PlanExplanation } from '../../src/shared/explanationView';
import { emptyTensor, encodeModel, graph, node, valueInfo } from '../fixtures/buildModel';
import { modelFolder } from '../fixtures/modelFolder';
import { commandLine } from './cliProcess';

const cli = commandLine();
const folder = modelFolder();
const run = (...args: string[]) => cli.run(folder.path, ...args);
const json = <T>(...args: string[]): T => {
  const { status, out, err } = run(...args, '--json');
  expect(status, err).toBe(0);
  return JSON.parse(out) as T;
};

const quad = (count: number, bytesPerSecond = 1e11) => ({
  version: 1,
  name: `${count} devices`,
  devices: [{ class: 'gpu', count, memoryBytes: 1e9, peakFlops: { float32: 1e12 }, memoryBytesPerSecond: 1e11, operatorOverheadSeconds: 1e-6 }],
  links: [{ between: ['gpu', 'gpu'], bytesPerSecond, path: 'peer' }],
});

beforeAll(() => {
  const weights = Array.from({ length: 9 }, (_, i) => emptyTensor(`w${i}`, 'float32', [256, 256]));
  const nodes = weights.map((weight, i) => node('MatMul', [i === 0 ? 'x' : `t${i - 1}`, weight.name!], [`t${i}`], {}, { name: `/block.${Math.floor(i / 3)}/product.${i}` }));
  folder.save('net.onnx', encodeModel(graph({ nodes, initializers: weights, inputs: [valueInfo('x', 'float32', [64, 256])], outputs: [valueInfo('t8', 'float32', [64, 256])] })));
  writeFileSync(join(folder.path, 'three.cluster.json'), JSON.stringify(quad(3)));
  writeFileSync(join(folder.path, 'two.cluster.json'), JSON.stringify(quad(2)));
});

describe('compare', () => {
  it('shows every method on a model, none below the bound', () => {
    const comparison = json<MethodComparison>('compare', 'net.onnx', '--cluster', 'three.cluster.json', '--time-limit', '5');
    expect(comparison.rows.map(({ method }) => method)).toEqual(expect.arrayContaining(['auto', 'ideals', 'linearized', 'pipedream', 'greedy', 'one-device', 'local-search', 'ordered-integer', 'integer']));
    const value = (method: string): number => comparison.rows.find((row) => row.method === method)!.value!;
    expect(value('ideals')).toBeCloseTo(value('ordered-integer'), 9);
    expect(value('one-device') / value('ideals')).toBeGreaterThan(2.5);
    for (const row of comparison.rows) expect(row.value, row.method).toBeGreaterThanOrEqual((row.contiguous ? comparison.contiguousBound : comparison.bound) * (1 - 1e-6));
    expect(run('compare', 'net.onnx', '--cluster', 'three.cluster.json', '--methods', 'greedy,ideals').out).toMatch(/Method[\s\S]*ideals[\s\S]*no contiguous split is below/);
  });

  it('says in its row what a method cannot do, and refuses methods that it does not know', () => {
    const small = { ...quad(3), devices: [{ ...quad(3).devices[0]!, memoryBytes: 1e6 }] };
    writeFileSync(join(folder.path, 'small.cluster.json'), JSON.stringify(small));
    const { rows } = json<MethodComparison>('compare', 'net.onnx', '--cluster', 'small.cluster.json', '--methods', 'one-device,ideals');
    expect(rows.map(({ value, problem }) => [value === null, problem !== ''])).toEqual([[true, true], [false, false]]);
    expect(run('compare', 'net.onnx', '--methods', 'magic')).toMatchObject({ status: 1, out: '' });
    expect(run('compare', 'net.onnx.placement.json').status).toBe(2);
  });

  it('says what moved between two plans and what it gains', () => {
    const plan = (name: string, ...args: string[]): void => void expect(run('partition', 'net.onnx', '--out', name, ...args).status).toBe(0);
    plan('a.placement.json', '--cluster', 'three.cluster.json', '--method', 'one-device');
    plan('b.placement.json', '--cluster', 'three.cluster.json');
    const { sides, moves, moved, sameCluster } = json<PlanComparison>('compare', 'a.placement.json', 'b.placement.json');
    expect(sameCluster).toBe(true);
    expect(sides[0].value / sides[1].value).toBeGreaterThan(2.5);
    expect(moves.map(({ from, to, operators, scope }) => [from, to, operators, scope])).toEqual([['gpu:0', 'gpu:1', 3, '/block.1'], ['gpu:0', 'gpu:2', 3, '/block.2']].map(([from, to, n, scope]) => [from, to, n, expect.stringContaining(String(scope).slice(0, 6)) as unknown]));
    expect(moved).toHaveLength(6);
    expect(run('compare', 'a.placement.json', 'b.placement.json').out).toMatch(/The second takes 6\d\.\d % less time per sample\. 6 operators moved\./);
    expect(json<PlanComparison>('compare', 'b.placement.json', 'b.placement.json').moved).toEqual([]);
    plan('c.placement.json', '--cluster', 'two.cluster.json');
    const fewer = json<PlanComparison>('compare', 'b.placement.json', 'c.placement.json');
    expect(fewer.sameCluster).toBe(false);
    expect(fewer.secondOnFirst).toBeCloseTo(fewer.sides[1].value, 12);
    expect(json<PlanComparison>('compare', 'c.placement.json', 'b.placement.json')).toMatchObject({ secondOnFirst: null, incomparable: 'the first cluster has no device gpu:2' });
  });

  it('judges both plans on the terms of the first', () => {
    const plan = (name: string, ...args: string[]): void => void expect(run('partition', 'net.onnx', '--out', name, ...args).status).toBe(0);
    writeFileSync(join(folder.path, 'slow.cluster.json'), JSON.stringify(quad(3, 5e9)));
    plan('fast.placement.json', '--cluster', 'three.cluster.json');
    plan('slow.placement.json', '--cluster', 'slow.cluster.json');
    plan('pipe.placement.json', '--cluster', 'three.cluster.json', '--objective', 'gpipe');
    plan('late.placement.json', '--cluster', 'three.cluster.json', '--objective', 'latency', '--slots', '2');
    const of = (a: string, b: string) => json<PlanComparison>('compare', `${a}.placement.json`, `${b}.placement.json`);
    const slow = of('fast', 'slow');
    expect(slow.secondOnFirst).toBeLessThan(slow.sides[1].value);
    expect(slow.secondOnFirst).toBeGreaterThanOrEqual(slow.sides[0].value * (1 - 1e-9));
    expect(of('slow', 'fast').secondOnFirst).toBeGreaterThanOrEqual(slow.sides[1].value * (1 - 1e-9));
    const pipe = of('pipe', 'fast');
    expect(pipe.secondOnFirst).toBeGreaterThanOrEqual(pipe.sides[0].value * (1 - 1e-9));
    expect(of('fast', 'pipe').secondOnFirst).toBeGreaterThanOrEqual(slow.sides[0].value * (1 - 1e-9));
    const late = of('late', 'fast');
    expect(late.secondOnFirst).toBeGreaterThanOrEqual(late.sides[0].value * (1 - 1e-9));
    expect(of('fast', 'late').secondOnFirst === null).toBe(of('fast', 'late').incomparable !== '');
  });
});

describe('explain', () => {
  it('names the bottleneck, weighs every cut, and solves again for more of everything', () => {
    expect(run('partition', 'net.onnx', '--cluster', 'two.cluster.json').status).toBe(0);
    const { statements } = json<PlanExplanation>('explain', 'net.onnx.placement.json');
    const about = (topic: string): string => statements.find((statement) => statement.topic === topic)!.text;
    expect(about('Certificate')).toMatch(/It is proven/);
    expect(about('Bottleneck')).toMatch(/Stage \d on gpu:\d takes .* computing and .* added by transfers\. Its operators bound it; the longest is "t\d" \(MatMul\)/);
    expect(about('Cut 0 → 1')).toMatch(/Moving "t\d" to stage 1 would .*Moving "t\d" to stage 0 would/);
    expect(about('One more device')).toMatch(/With 3 instead of 2 gpu the best plan takes .* less\./);
    expect(about('Twice the link')).toMatch(/With twice the bandwidth/);
    expect(about('Twice the memory')).toMatch(/stays as fast as it is/);
  });

  it('knows training, replicas and latency, and what cannot be explained', () => {
    for (const args of [['--objective', 'gpipe'], ['--replicas', '2'], ['--objective', 'latency']]) {
      expect(run('partition', 'net.onnx', '--cluster', 'two.cluster.json', ...args).status).toBe(0);
      expect(json<PlanExplanation>('explain', 'net.onnx.placement.json').statements.length).toBeGreaterThan(3);
    }
    expect(run('explain', 'net.onnx').status).toBe(1);
    const path = join(folder.path, 'net.onnx.placement.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/sha256:[0-9a-f]{4}/, 'sha256:0000'));
    expect(run('explain', 'net.onnx.placement.json').err).toMatch(/is stale/);
  });
});

const reference = resolve('../shared/data/placement');

describe.skipIf(!existsSync(reference))('reference instances in ../shared', () => {
  const golden = existsSync(reference) ? (JSON.parse(readFileSync(join(reference, 'golden.json'), 'utf8')) as { throughput: Record<string, { humanExpert: number | null; localSearch10Restarts: number | null; maxLoad: number }> }).throughput : {};

  it.each(['bert24', 'gnmt', 'inceptionv3', 'resnet50'])('the split of a human expert of %s has the load that is recorded', (name) => {
    const { rows } = json<MethodComparison>('compare', join(reference, 'throughput', `layers-${name}_inference.json`), '--methods', 'one-device', '--expert', join(reference, 'experts', `${name}_inference_expert.json`));
    expect(rows.find(({ method }) => method === 'expert')!.value).toBeCloseTo(golden[`layers-${name}_inference`]!.humanExpert!, 2);
  });

  it.each(['layers-bert24_inference', 'layers-gnmt_inference', 'layers-resnet50_inference', 'ops-bert3_inference'])('local search on %s is about as good as the recorded one', (name) => {
    const { rows } = json<MethodComparison>('compare', join(reference, 'throughput', `${name}.json`), '--methods', 'local-search');
    expect(rows[0]!.value).toBeLessThan(golden[name]!.localSearch10Restarts! * 1.01);
  });
});
