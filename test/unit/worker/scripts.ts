import * as esbuild from 'esbuild';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const require = createRequire(import.meta.url);

export interface ScriptFolder {
  /** Writes a worker of a few lines that stands in for the real one where that could not be made to misbehave. */
  script(name: string, code: string): string;
  /** Bundles the real worker; the wasm of the solver is left out. */
  bundle(): Promise<string>;
  remove(): void;
}

export function makeScriptFolder(): ScriptFolder {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-worker-'));
  return {
    script: (name, code) => {
      const path = join(folder, `${name}.js`);
      writeFileSync(path, `const { parentPort } = require('node:worker_threads');\nparentPort.on('message', ({ id, job, args, flag }) => {\n${code}\n});\n`);
      return path;
    },
    bundle: async () => {
      const outfile = join(folder, 'worker.js');
      await esbuild.build({
        absWorkingDir: root,
        entryPoints: ['src/worker/main.ts'],
        bundle: true,
        platform: 'node',
        format: 'cjs',
        target: 'node20',
        outfile,
        logLevel: 'error',
        alias: { highs: resolve(root, 'node_modules/highs/build/highs.js'), elkjs: require.resolve('elkjs/lib/elk.bundled.js') },
      });
      return outfile;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
