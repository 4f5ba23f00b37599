/**
 * Runs a benchmark: `node test/bench/run.mjs onnx [arguments]` bundles test/bench/onnx.bench.ts and runs it with --expose-gc.
 * A benchmark prints a table with ratios against a named alternative and never fails on a time.
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(folder));
const [name, ...rest] = process.argv.slice(2);
const entry = join(folder, `${name}.bench.ts`);
if (!name || !existsSync(entry)) {
  const known = readdirSync(folder).filter((f) => f.endsWith('.bench.ts')).map((f) => f.replace('.bench.ts', ''));
  console.error(`usage: node test/bench/run.mjs <name>, one of: ${known.join(', ')}`);
  process.exit(2);
}
const temporary = mkdtempSync(join(tmpdir(), 'stagewright-bench-'));
try {
  const outfile = join(temporary, `${name}.cjs`);
  // wasm and native modules stay where they are; the link lets the bundle find them
  symlinkSync(join(root, 'node_modules'), join(temporary, 'node_modules'), 'junction');
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error', define: { 'import.meta.url': JSON.stringify(pathToFileURL(entry).href) }, external: ['highs', 'esbuild', 'playwright-core', 'onnxruntime-node', 'elkjs'] });
  const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...rest], { stdio: 'inherit', cwd: root });
  process.exitCode = status ?? 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
