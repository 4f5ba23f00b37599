import { onnx } from 'onnx-proto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModel } from '../../src/onnx/readModel';
import { formatBytes } from '../../src/shared/format';
import { writeDecoder, writeManyNodes } from '../fixtures/decoder';

/**
 * Reading models against onnx-proto decoding the whole file. Each reading has a process of its own, because resident memory only
 * grows; the times exclude starting Node. The files are sparse: their weights are holes.
 */

interface Measured {
  readonly milliseconds: number;
  /** growth of resident memory by the reading, at its peak; and all of the process */
  readonly grownBytes: number;
  readonly rssBytes: number;
  readonly nodes: number;
}

const readers: Readonly<Record<string, (path: string) => number>> = {
  lazy: (path) => readModel(path).graph.nodes.length,
  'onnx-proto': (path) => onnx.ModelProto.decode(readFileSync(path)).graph!.node!.length,
};

const titles = {
  initializers: 'decoder, weights in initializers',
  constants: 'decoder, weights in Constant nodes',
  large: 'GPT-2 large, above 2 GiB',
  external: '96 layers, weights in another file',
  many: '60,000 operators',
  reversed: '60,000 operators, order reversed',
} as const;

const [child, path] = process.argv.slice(2);
if (child !== undefined && path !== undefined) measureHere(child, path);
else compare();

function measureHere(reader: string, file: string): void {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const nodes = readers[reader]!(file);
  const milliseconds = performance.now() - started;
  // the peak as the system knows it, in kilobytes
  const rssBytes = process.resourceUsage().maxRSS * 1024;
  process.stdout.write(JSON.stringify({ milliseconds, grownBytes: rssBytes - before, rssBytes, nodes } satisfies Measured));
}

function measure(reader: string, file: string): Measured | string {
  const runs: Measured[] = [];
  for (let i = 0; i < 3; i++) {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--expose-gc', process.argv[1]!, reader, file], { encoding: 'utf8', env: process.env });
    if (status !== 0) return /\[(ERR_\w+)\]/.exec(stderr)?.[1] ?? `exit ${status}`;
    runs.push(JSON.parse(stdout) as Measured);
  }
  return runs.sort((a, b) => a.milliseconds - b.milliseconds)[1]!;
}

function compare(): void {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-bench-onnx-'));
  try {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < 1e9) throw new Error(`only ${formatBytes(bavail * bsize)} free in ${folder}`);
    const file = (name: string): string => join(folder, `${name}.onnx`);
    // 4 bytes x (65536 x 1280 + 20 x 12 x 1280^2 + ...) = 1.9 GB; 36 layers are GPT-2 large, and above 2 GiB
    writeDecoder(file('initializers'), { layers: 20, hidden: 1280, heads: 20, vocabulary: 65536 });
    writeDecoder(file('constants'), { layers: 20, hidden: 1280, heads: 20, vocabulary: 65536, weights: 'constant' });
    writeDecoder(file('large'), { layers: 36, hidden: 1280, heads: 20 });
    writeDecoder(file('external'), { layers: 96, hidden: 12288, heads: 96, weights: 'external' });
    writeManyNodes(file('many'), 60_000);
    writeManyNodes(file('reversed'), 60_000, 'reversed');

    const rows = [
      ['model', 'file', 'nodes', 'lazy', 'RSS', 'onnx-proto', 'RSS', 'time ratio', 'memory ratio'],
      ...(['initializers', 'constants', 'large', 'external', 'many', 'reversed'] as const).map((name) => {
        const lazy = measure('lazy', file(name));
        const whole = measure('onnx-proto', file(name));
        const cells = (m: Measured | string): string[] => (typeof m === 'string' ? [m, ''] : [`${m.milliseconds.toFixed(0)} ms`, formatBytes(m.rssBytes)]);
        const ratio = (of: (m: Measured) => number): string => (typeof lazy === 'string' || typeof whole === 'string' ? '' : (of(whole) / of(lazy)).toFixed(1));
        return [titles[name], formatBytes(statSync(file(name)).size), typeof lazy === 'string' ? '' : String(lazy.nodes), ...cells(lazy), ...cells(whole), ratio((m) => m.milliseconds), ratio((m) => m.rssBytes)];
      }),
    ];
    const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
    console.log('Opening a model: this reader against onnx-proto decoding the whole file (median of 3 processes; ratios above 1 favour this reader)\n');
    for (const row of rows) console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  '));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
