import type * as Ort from 'onnxruntime-node';
import { quote } from '../../onnx/quote';
import { UserError } from '../../shared/userError';
import { fromOrt, isCarried, toOrt, type HostTensor } from '../hostTensor';
import { createPlainSession, oneLine, type OnnxRuntime, type PlainSessionOptions } from '../onnxRuntime';
import type { ChainModel } from './tasks';

/** A model that is loaded: takes and gives tensors by name. */
export interface LoadedModel {
  /** What it gives shares the session's memory. @throws UserError if ONNX Runtime fails on it, or a tensor cannot be handed over */
  readonly run: (values: ReadonlyMap<string, HostTensor>) => Promise<{ readonly outputs: Map<string, HostTensor>; readonly seconds: number }>;
  /** writes the times of all runs, where they are taken */
  readonly endProfiling: () => void;
  readonly release: () => Promise<void>;
}

/** Loads a model without optimisation of its graph. @throws UserError if ONNX Runtime refuses it */
export async function loadModel(ort: OnnxRuntime, { path, name, inputs, outputs }: ChainModel, options: PlainSessionOptions = {}): Promise<LoadedModel> {
  const session = await createPlainSession(ort, path, name, options);
  const read = inputs.filter((input) => session.inputNames.includes(input));
  return {
    run: async (values) => {
      const feeds = Object.fromEntries(read.map((input) => [input, toOrt(ort, valueOf(values, input, name))]));
      const started = performance.now();
      const results = await run(session, feeds, outputs, name);
      const seconds = (performance.now() - started) / 1000;
      return { outputs: new Map(outputs.map((output) => [output, handedOver(results[output]!, output, name)])), seconds };
    },
    endProfiling: () => session.endProfiling(),
    release: () => session.release(),
  };
}

/** The tensors with memory of their own, for when the session that made them goes. */
export const copied = (tensors: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> =>
  new Map([...tensors].map(([name, { data, ...tensor }]) => [name, { ...tensor, data: Buffer.isBuffer(data) ? Buffer.from(data) : data }]));

function valueOf(values: ReadonlyMap<string, HostTensor>, tensor: string, model: string): HostTensor {
  const value = values.get(tensor);
  if (!value) throw new Error(`nothing makes "${tensor}", which ${model} reads`);
  return value;
}

async function run(session: Ort.InferenceSession, feeds: Record<string, Ort.Tensor>, outputs: readonly string[], name: string): Promise<Ort.InferenceSession.OnnxValueMapType> {
  try {
    return await session.run(feeds, [...outputs], { logSeverityLevel: 4 });
  } catch (error) {
    throw new UserError(name, `cannot be run by ONNX Runtime: ${oneLine(error)}`);
  }
}

function handedOver(value: Ort.OnnxValue, tensor: string, model: string): HostTensor {
  const { type } = value as Ort.Tensor;
  if (!isCarried(type as HostTensor['type'])) {
    throw new UserError(model, `gives the tensor ${quote(tensor)} of the type ${type ?? 'unknown'}, which ONNX Runtime hands to no JavaScript program.`, 'Move the cut to another operator, or run the stages elsewhere.');
  }
  return fromOrt(value as Ort.Tensor);
}
