import { basename } from 'node:path';

/** `net.onnx` annotated with `stages` is `net.stages.onnx`: never the model's own name. */
export const annotatedName = (modelPath: string, word: string): string => `${stem(modelPath)}.${word}.onnx`;

/** File name without `.onnx`. */
export const stem = (modelPath: string): string => basename(modelPath).replace(/\.onnx$/i, '');
