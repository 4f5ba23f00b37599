/**
 * Times contiguous placement: reference instances (where ../shared/data/placement is present), large decoders, and how time grows.
 * Each row runs in a process of its own, so that its peak memory is its own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workMeasure } from '../../src/placement/capacity';
import { contract } from '../../src/placement/contract';
import { enumerateIdeals } from '../../src/placement/ideals';
import { readInstance } from '../../src/placement/instance';
import type { Objective, PlacementProblem } from '../../src/placement/problem';
import { solvePlacement } from '../../src/placement/solvePlacement';
import { unattended } from '../../src/shared/progress';
import { decoderProblem, type DecoderSize } from './decoderProblem';

const folder = join('..', 'shared', 'data', 'placement');

interface Task {
  readonly name: string;
  readonly file?: string;
  readonly decoder?: DecoderSize;
  /** operators of each of two chains side by side: (chain + 1) squared ideals */
  readonly chain?: number;
  readonly method: string;
  readonly objective?: Objective;
  readonly limitSeconds?: number;
}

interface Row {
  readonly operators: number;
  readonly ideals: number | null;
  readonly seconds: number;
  readonly firstSeconds: number;
  readonly megabytes: number;
  readonly value: number;
  readonly gap: number;
  readonly optimal: boolean;
}

function problemOf(task: Task): PlacementProblem {
  if (task.decoder) return decoderProblem(task.decoder);
  return task.chain === undefined ? readInstance(readFileSync(task.file!, 'utf8'), task.name).problem : twoChains(task.chain);
}

/** Two chains of operators between one that feeds both and one that reads both, on eight devices; times and transfers vary. */
function twoChains(length: number): PlacementProblem {
  const n = 2 * length + 2;
  const vary = (v: number): number => 1 + ((v * 7919) % 97) / 97;
  const next = (v: number): number[] => (v === 0 ? [1, length + 1] : v === length || v === 2 * length ? [n - 1] : v === n - 1 ? [] : [v + 1]);
  return {
    labels: Array.from({ length: n }, (_, v) => `op${v}`),
    classes: [{ name: 'device', count: 8, memoryBytes: Infinity, overlap: 'none' }],
    seconds: [Float64Array.from({ length: n }, (_, v) => vary(v))],
    residentBytes: new Float64Array(n),
    workspaceBytes: new Float64Array(n),
    sharedMemory: [],
    nets: Array.from({ length: n }, (_, v) => ({ producer: v, consumers: next(v), transferSeconds: [vary(v + 13) / 20] })).filter(({ consumers }) => consumers.length > 0),
    colocation: new Int32Array(n).fill(-1),
    backward: new Uint8Array(n),
  };
}

async function measure(task: Task): Promise<Row> {
  const problem = problemOf(task);
  let firstSeconds = NaN;
  const begin = performance.now();
  const { objective = 'throughput', method, limitSeconds: timeLimitSeconds = 60 } = task;
  const { certificate } = await solvePlacement(problem, { objective, method, timeLimitSeconds }, {
    report: ({ incumbent }) => {
      if (incumbent !== undefined && Number.isNaN(firstSeconds)) firstSeconds = (performance.now() - begin) / 1000;
    },
    cancelled: () => false,
  });
  const seconds = (performance.now() - begin) / 1000;
  const megabytes = process.resourceUsage().maxRSS / 1000;
  const units = contract(problem);
  const ideals = enumerateIdeals(units, workMeasure(units), { count: 150_000, bytes: 400e6 }, unattended)?.count ?? null;
  const { value, lowerBound, optimal } = certificate;
  return { operators: problem.labels.length, ideals, seconds, firstSeconds, megabytes, value, gap: value / lowerBound - 1, optimal };
}

function table(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)));
  for (const row of rows) console.log(row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  '));
}

