import { spawn } from 'node:child_process';
import { mkdirSync, openSync, closeSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { resultsFolder } from './paths';
import { cleanEnvironment, eventually, run } from './process';
import type { VSCodeInstallation } from './install';

/** Folders of one VS Code, all of its own, so that no test meets a person's settings or another test's extensions. */
export interface ServerFolders {
  readonly userData: string;
  readonly extensions: string;
  readonly serverData: string;
}

export interface RunningServer {
  /** Such as http://127.0.0.1:34567 */
  readonly url: string;
  stop(): void;
}

/** What would get between a test and what it looks at: tips, updates, AI features, other people's watchers. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.colorTheme': 'Dark Modern',
  'workbench.reduceMotion': 'on',
  'window.autoDetectHighContrast': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'files.hotExit': 'off',
  // Tests look at plans, not at how good they are.
  'stagewright.timeLimitSeconds': 5,
} as const;

export function makeServerFolders(base: string): ServerFolders {
  const folders = { userData: join(base, 'user-data'), extensions: join(base, 'extensions'), serverData: join(base, 'server-data') };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  mkdirSync(join(folders.userData, 'User'), { recursive: true });
  writeFileSync(join(folders.userData, 'User/settings.json'), JSON.stringify(quietSettings, undefined, 2));
  return folders;
}

function folderArguments(folders: ServerFolders): string[] {
  return ['--user-data-dir', folders.userData, '--extensions-dir', folders.extensions, '--server-data-dir', folders.serverData, '--accept-server-license-terms'];
}

/** Installs a packaged extension the way a person would. */
export async function installExtension(vscode: VSCodeInstallation, folders: ServerFolders, vsix: string): Promise<void> {
  const args = [vscode.main, ...folderArguments(folders), '--install-extension', vsix, '--force'];
  await run(vscode.node, args, { cwd: folders.userData, log: join(resultsFolder, 'install-extension.log'), env: serverEnvironment() });
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { ...cleanEnvironment(), EXTENSIONS_GALLERY: '{}' };
}

/**
 * Starts a server on a free port, as leader of its own process group so that its extension hosts end with it.
 * @param options.automation Lets a page run extension tests (`extensionTestsPath`), at the price of suppressed notifications.
 */
export async function startServer(vscode: VSCodeInstallation, folders: ServerFolders, options: { automation?: boolean } = {}): Promise<RunningServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const logFile = join(resultsFolder, `server-${port}.log`);
  mkdirSync(resultsFolder, { recursive: true });
  const log = openSync(logFile, 'a');
  const args = [vscode.main, '--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--disable-telemetry', '--disable-workspace-trust', ...folderArguments(folders)];
  if (options.automation) args.push('--enable-smoke-test-driver');
  const child = spawn(vscode.node, args, { cwd: folders.userData, detached: true, stdio: ['ignore', log, log], env: serverEnvironment() });
  closeSync(log);
  const interrupted = (): void => {
    stop();
    process.exit(1);
  };
  const stop = (): void => {
    process.off('exit', stop).off('SIGTERM', interrupted).off('SIGHUP', interrupted);
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Its group is gone already.
    }
  };
  // Not SIGINT: vitest ends its run and calls us.
  process.on('exit', stop).on('SIGTERM', interrupted).on('SIGHUP', interrupted);
  try {
    await eventually(`VS Code's server (its log is ${logFile})`, async () => {
      if (child.exitCode !== null) throw new Error(`it exited with ${child.exitCode}`);
      return (await fetch(`${url}/version`)).ok;
    });
  } catch (error) {
    stop();
    throw error;
  }
  return { url, stop };
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.on('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address && typeof address === 'object') done(address.port);
        else fail(new Error('no free port'));
      });
    });
  });
}
