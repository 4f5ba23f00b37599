import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { externalFiles } from '../export/externalFiles';
import type { PipelineManifest } from '../export/stages/manifest';
import type { OnnxModel } from '../onnx/model';
import type { ChainModel } from '../runtime/child/tasks';
import { findOnnxRuntime, type FoundRuntime } from '../runtime/onnxRuntime';

/** Where models are run. */
export interface RuntimePlace {
  /** absolute path of the bundle of the child process */
  readonly script: string;
  /** folder that holds ONNX Runtime; looked for from the model's folder upwards if absent */
  readonly folder?: string;
  /** folders to look in after the model's */
  readonly searchFrom?: readonly string[];
}

/** ONNX Runtime for a model. @throws UserError if there is none */
export const runtimeFor = (model: OnnxModel, { folder, searchFrom = [] }: RuntimePlace): FoundRuntime => findOnnxRuntime([dirname(model.path), ...searchFrom], folder);

/** A new folder for stage models that are only run: beside the model if it has files of weights, so that they are shared and not copied. */
export const workFolder = (model: OnnxModel): string => mkdtempSync(join(externalFiles(model.graph).size > 0 ? dirname(model.path) : tmpdir(), '.stagewright-'));

/** A model as it is. */
export const wholeOf = (model: OnnxModel): ChainModel => ({
  path: model.path, name: basename(model.path), inputs: model.graph.inputs.map(({ name }) => name), outputs: model.graph.outputs.map(({ name }) => name),
});

/** The stage models of a folder, in the order in which they run. */
export const chainOf = (manifest: PipelineManifest, folder: string): ChainModel[] =>
  manifest.models.map(({ file, inputs, outputs }) => ({ path: join(folder, file), name: file, inputs: inputs.map(({ name }) => name), outputs: outputs.map(({ name }) => name) }));
