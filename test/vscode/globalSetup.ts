import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findChromium, installVSCode, type VSCodeInstallation } from './harness/install';
import { resultsFolder, root, vsixFile } from './harness/paths';
import { cleanEnvironment, run } from './harness/process';
import { installExtension, makeServerFolders, startServer, type ServerFolders } from './harness/server';

/** What every test under test/vscode gets by `inject('vscode')`. */
export interface VSCodeUnderTest {
  readonly installation: VSCodeInstallation;
  readonly chromium: string;
  /** A server for people's eyes, with the packaged extension installed. */
  readonly url: string;
  readonly folders: ServerFolders;
  /** The package that is installed. */
  readonly vsix: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    vscode: VSCodeUnderTest;
  }
}

/** Packages the extension, installs the package into a fresh VS Code and starts that. */
export default async function setup(project: TestProject): Promise<() => void> {
  rmSync(resultsFolder, { recursive: true, force: true });
  // A package made a moment ago may be named, to run one test again and again.
  const given = process.env['STAGEWRIGHT_VSIX'];
  const vsix = given ?? vsixFile;
  const [installation, chromium] = await Promise.all([
    installVSCode(),
    findChromium(),
    given ? undefined : run('npm', ['run', 'package'], { cwd: root, log: join(resultsFolder, 'package.log'), env: cleanEnvironment() }),
  ]);
  const base = mkdtempSync(join(tmpdir(), 'stagewright-vscode-'));
  const folders = makeServerFolders(base);
  await installExtension(installation, folders, vsix);
  const server = await startServer(installation, folders);
  project.provide('vscode', { installation, chromium, url: server.url, folders, vsix });
  return () => {
    server.stop();
    rmSync(base, { recursive: true, force: true, maxRetries: 5 });
  };
}
