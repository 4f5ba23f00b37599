/**
 * Builds everything that ships into `dist/`: `node esbuild.mjs [--production] [--watch]`.
 *
 * - `extension.js` (the extension host; thin: must not contain the engine's heavy libraries), `worker.js`, `cli.js`, and `runtime.js` (the child process
 *   that runs models): CommonJS for Node;
 * - `webview/layout.js`, the layout engine for reports of large models, and `webview/report.js`, which stands in for the host there;
 * - `webview/main.js` and `webview/main.css` (the styles that main.ts imports), `webview/codicon.css` and its font;
 * - `highs.wasm`, read by the worker and the command line when an integer program is first solved;
 * - with `--production`, minified and with `THIRD_PARTY_NOTICES.txt`, the licences of the packages that went into the bundles.
 */
import * as esbuild from 'esbuild';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const production = process.argv.includes('--production');
const watch = process.argv.includes('--watch');
const require = createRequire(import.meta.url);
const inRoot = (path) => join(root, path);

/** protobufjs looks for `long` through a computed `require` that no bundler can follow; without it, 64-bit integers lose their low bits. */
const findLong = {
  name: 'find-long',
  setup(build) {
    build.onLoad({ filter: /@protobufjs[\\/]inquire[\\/]index\.js$/ }, () => ({
      contents: `module.exports = (name) => name === 'long' ? require('long') : name === 'buffer' ? require('buffer') : name === 'fs' ? require('fs') : null;`,
      loader: 'js',
      resolveDir: dirname(require.resolve('onnx-proto/package.json')),
    }));
  },
};

/** @type {esbuild.BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  minify: production,
  sourcemap: !production,
  sourcesContent: false,
};

/** @type {esbuild.BuildOptions} */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  plugins: [findLong],
  alias: {
    // The ES module flavour finds its .wasm through import.meta.url, which CommonJS has not; this one looks beside the bundle.
    highs: inRoot('node_modules/highs/build/highs.js'),
    // The Node flavour asks for an optional package that we do not use.
    elkjs: inRoot('node_modules/elkjs/lib/elk.bundled.js'),
  },
};

/** @type {(esbuild.BuildOptions & { entryPoints: { in: string, out: string }[] })[]} */
const builds = [
  { ...node, entryPoints: [{ in: 'src/extension/extension.ts', out: 'dist/extension' }] },
  { ...node, entryPoints: [{ in: 'src/worker/main.ts', out: 'dist/worker' }] },
  { ...node, entryPoints: [{ in: 'src/runtime/child/main.ts', out: 'dist/runtime' }] },
  { ...node, entryPoints: [{ in: 'src/cli/main.ts', out: 'dist/cli' }], banner: { js: '#!/usr/bin/env node' } },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    // Electron 34, the oldest that `engines.vscode` admits.
    target: 'chrome132',
    entryPoints: [{ in: 'webview/main.ts', out: 'dist/webview/main' }, { in: 'webview/report/host.ts', out: 'dist/webview/report' }],
    loader: { '.svg': 'text', '.ttf': 'file' },
  },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    target: 'chrome132',
    alias: { elkjs: node.alias.elkjs },
    entryPoints: [{ in: 'src/layout/pageEngine.ts', out: 'dist/webview/layout' }],
    // Reports carry the engine to where no file with notices goes.
    banner: { js: elkNotice() },
  },
].map((options) => ({ ...options, outdir: '.' }));

function elkNotice() {
  const { version, license } = JSON.parse(readFileSync(require.resolve('elkjs/package.json'), 'utf8'));
  return `/*! Contains elkjs ${version}, the Eclipse Layout Kernel for JavaScript, copyright Kiel University and others, under the licence ${license} (https://www.eclipse.org/legal/epl-2.0/). Source code: https://github.com/kieler/elkjs */`;
}

/** Copied as they are: [from, to, the package whose licence covers it]. */
const assets = [
  ['node_modules/highs/build/highs.wasm', 'dist/highs.wasm'],
  ['node_modules/@vscode/codicons/dist/codicon.css', 'dist/webview/codicon.css'],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/webview/codicon.ttf'],
];

rmSync(inRoot('dist'), { recursive: true, force: true });
mkdirSync(inRoot('dist/webview'), { recursive: true });
for (const [from, to] of assets) copyFileSync(inRoot(from), inRoot(to));

if (watch) {
  for (const options of builds) await (await esbuild.context({ ...options, logLevel: 'info' })).watch();
} else {
  const results = await Promise.all(builds.map((options) => esbuild.build(options)));
  const bundles = Object.assign({}, ...results.map(({ metafile }) => metafile.outputs));
  checkBundles(bundles);
  if (production) writeFileSync(inRoot('dist/THIRD_PARTY_NOTICES.txt'), notices(bundles));
  for (const [path, { bytes }] of Object.entries(bundles)) {
    if (!path.endsWith('.map')) console.log(`${path.padEnd(24)} ${(bytes / 1000).toFixed(1).padStart(8)} kB`);
  }
}

/** What would only show on somebody else's machine, or as a slow start of the editor. */
function checkBundles(bundles) {
  for (const path of Object.keys(bundles)) {
    if (readFileSync(inRoot(path), 'utf8').includes(join(root, '/'))) throw new Error(`${path} contains the absolute path ${root}`);
  }
  const heavy = Object.keys(bundles['dist/extension.js'].inputs).filter((path) => /node_modules\/(elkjs|highs|onnx-proto)\//.test(path));
  if (heavy.length > 0) throw new Error(`dist/extension.js contains what belongs into the worker: ${heavy.join(', ')}`);
}

/** The licence texts of every package with at least one file in a bundle or among the assets, by name. */
function notices(bundles) {
  const inputs = [...Object.values(bundles).flatMap((bundle) => Object.keys(bundle.inputs)), ...assets.map(([from]) => from)];
  const folders = new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter((folder) => folder !== undefined));
  const sections = [...folders].map((folder) => {
    const manifest = JSON.parse(readFileSync(inRoot(join(folder, 'package.json')), 'utf8'));
    const texts = readdirSync(inRoot(folder))
      .filter((name) => /^(licen[cs]e|copying|notice)/i.test(name) && statSync(inRoot(join(folder, name))).isFile())
      .map((name) => readFileSync(inRoot(join(folder, name)), 'utf8').trim());
    const source = String(manifest.repository?.url ?? manifest.repository ?? manifest.homepage ?? `https://www.npmjs.com/package/${manifest.name}`)
      .replace(/^git\+/, '')
      .replace(/^([\w-]+\/[\w.-]+)$/, 'https://github.com/$1');
    return { name: `${manifest.name} ${manifest.version}`, licence: String(manifest.license ?? 'see below'), source, texts };
  });
  const nameless = sections.filter(({ texts, licence }) => texts.length === 0 && licence === 'see below');
  if (nameless.length > 0) throw new Error(`no licence found for ${nameless.map(({ name }) => name).join(', ')}`);
  const rule = '-'.repeat(100);
  return [
    'Stagewright contains the following packages in bundled form, each under its own licence. Their source code is available at the addresses given.\n',
    ...sections
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, licence, source, texts }) => `${rule}\n${name}\nLicence: ${licence}\nSource: ${source}\n\n${texts.join('\n\n')}\n`),
  ].join('\n');
}
