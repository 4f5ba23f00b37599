import { openSync, statSync } from 'node:fs';
import { UserError } from '../shared/userError';

/** Opens a model for reading. @throws UserError if there is no file, no permission, or something else under that name */
export function openModelFile(path: string): { readonly descriptor: number; readonly size: number } {
  try {
    const stat = statSync(path);
    // before opening: a pipe would wait for ever for somebody to write to it
    if (stat.isDirectory()) throw new UserError(path, 'is a folder, not an ONNX model.', 'Choose the .onnx file inside it.');
    if (!stat.isFile()) throw new UserError(path, 'is not a regular file.', 'Choose an .onnx file.');
    if (stat.size === 0) throw new UserError(path, 'is empty.', 'Fetch or export the file again.');
    return { descriptor: openSync(path, 'r'), size: stat.size };
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserError(path, 'does not exist.', 'Check the path.');
    if (code === 'EACCES' || code === 'EPERM') throw new UserError(path, 'may not be read.', 'Check its permissions.');
    throw new UserError(path, `cannot be opened (${code ?? message}).`);
  }
}

/** The first line of the small text that stands in for a large file until it is fetched (Git LFS specification, v1). */
export const isLfsPointer = (head: Buffer): boolean => head.toString('latin1').startsWith('version https://git-lfs.github.com/spec/v1');

/**
 * A better word for a file that could not be read as a model: what it is instead. Called only after reading failed, so that no
 * model is refused for looking like something else.
 * @param head the file's first bytes, some hundred
 * @returns undefined if nothing is recognised
 */
export function explainHead(path: string, head: Buffer): UserError | undefined {
  if (isLfsPointer(head)) return new UserError(path, 'is a Git LFS pointer and not the model itself.', 'Run "git lfs pull".');
  const starts = (text: string, at = 0): boolean => head.subarray(at, at + text.length).toString('latin1') === text;
  if (starts('PK\u0003\u0004')) return new UserError(path, 'is a zip archive (or a PyTorch checkpoint), not an ONNX model.', 'Unpack it, or export the model to ONNX.');
  if (starts('ORTM', 4)) return new UserError(path, "is in ONNX Runtime's own format, not an ONNX model.", 'Use the .onnx file that it was made from.');
  if (starts('\u0089HDF')) return new UserError(path, 'is an HDF5 file, not an ONNX model.', 'Export the model to ONNX.');
  // control characters other than white space are in every protobuf and in no text; the last bytes may cut a character in half
  const text = head.toString('utf8').replace(/\ufffd$/, '');
  if (/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffd]+$/.test(text)) {
    const kind = /^\s*[{[]/.test(text) ? 'a JSON file' : 'a text file';
    return new UserError(path, `is ${kind}, not an ONNX model.`, 'Choose the .onnx file itself.');
  }
  return undefined;
}
