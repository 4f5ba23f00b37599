import { t } from '@vscode/l10n';
import { compareTensors } from '../compareTensors';
import type { HostTensor } from '../hostTensor';
import { loadPackage, type OnnxRuntime } from '../onnxRuntime';
import { copied, loadModel } from './session';
import type { ChainModel, ChainReport, ChainRequest, TensorDifference } from './tasks';

/**
 * Runs a model and a chain of models on the same inputs, and compares every tensor that both give.
 *
 * @param phase is told what is being run
 * @throws UserError if ONNX Runtime refuses a model or fails on it, or a tensor between them is of a type that cannot be handed over
 */
export async function compareChain({ runtime, whole, models, feeds, tolerance }: ChainRequest, phase: (text: string) => void): Promise<ChainReport> {
  const ort = loadPackage(runtime);
  phase(t('running {0}', whole.name));
  const expected = await runOnce(ort, whole, new Map(Object.entries(feeds)));
  const values = new Map(Object.entries(feeds));
  const tensors: TensorDifference[] = [];
  const seconds: number[] = [];
  for (const model of models) {
    phase(t('running {0}', model.name));
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

/** Loads a model, runs it once and lets it go. */
async function runOnce(ort: OnnxRuntime, model: ChainModel, values: ReadonlyMap<string, HostTensor>): Promise<{ readonly outputs: Map<string, HostTensor>; readonly seconds: number }> {
  const loaded = await loadModel(ort, model);
  try {
    const { outputs, seconds } = await loaded.run(values);
    return { outputs: copied(outputs), seconds };
  } finally {
    await loaded.release();
  }
}
