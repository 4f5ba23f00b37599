import * as esbuild from 'esbuild';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { installExtension, makeServerFolders, startServer } from './server';
import { resultsFolder, root } from './paths';
import { eventually } from './process';
import { launchBrowser } from './workbench';
import type { VSCodeUnderTest } from '../globalSetup';
import type { HostTestResult } from '../host/index';

/**
 * Runs every `test/vscode/host/*.host.ts` inside an extension host that also runs the packaged extension, in a VS Code of its own that has `folder` open.
 * @throws Error if the tests did not get to their end.
 */
export async function runHostTests(vscode: VSCodeUnderTest, folder: string, base: string): Promise<readonly HostTestResult[]> {
  const bundle = join(resultsFolder, 'host/index.js');
  const resultsFile = join(resultsFolder, 'host/results.json');
  await bundleSuites(bundle, resultsFile);

  const folders = makeServerFolders(base);
  await installExtension(vscode.installation, folders, vscode.vsix);
  const extension = readdirSync(folders.extensions).find((name) => name.startsWith('stagewright.'));
  if (extension === undefined) throw new Error(`the package was not installed into ${folders.extensions}`);
  const server = await startServer(vscode.installation, folders, { automation: true });
  const browser = await launchBrowser(vscode.chromium);
  try {
    const page = await browser.newPage();
    const log: string[] = [];
    let exit: number | undefined;
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => log.push(`${type}: ${args.map(String).join(' ')}`));
    await page.exposeFunction('codeAutomationExit', (code: number) => {
      exit = code;
    });
    const remote = (path: string): string => `vscode-remote://${new URL(server.url).host}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(join(folders.extensions, extension))],
      ['extensionTestsPath', remote(bundle)],
    ];
    await page.goto(`${server.url}/?${new URLSearchParams({ folder, payload: JSON.stringify(payload) }).toString()}`);
    await eventually('the tests in the extension host', () => exit !== undefined, 240_000).catch((error: unknown) => {
      throw new Error(`${error instanceof Error ? error.message : String(error)}; the host said:\n${log.slice(-40).join('\n')}`);
    });
    if (!existsSync(resultsFile)) throw new Error(`the extension host ended with ${String(exit)} and no results; it said:\n${log.slice(-40).join('\n')}`);
    return JSON.parse(readFileSync(resultsFile, 'utf8')) as HostTestResult[];
  } finally {
    await browser.close();
    server.stop();
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** One file that the extension host can load; mocha stays outside, since it loads parts of itself by name. */
async function bundleSuites(outfile: string, resultsFile: string): Promise<void> {
  const host = join(root, 'test/vscode/host');
  const suites = readdirSync(host).filter((name) => name.endsWith('.host.ts'));
  if (suites.length === 0) throw new Error(`no *.host.ts in ${host}`);
  rmSync(resultsFile, { force: true });
  mkdirSync(join(resultsFolder, 'host'), { recursive: true });
  await esbuild.build({
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    outfile,
    sourcemap: 'inline',
    logLevel: 'error',
    stdin: {
      resolveDir: host,
      sourcefile: relative(root, join(host, 'all.ts')),
      contents: `import { runSuites } from './index';
export const run = () => runSuites(() => { ${suites.map((name) => `require('./${name}');`).join(' ')} }, ${JSON.stringify(resultsFile)});`,
    },
  });
}
