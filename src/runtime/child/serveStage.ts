import { t } from '@vscode/l10n';
import { loadPackage } from '../onnxRuntime';
import { startRelay } from './relay';
import { loadModel } from './session';
import type { StageReport, StageRequest } from './tasks';

/** Milliseconds between two signs of life: each costs time that is being measured. */
const SIGN_OF_LIFE = 500;

/** The machine's monotonic clock, in seconds: the same for all processes. */
const now = (): number => Number(process.hrtime.bigint()) / 1e9;

/**
 * Runs one stage of a pipeline: takes samples, runs the model on each, hands on what the stages after it need.
 *
 * @param phase is told what goes on, as a sign of life
 * @throws UserError as `loadModel` and its runs
 */
export async function serveStage({ runtime, model, handOn, samples, source, next }: StageRequest, phase: (text: string) => void): Promise<StageReport> {
  const loaded = await loadModel(loadPackage(runtime), model);
  // whoever waits is alive; whoever computes is heard of when it is done
  const waiting = setInterval(() => phase(t('waiting for a sample of {0}', model.name)), SIGN_OF_LIFE);
  try {
    const relay = startRelay(__filename, { listen: source.kind === 'listen' ? source.path : null, next });
    const feeds = source.kind === 'feeds' ? new Map(Object.entries(source.feeds)) : null;
    const report = { computeSeconds: [] as number[], handOverSeconds: [] as number[], doneAt: [] as number[] };
    let told = -Infinity;
    for (let sample = 0; sample < samples; sample++) {
      const { tensors, seconds: reading } = feeds ? { tensors: feeds, seconds: 0 } : await relay.take();
      const begun = now();
      if ((begun - told) * 1000 > SIGN_OF_LIFE) {
        phase(t('running {0}', model.name));
        told = begun;
      }
      const { outputs, seconds } = await loaded.run(tensors);
      const computed = now();
      let writing = 0;
      if (next !== null) {
        await relay.ready();
        const ready = now();
        relay.send(new Map(handOn.map((name) => [name, outputs.get(name) ?? tensors.get(name)!])));
        writing = now() - ready;
      }
      report.computeSeconds.push(seconds);
      // what it takes to make ONNX Runtime's tensors and to read its results is part of handing over
      report.handOverSeconds.push(computed - begun - seconds + writing + reading);
      report.doneAt.push(now());
    }
    await relay.end();
    return report;
  } finally {
    clearInterval(waiting);
    await loaded.release();
  }
}