function separately(task: Task): Row {
  const { stdout, status, stderr } = spawnSync(process.execPath, [process.argv[1]!, '--task', JSON.stringify(task)], { encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(`${task.name}: ${stderr}`);
  return JSON.parse(stdout) as Row;
}

function main(): void {
  const tasks: Task[] = [];
  const recorded = new Map<string, number | string>();
  if (existsSync(folder)) {
    const golden = JSON.parse(readFileSync(join(folder, 'golden.json'), 'utf8')) as { throughput: Record<string, { referenceSeconds: number | string }> };
    for (const file of readdirSync(join(folder, 'throughput'))) {
      const name = file.replace('.json', '');
      recorded.set(name, golden.throughput[name]?.referenceSeconds ?? '');
      tasks.push({ name, file: join(folder, 'throughput', file), method: 'auto' });
    }
    const named = (label: string, instance: string, rest: Omit<Task, 'name' | 'file'>, kind = 'throughput'): void => void tasks.push({ name: label, file: join(folder, kind, `${instance}.json`), ...rest });
    for (const name of ['layers-bert24_inference', 'ops-bert3_inference', 'ops-bert3_training']) named(`${name}, not contiguous`, name, { method: 'integer', limitSeconds: 30 });
    for (const name of ['layers-gnmt_inference', 'layers-resnet50_inference']) named(`${name}, not contiguous`, name, { method: 'integer', limitSeconds: 60 });
    for (const name of ['layers-bert24_inference', 'ops-bert3_inference', 'layers-gnmt_inference', 'layers-inceptionv3_inference']) named(`${name}, ordered program`, name, { method: 'ordered-integer' });
    for (const name of ['layers-bert24_inference', 'ops-bert3_inference']) named(`${name}, latency of one sample`, name, { method: 'auto', objective: 'latency', limitSeconds: 120 }, 'latency');
    for (const name of ['layers-bert24_training', 'layers-resnet50_training', 'ops-bert3_training']) named(`${name}, GPipe`, name, { method: 'auto', objective: 'gpipe' });
  } else console.log(`(${folder} is absent: no reference instances)`);
  const decoder = (name: string, size: DecoderSize, method = 'auto'): void => void tasks.push({ name, decoder: size, method });
  const big = { layers: 96, hidden: 12_288, tokens: 2048 };
  decoder('decoder, linearised', { layers: 33, hidden: 4096, tokens: 1024, devices: 8 }, 'linearized');
  decoder('decoder, 8 devices', { ...big, devices: 8 });
  decoder('decoder, 64 devices', { ...big, devices: 64 });
  decoder('4 experts, 8 devices', { layers: 96, hidden: 4096, tokens: 2048, devices: 8, experts: 4 });
  decoder('4 experts, 64 devices', { layers: 96, hidden: 4096, tokens: 2048, devices: 64, experts: 4 });
  decoder('820 layers, 16 devices', { layers: 820, hidden: 4096, tokens: 1024, devices: 16 });
  for (const chain of [64, 90, 128, 181]) tasks.push({ name: `growth: ${(chain + 1) ** 2} ideals, 8 devices`, chain, method: 'ideals' });
  for (const layers of [24, 48, 96]) decoder(`growth: ${layers} layers, 8 devices`, { layers, hidden: 4096, tokens: 1024, devices: 8 });
  for (const devices of [16, 32]) decoder(`growth: 48 layers, ${devices} devices`, { layers: 48, hidden: 4096, tokens: 1024, devices });

  const rows = [['instance', 'operators', 'ideals', 'value', 'gap', 'first plan', 'seconds', 'peak MB', 'recorded', 'ratio']];
  for (const task of tasks) {
    const row = separately(task);
    const reference = recorded.get(task.name) ?? '';
    const ratio = typeof reference === 'number' ? `${(reference / row.seconds).toFixed(1)} x` : '';
    rows.push([
      task.name,
      String(row.operators),
      row.ideals === null ? 'too many' : String(row.ideals),
      row.value.toPrecision(10),
      row.optimal ? 'optimal' : `${(row.gap * 100).toFixed(2)} %`,
      row.firstSeconds.toFixed(3),
      row.seconds.toFixed(3),
      row.megabytes.toFixed(0),
      String(reference),
      ratio,
    ]);
  }
  table(rows);
  console.log('recorded: seconds of the authors’ C++ program on another machine, so the ratio is an order of magnitude; seconds: one cold process here, bound included');
}

const [flag, task] = process.argv.slice(2);
if (flag === '--task') void measure(JSON.parse(task!) as Task).then((row) => console.log(JSON.stringify(row)));
else main();
