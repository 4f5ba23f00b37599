import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { root } from './harness/paths';

/** What a user's disk gets, and nothing else; patterns only where names are free. */
const allowed: readonly (string | RegExp)[] = [
  '.vsixmanifest',
  'package.json',
  'dist/extension.js',
  'dist/webview/report.js', 'dist/webview/layout.js', 'dist/worker.js', 'dist/runtime.js',
  'dist/cli.js',
  'dist/highs.wasm',
  'dist/THIRD_PARTY_NOTICES.txt',
  'dist/webview/main.js',
  'dist/webview/main.css',
  'dist/webview/codicon.css',
  'dist/webview/codicon.ttf',
  /^(readme|changelog)\.md$/i,
  /^license(\.txt|\.md)?$/i,
  /^package\.nls(\.[\w-]+)?\.json$/,
  /^media\/([\w-]+\/)*[\w.-]+\.(svg|png|md|json)$/,
];

describe('the package', () => {
  const { folders, vsix } = inject('vscode');
  const installed = join(folders.extensions, readdirSync(folders.extensions).find((name) => name.startsWith('stagewright.')) ?? 'not installed');
  const read = (name: string): string => readFileSync(join(installed, name), 'utf8');
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));

  it('contains all that it needs and nothing that is not on the list', () => {
    expect(files.filter((name) => !allowed.some((entry) => (typeof entry === 'string' ? entry === name : entry.test(name))))).toEqual([]);
    expect(allowed.filter((entry) => typeof entry === 'string' && !files.includes(entry))).toEqual([]);
  });

  it('is smaller than 5 MB', () => {
    expect(statSync(vsix).size).toBeLessThan(5_000_000);
  });

  it('says nothing of the machine that built it', () => {
    const texts = files.filter((name) => /\.(js|css|json|md|txt|svg)$/.test(name));
    expect(texts.filter((name) => read(name).includes(join(root, '/')))).toEqual([]);
    expect(texts.filter((name) => read(name).includes('sourceMappingURL'))).toEqual([]);
  });

  it('carries the licences of what it bundles', () => {
    const notices = read('dist/THIRD_PARTY_NOTICES.txt');
    for (const part of ['Eclipse Public License - v 2.0', 'https://github.com/kieler/elkjs', 'highs', 'onnx-proto', '@vscode/codicons']) expect(notices).toContain(part);
  });

  it('has every file that its manifest names', () => {
    const manifest = JSON.parse(read('package.json')) as { main: string; icon?: string; contributes?: { jsonValidation?: { url: string }[] } };
    const named = [manifest.main, manifest.icon, ...(manifest.contributes?.jsonValidation ?? []).map(({ url }) => url)].filter((path) => path?.startsWith('./') ?? false);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => path !== undefined && !files.includes(path.slice(2)))).toEqual([]);
  });
});
