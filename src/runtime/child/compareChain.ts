import type * as Ort from 'onnxruntime-node';
import { quote } from '../../onnx/quote';
import { UserError } from '../../shared/userError';
import { compareTensors } from '../compareTensors';
import { fromOrt, isCarried, toOrt, type HostTensor } from '../hostTensor';
import { createPlainSession, loadPackage, oneLine, type OnnxRuntime } from '../onnxRuntime';
import type { ChainModel, ChainReport, ChainRequest, TensorDifference } from './tasks';

/**
 * Runs a model and a chain of models on the same inputs, and compares every tensor that both give.
 *
 * @param phase is told what is being run
 * @throws UserError if ONNX Runtime refuses a model or fails on it, or a tensor between them is of a type that cannot be handed over
 */
export async function compareChain({ runtime, whole, models, feeds, tolerance }: ChainRequest, phase: (text: string) => void): Promise<ChainReport> {
  const ort = loadPackage(runtime);
  phase(`running ${whole.name}`);
  const expected = await runOnce(ort, whole, new Map(Object.entries(feeds)));
  const values = new Map(Object.entries(feeds));
  const tensors: TensorDifference[] = [];
  const seconds: number[] = [];
  for (const model of models) {
    phase(`running ${model.name}`);
    const made = await runOnce(ort, model, values);
    seconds.push(made.seconds);
    for (const [tensor, value] of made.outputs) {
      values.set(tensor, value);
      const reference = expected.outputs.get(tensor);
      if (reference) tensors.push({ tensor, from: model.name, ...compareTensors(reference, value, tolerance) });
    }
  }
  for (const [tensor, reference] of expected.outputs) {
    const given = values.get(tensor);
    if (!given) throw new Error(`the chain does not make "${tensor}"`);
    if (!tensors.some((difference) => difference.tensor === tensor)) tensors.push({ tensor, from: null, ...compareTensors(reference, given, tolerance) });
  }
  return { tensors, wholeSeconds: expected.seconds, seconds };
}

/** Loads a model, runs it once and lets it go. `seconds` is the run alone. */
async function runOnce(ort: OnnxRuntime, { path, name, inputs, outputs }: ChainModel, values: ReadonlyMap<string, HostTensor>): Promise<{ readonly outputs: Map<string, HostTensor>; readonly seconds: number }> {
  const session = await createPlainSession(ort, path, name);
  try {
    const feeds = Object.fromEntries(inputs.filter((input) => session.inputNames.includes(input)).map((input) => [input, toOrt(ort, valueOf(values, input, name))]));
    const started = performance.now();
    const results = await run(session, feeds, outputs, name);
    const seconds = (performance.now() - started) / 1000;
    return { outputs: new Map(outputs.map((output) => [output, handedOver(results[output]!, output, name)])), seconds };
  } finally {
    await session.release();
  }
}

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
  // the session's memory goes with it
  const host = fromOrt(value as Ort.Tensor);
  return Buffer.isBuffer(host.data) ? { ...host, data: Buffer.from(host.data) } : host;
}
