import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, posix, relative, sep } from 'node:path';
import { formatBytes } from '../shared/format';
import { UserError } from '../shared/userError';
import { isLfsPointer } from './openModelFile';
import { quote } from './quote';

/** @throws UserError naming the model, the tensor and the path if the reference is not to that many bytes of a file in the model's folder */
export type CheckExternal = (tensor: string, location: string, offset: number, length: number | undefined, byteLength: number) => { path: string; length: number };

/**
 * Checks references from a model to files with its weights: a model that somebody else made must not make us (or an exporter) read
 * other files than those beside it.
 * @param subject what errors call the model
 * @param folder absolute path of the model's folder
 */
export function externalDataChecker(subject: string, folder: string): CheckExternal {
  /** sizes of the files seen, by their location as written: models refer to one file thousands of times */
  const sizes = new Map<string, { path: string; bytes: number }>();

  return (tensor, location, offset, length, byteLength) => {
    const fail = (problem: string, remedy: string): UserError =>
      new UserError(subject, `the tensor ${quote(tensor)} has its data in ${quote(location)}, ${problem}`, remedy);
    let file = sizes.get(location);
    if (file === undefined) {
      file = look(location, folder, fail);
      sizes.set(location, file);
    }
    const needed = length ?? byteLength;
    if (needed < byteLength) {
      throw fail(`of which it names ${needed} bytes, but its type and dimensions take ${byteLength}.`, 'Export the model again.');
    }
    if (offset + needed > file.bytes) {
      if (isPointer(join(folder, file.path))) throw fail('which is a Git LFS pointer and not the data itself.', 'Run "git lfs pull".');
      throw fail(`which has only ${file.bytes} bytes (${formatBytes(file.bytes)}); ${offset + needed} are needed.`, 'Fetch or export the file again.');
    }
    return { path: file.path, length: needed };
  };
}

function look(location: string, folder: string, fail: (problem: string, remedy: string) => UserError): { path: string; bytes: number } {
  const inside = 'Put the file beside the model and name it without a path that leaves the folder.';
  if (location === '') throw fail('which names no file.', 'Export the model again.');
  // backslashes and drive letters mean nothing here and much on another machine
  if (/[\\\0]/.test(location) || /^[A-Za-z]:/.test(location) || posix.isAbsolute(location)) throw fail('which is not a path relative to the model.', inside);
  const path = posix.normalize(location);
  if (location.split('/').includes('..')) throw fail("which leaves the model's folder.", inside);
  let real: string;
  try {
    real = realpathSync(join(folder, path));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw fail(missing ? 'which does not exist.' : `which cannot be opened (${(error as NodeJS.ErrnoException).code}).`, 'Fetch it along with the model.');
  }
  const fromFolder = relative(realpathSync(folder), real);
  if (isAbsolute(fromFolder) || fromFolder === '..' || fromFolder.startsWith(`..${sep}`)) {
    throw fail("which is a link that leaves the model's folder.", inside);
  }
  const stat = statSync(real);
  if (!stat.isFile()) throw fail('which is not a file.', inside);
  return { path, bytes: stat.size };
}

/** Whether a file that is too short is a pointer left by Git LFS. */
function isPointer(path: string): boolean {
  const head = Buffer.alloc(64);
  const descriptor = openSync(path, 'r');
  try {
    return isLfsPointer(head.subarray(0, readSync(descriptor, head, 0, head.length, 0)));
  } finally {
    closeSync(descriptor);
  }
}
