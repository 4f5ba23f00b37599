import { join, resolve } from 'node:path';

/** The checkout. */
export const root = resolve(import.meta.dirname, '../../..');
/** Survives between runs: the VS Code under test. */
export const cacheFolder = join(root, '.vscode-test');
/** Belongs to one run: logs, screenshots, the bundled extension-host tests. */
export const resultsFolder = join(root, 'test-results');
export const vsixFile = join(root, 'dist/stagewright.vsix');
