import { randomBytes } from 'node:crypto';
import { closeSync, constants, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { copySpliced } from '../onnx/annotate';
import type { Attribute, OnnxGraph, OnnxModel, TensorRef } from '../onnx/model';
import { throwIfCancelled, type Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { fileError } from '../sidecar/fileErrors';
import type { ExportFile } from './exportPlan';

/**
 * Writes the files of an export. Each appears whole under its name or not at all, and a model's external data is brought along.
 *
 * @param folder absolute; created if it is not there
 * @returns the paths written, relative to the folder
 * @throws UserError if a file cannot be written or would replace the model; CancelledError
 */
export function writeExport(files: readonly ExportFile[], model: OnnxModel, folder: string, control: Control): string[] {
  const written: string[] = [];
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw fileError(error, folder);
  }
  for (const file of files) {
    const target = join(folder, ...file.path.split('/'));
    if (existsSync(target) && realpathSync(target) === realpathSync(model.path)) throw new UserError(file.path, 'is the model itself.', 'Choose another folder with -o.');
    whole(target, file.path, (temporary) => {
      const descriptor = openSync(temporary, 'wx');
      const write = (bytes: Uint8Array): void => {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
      };
      try {
        if (file.kind === 'text') write(Buffer.from(file.text, 'utf8'));
        else copySpliced(model.path, file.splices, file.path, control, write);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    });
    written.push(file.path);
  }
  if (files.some(({ kind }) => kind === 'model')) written.push(...bringData(model, folder, control));
  return written;
}

/** Files with a model's weights, copied to where a copy of the model looks for them. */
function bringData(model: OnnxModel, folder: string, control: Control): string[] {
  const from = dirname(model.path);
  if (realpathSync(folder) === realpathSync(from)) return [];
  const paths = [...externalFiles(model.graph)].sort();
  for (const path of paths) {
    throwIfCancelled(control);
    control.report({ phase: `copying ${path}` });
    const target = resolve(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    whole(target, relative(folder, target), (temporary) => copyFileSync(join(from, path), temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE));
  }
  return paths;
}

/** The external data files that a graph refers to, bodies and attributes included. */
export function externalFiles(graph: OnnxGraph, found = new Set<string>()): Set<string> {
  const tensor = ({ location }: TensorRef): void => void (location.kind === 'external' && found.add(location.path));
  const attribute = (value: Attribute): void => {
    if (value.kind === 'tensor') tensor(value.value);
    else if (value.kind === 'tensors') value.value.forEach(tensor);
    else if (value.kind === 'graph') externalFiles(value.value, found);
    else if (value.kind === 'graphs') value.value.forEach((body) => externalFiles(body, found));
  };
  graph.initializers.forEach(tensor);
  for (const node of graph.nodes) node.attributes.forEach(attribute);
  return found;
}

function whole(target: string, subject: string, write: (temporary: string) => void): void {
  const temporary = join(dirname(target), `.${randomBytes(8).toString('hex')}.tmp`);
  try {
    write(temporary);
    renameSync(temporary, target);
  } catch (error) {
    throw fileError(error, subject);
  } finally {
    rmSync(temporary, { force: true });
  }
}
