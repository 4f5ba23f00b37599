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
import type { PlacementProblem } from '../../src/placement/problem';
import { solve } from '../../src/placement/solve';
import { unattended } from '../../src/shared/progress';
import { decoderProblem, type DecoderSize } from './decoderProblem';

const folder = join('..', 'shared', 'data', 'placement');

interface Task {
  readonly name: string;
  readonly file?: string;
  readonly decoder?: DecoderSize;
  readonly method: string;
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

const problemOf = (task: Task): PlacementProblem => (task.decoder ? decoderProblem(task.decoder) : readInstance(readFileSync(task.file!, 'utf8'), task.name).problem);

function measure(task: Task): Row {
  const problem = problemOf(task);
  let firstSeconds = NaN;
  const begin = performance.now();
  const { certificate } = solve(problem, { objective: 'throughput', method: task.method }, {
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
  } else console.log(`(${folder} is absent: no reference instances)`);
  const decoder = (name: string, size: DecoderSize, method = 'auto'): void => void tasks.push({ name, decoder: size, method });
  const big = { layers: 96, hidden: 12_288, tokens: 2048 };
  decoder('decoder, linearised', { layers: 33, hidden: 4096, tokens: 1024, devices: 8 }, 'linearized');
  decoder('decoder, 8 devices', { ...big, devices: 8 });
  decoder('decoder, 64 devices', { ...big, devices: 64 });
  decoder('4 experts, 8 devices', { layers: 96, hidden: 4096, tokens: 2048, devices: 8, experts: 4 });
  decoder('4 experts, 64 devices', { layers: 96, hidden: 4096, tokens: 2048, devices: 64, experts: 4 });
  decoder('820 layers, 16 devices', { layers: 820, hidden: 4096, tokens: 1024, devices: 16 });
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
if (flag === '--task') console.log(JSON.stringify(measure(JSON.parse(task!) as Task)));
else main();
