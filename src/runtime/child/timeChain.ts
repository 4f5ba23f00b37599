import { t } from '@vscode/l10n';
import type { HostTensor } from '../hostTensor';
import { loadPackage, type OnnxRuntime } from '../onnxRuntime';
import { median } from '../../shared/median';
import { copied, loadModel } from './session';
import type { ChainModel, TimingReport, TimingRequest } from './tasks';

/** Times a model and each model of a chain alone: the median of several runs after some that do not count. @throws UserError as `loadModel` and its runs */
export async function timeChain({ runtime, whole, models, feeds, warmUp, repeats }: TimingRequest, phase: (text: string) => void): Promise<TimingReport> {
  const ort = loadPackage(runtime);
  const values = new Map(Object.entries(feeds));
  const time = async (model: ChainModel): Promise<number> => {
    phase(t('timing {0}', model.name));
    const { seconds, outputs } = await timed(ort, model, values, warmUp, repeats, phase);
    for (const [name, value] of outputs) values.set(name, value);
    return seconds;
  };
  const wholeSeconds = await time(whole);
  const seconds: number[] = [];
  for (const model of models) seconds.push(await time(model));
  return { wholeSeconds, seconds };
}

async function timed(ort: OnnxRuntime, model: ChainModel, values: ReadonlyMap<string, HostTensor>, warmUp: number, repeats: number, phase: (text: string) => void): Promise<{ readonly seconds: number; readonly outputs: Map<string, HostTensor> }> {
  const loaded = await loadModel(ort, model);
  try {
    let { outputs } = await loaded.run(values);
    for (let i = 1; i < warmUp; i++) ({ outputs } = await loaded.run(values));
    const seconds: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const run = await loaded.run(values);
      seconds.push(run.seconds);
      ({ outputs } = run);
      phase(t('timing {0}', model.name));
    }
    return { seconds: median(seconds), outputs: copied(outputs) };
  } finally {
    await loaded.release();
  }
}
