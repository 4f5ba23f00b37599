import { t } from '@vscode/l10n';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../shared/userError';
import { loadPackage } from '../onnxRuntime';
import { loadModel } from './session';
import type { ProfilingReport, ProfilingRequest } from './tasks';

/** What the name of the file of times begins with. */
const PREFIX = 'times';

/**
 * Runs a model several times on the same inputs, on one thread and without optimisation of the graph, with ONNX Runtime's profiling.
 *
 * @param phase is told which run it is
 * @throws UserError if ONNX Runtime refuses the model, fails on it or writes no profile
 */
export async function profileModel({ runtime, model, feeds, warmUp, repeats, folder }: ProfilingRequest, phase: (text: string) => void): Promise<ProfilingReport> {
  phase(t('loading ONNX Runtime'));
  const ort = loadPackage(runtime);
  phase(t('loading {0}', model.name));
  const loaded = await loadModel(ort, model, { profilePrefix: join(folder, PREFIX) });
  try {
    const values = new Map(Object.entries(feeds));
    const runSeconds: number[] = [];
    for (let run = 0; run < warmUp + repeats; run++) {
      phase(run < warmUp ? t('warming up ({0} of {1})', run + 1, warmUp) : t('measuring (run {0} of {1})', run - warmUp + 1, repeats));
      const { seconds } = await loaded.run(values);
      if (run >= warmUp) runSeconds.push(seconds);
    }
    loaded.endProfiling();
    // the binding does not say what it called the file
    const file = readdirSync(folder).find((entry) => entry.startsWith(PREFIX) && entry.endsWith('.json'));
    if (file === undefined) throw new UserError(model.name, 'ONNX Runtime wrote no profile of it.', 'Try another version of ONNX Runtime.');
    return { profilePath: join(folder, file), runSeconds };
  } finally {
    await loaded.release();
  }
}
