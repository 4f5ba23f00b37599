import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, resultsFolder } from './paths';
import { cleanEnvironment, run } from './process';

/** The server needs Node 24 while the project runs on 20, hence a Node of its own. */
const VERSIONS = { codeServer: '4.139.1', node: '24.21.0', watcher: '2.5.6' };

/** A VS Code server on disk. */
export interface VSCodeInstallation {
  /** The Node that runs it. */
  readonly node: string;
  /** Its entry point. */
  readonly main: string;
}

/**
 * Puts a real VS Code (the server inside code-server, to be driven in a browser) under `.vscode-test/`, outside node_modules so that its
 * dependencies cannot meet ours. Everything comes from the npm registry; a stamp makes the second call free.
 * @throws Error if this platform has no build of it, or npm fails.
 */
export async function installVSCode(): Promise<VSCodeInstallation> {
  const { platform, arch } = process;
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64')) {
    throw new Error(`the VS Code used in tests runs on Linux (x64, arm64), not on ${platform}-${arch}: run the other tests with \`npm run test:unit\``);
  }
  const folder = join(cacheFolder, 'server');
  const vscode = join(folder, 'node_modules/code-server/lib/vscode');
  const installation = { node: join(folder, `node_modules/node-linux-${arch}/bin/node`), main: join(vscode, 'out/server-main.js') };
  const stampFile = join(folder, 'installed.json');
  const stamp = JSON.stringify({ ...VERSIONS, arch });
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp && existsSync(installation.main)) return installation;

  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const started = Date.now();
  console.error(`Installing VS Code for tests into ${folder} (once, about 250 MB) …`);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'vscode-for-tests', private: true }));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { log: join(resultsFolder, 'install.log'), env: cleanEnvironment() };
  const packages = [`code-server@${VERSIONS.codeServer}`, `node-linux-${arch}@${VERSIONS.node}`, `@parcel/watcher-linux-${arch}-glibc@${VERSIONS.watcher}`];
  await run('npm', ['install', ...quiet, ...packages], { ...options, cwd: folder });
  // Not `npm ci`: the shrinkwrap that comes with it is out of step with its package.json.
  await run('npm', ['install', '--omit=dev', '--omit=optional', ...quiet], { ...options, cwd: vscode });
  await run(installation.node, [installation.main, '--version'], { ...options, cwd: folder });
  writeFileSync(stampFile, stamp);
  console.error(`Installed VS Code for tests in ${Math.round((Date.now() - started) / 1000)} s.`);
  return installation;
}

/**
 * The browser to drive: `CHROMIUM` or what stands on the PATH; on a Debian machine where we are root it is installed.
 * @throws Error that says what to install.
 */
export async function findChromium(): Promise<string> {
  const named = process.env['CHROMIUM'];
  if (named) return named;
  const found = onPath();
  if (found) return found;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Installing chromium from Debian …');
    const options = { cwd: '/', log: join(resultsFolder, 'install.log'), env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
    await run('apt-get', ['update', '-qq'], options);
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], options);
    const installed = onPath();
    if (installed) return installed;
  }
  throw new Error('the VS Code tests need a Chromium: install `chromium` (Debian: `apt install chromium`), or name one in the environment variable CHROMIUM');
}

function onPath(): string | undefined {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      // Not under this name.
    }
  }
  return undefined;
}
