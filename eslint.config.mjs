import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Folders of `src/` that hold the engine: they know nothing of VS Code, of the command line, of workers or of the view. */
const core = ['onnx', 'graph', 'cost', 'placement', 'solver', 'schedule', 'sidecar', 'profile', 'export', 'layout', 'runtime', 'engine'];
const outer = ['extension', 'cli', 'worker'];
const src = (name) => `./src/${name}`;

/** Each wall: files under `target` must not import files under `from`. */
const walls = [
  { target: core.map(src), from: [...outer.map(src), './webview'], message: 'The engine knows nothing of its hosts.' },
  { target: './src/shared', from: [...core, ...outer].map(src).concat('./webview'), message: 'src/shared is imported by everybody and imports nobody.' },
  { target: './webview', from: [...core, ...outer].map(src), message: 'The webview imports only src/shared.' },
  { target: './src/placement', from: ['onnx', 'graph', 'cost', 'sidecar', 'profile', 'layout', 'engine'].map(src), message: 'Placement sees only a PlacementProblem.' },
  { target: './src/onnx', from: ['graph', 'cost', 'placement', 'sidecar', 'layout', 'export', 'engine'].map(src), message: 'Reading a model knows nothing of devices.' },
  { target: './src/graph', from: ['cost', 'placement', 'sidecar', 'engine'].map(src), message: 'Data flows onnx -> graph -> cost -> placement.' },
  { target: './src/cost', from: ['sidecar', 'profile', 'layout', 'engine'].map(src), message: 'Data flows onnx -> graph -> cost -> placement.' },
  { target: './src/sidecar', from: ['profile', 'engine', 'layout', 'placement'].map(src), message: 'The sidecar is a file format.' },
  { target: './src/profile', from: ['cost', 'placement', 'solver', 'export', 'layout', 'runtime', 'engine'].map(src), message: 'A profile is a file format of its own; the engine hands its times to the cost model.' },
  { target: './src/export', from: ['engine', 'layout', 'cost', 'solver'].map(src), message: 'Exporters see a plan that is laid over its model.' },
  { target: './src/runtime', from: ['graph', 'cost', 'placement', 'solver', 'sidecar', 'profile', 'layout', 'export', 'engine'].map(src), message: 'Running a model knows nothing of plans.' },
  { target: './src/schedule', from: ['onnx', 'graph', 'cost', 'placement', 'solver', 'sidecar', 'profile', 'export', 'layout', 'engine'].map(src), message: 'A schedule sees stages as plain numbers.' },
  { target: './src/layout', from: ['engine', 'placement', 'cost', 'sidecar', 'onnx'].map(src), message: 'Layout sees boxes and edges.' },
  { target: './src/engine', from: outer.map(src), message: 'The engine is run by its hosts.' },
  { target: './src/cli', from: ['extension', 'worker'].map(src), message: 'The command line runs the engine itself.' },
  { target: './src/worker', from: ['extension', 'cli'].map(src), message: 'The worker serves the extension and does not know it.' },
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.vscode-test/', 'test-results/', 'coverage/'] },
  ...tseslint.configs.strict,
  {
    files: ['**/*.ts', '**/*.mjs'],
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ noWarnOnMultipleProjects: true, project: ['tsconfig.json', 'webview/tsconfig.json'] })] },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-unresolved': ['error', { ignore: ['^vscode$'] }],
      'import-x/no-restricted-paths': ['error', { zones: walls }],
      'no-restricted-imports': ['error', { paths: [{ name: 'vscode', message: 'Only src/extension imports vscode.' }] }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  { files: ['src/extension/**', 'test/vscode/**'], rules: { 'no-restricted-imports': 'off' } },
  { files: ['src/cli/**', 'test/**', '*.mjs', 'test/bench/**'], rules: { 'no-console': 'off' } },
);
