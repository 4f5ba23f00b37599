import { t } from '@vscode/l10n';
import { randomBytes } from 'node:crypto';
import { closeSync, constants, copyFileSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OnnxModel } from '../onnx/model';
import { writePieces } from '../onnx/write/pieces';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { fileError, systemCode } from '../sidecar/fileErrors';
import type { ExportFile } from './exportPlan';

/**
 * Writes the files of an export. Each appears whole under its name or not at all: they are all written under other names first, and take
 * their own when the last one is complete.
 *
 * @param folder absolute; created if it is not there
 * @returns the paths written, relative to the folder
 * @throws UserError if a file cannot be written or would replace one of the model's; CancelledError
 */
export function writeExport(files: readonly ExportFile[], model: OnnxModel, folder: string, control: Control): string[] {
  const from = dirname(model.path);
  const ready: { readonly temporary: string; readonly target: string }[] = [];
  const written: string[] = [];
  try {
    for (const file of files) {
      throwIfCancelled(control);
      const target = join(folder, ...file.path.split('/'));
      if (file.kind === 'shared' && isSame(target, join(from, file.from))) continue;
      refuseOwn(target, file, model, from);
      const temporary = join(dirname(target), `.${randomBytes(8).toString('hex')}.tmp`);
      named(dirname(target), () => mkdirSync(dirname(target), { recursive: true }));
      ready.push({ temporary, target });
      named(file.path, () => make(file, model, from, temporary, control));
      written.push(file.path);
    }
    for (const { temporary, target } of ready) named(target, () => renameSync(temporary, target));
    return written;
  } finally {
    for (const { temporary } of ready) rmSync(temporary, { force: true });
  }
}

/** Errors of the operating system become those of a file that has this name. */
function named(subject: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    throw fileError(error, subject);
  }
}

const isSame = (a: string, b: string): boolean => existsSync(a) && realpathSync(a) === realpathSync(b);

function refuseOwn(target: string, file: ExportFile, model: OnnxModel, from: string): void {
  if (isSame(target, model.path)) throw new UserError(file.path, 'is the model itself.', 'Choose another folder with -o.');
  if (file.kind === 'data' && isSame(target, join(from, file.from))) throw new UserError(file.path, "holds the model's own data.", 'Choose another folder with -o.');
}

function make(file: ExportFile, model: OnnxModel, from: string, temporary: string, control: Control): void {
  if (file.kind === 'shared') {
    share(join(from, file.from), temporary, file.path, control);
    return;
  }
  const descriptor = openSync(temporary, 'wx');
  const write = (bytes: Uint8Array): void => {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
  };
  try {
    if (file.kind === 'text') write(Buffer.from(file.text, 'utf8'));
    else writePieces(file.kind === 'model' ? model.path : join(from, file.from), file.pieces, file.path, control, write);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** One more name for a file where the file system has that, a copy where it has not (or the file lies on another one). */
function share(source: string, temporary: string, name: string, control: Control): void {
  control.report({ phase: t('sharing {0}', name) });
  try {
    linkSync(realpathSync(source), temporary);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw error;
    copyFileSync(source, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  }
}
