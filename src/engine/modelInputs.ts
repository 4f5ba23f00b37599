import { basename, resolve } from 'node:path';
import type { OnnxModel } from '../onnx/model';
import { quote } from '../onnx/quote';
import type { HostTensor } from '../runtime/hostTensor';
import { boundInput, randomTensor } from '../runtime/randomInputs';
import { readInputs } from '../runtime/readInputs';
import { uniform } from '../shared/uniform';
import { UserError } from '../shared/userError';
import { readTextFile } from '../sidecar/textFile';
import type { Bindings } from './requests';

/** Files of inputs are for trying things; large ones are made by programs. */
const LARGEST_INPUTS = 1 << 26;

/**
 * What a model is run on: the tensors of a file, and random ones for inputs that it does not name.
 *
 * @param bound sizes of the dimensions of random inputs
 * @throws UserError if the file is no such file, names what is no input, or an input has a dimension without a size
 */
export function modelInputs(model: OnnxModel, bound: Bindings, seed: number, inputsPath?: string): Record<string, HostTensor> {
  const subject = basename(model.path);
  const given = inputsPath === undefined ? new Map<string, HostTensor>() : readInputs(readTextFile(resolve(inputsPath), inputsPath, LARGEST_INPUTS), inputsPath);
  const names = new Set(model.graph.inputs.map(({ name }) => name));
  const stranger = [...given.keys()].find((name) => !names.has(name));
  if (stranger !== undefined) throw new UserError(inputsPath!, `names ${quote(stranger)}, which is no input of ${subject}.`, `Its inputs: ${[...names].join(', ')}.`);
  const next = uniform(seed);
  return Object.fromEntries(
    model.graph.inputs.map((info) => {
      const tensor = given.get(info.name);
      if (tensor) return [info.name, tensor];
      const { type, dims } = boundInput(subject, info, bound);
      return [info.name, randomTensor(subject, type, dims, next)];
    }),
  );
}
