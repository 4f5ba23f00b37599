import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * The command line as users have it: bundled, in a process of its own. Call it at the top level of a test file.
 * The bundle is a private one, because `dist/` may be under construction by another test.
 *
 * @param options.panel with the plan panel, which reports are made of
 */
export function commandLine(options: { readonly panel?: boolean } = {}): { readonly run: (cwd: string, ...args: string[]) => Outcome; readonly path: () => string } {
  let folder = '';
  beforeAll(async () => {
    // below node_modules, so that what protobufjs asks for at run time (long) is found
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true });
    folder = mkdtempSync(join(root, 'node_modules/.cache/stagewright-cli-'));
    copyFileSync(join(root, 'node_modules/highs/build/highs.wasm'), join(folder, 'highs.wasm'));
    await build({
      absWorkingDir: root,
      entryPoints: { cli: 'src/cli/main.ts', runtime: 'src/runtime/child/main.ts' },
      outdir: folder,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
      // the flavours of the build that ships: one finds its .wasm beside the bundle, the other asks for no optional package
      alias: { highs: join(root, 'node_modules/highs/build/highs.js'), elkjs: join(root, 'node_modules/elkjs/lib/elk.bundled.js') },
    });
    if (options.panel) await buildPanel(join(folder, 'webview'));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (): string => join(folder, 'cli.js');
  return {
    path,
    run: (cwd, ...args) => {
      const { status, stdout, stderr, error } = spawnSync(process.execPath, [path(), ...args], { cwd, encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 28 });
      if (error) throw error;
      return { status, out: stdout, err: stderr };
    },
  };
}

/** The panel's parts where the command line looks for them. */
async function buildPanel(outdir: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'webview/main.ts', report: 'webview/report/host.ts' },
    outdir,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome132',
    logLevel: 'error',
    loader: { '.svg': 'text' },
  });
  for (const name of ['codicon.css', 'codicon.ttf']) copyFileSync(join(root, 'node_modules/@vscode/codicons/dist', name), join(outdir, name));
}
