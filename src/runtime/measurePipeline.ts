import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { throwIfCancelled, type Control } from '../shared/progress';
import type { ChainModel, StageReport } from './child/tasks';
import type { HostTensor } from './hostTensor';
import { median } from '../shared/median';
import { runTask, type TaskOptions } from './runTask';

export interface PipelineRequest {
  /** folder of the ONNX Runtime package */
  readonly runtime: string;
  /** in the order of the pipeline */
  readonly models: readonly ChainModel[];
  /** core of each model; those that share one share its time */
  readonly cores: readonly number[];
  readonly feeds: Readonly<Record<string, HostTensor>>;
  readonly samples: number;
  /** samples at the start and at the end that do not count: the pipeline fills, and drains */
  readonly margin: number;
}

export interface PipelineReport {
  /** from one sample to the next at the last stage, in seconds */
  readonly secondsPerSample: number;
  /** medians of each model in the running pipeline, in seconds */
  readonly computeSeconds: readonly number[];
  /** the mean of computing and handing over of the model that is busy longest on average: single slow samples count, as they do for throughput */
  readonly meanBusySeconds: number;
  readonly handOverSeconds: readonly number[];
}

/** Longest wait for a sign of life of a stage, in seconds. */
const PATIENCE_SECONDS = 120;

/**
 * Runs models as a real pipeline: one process each, bound to its core where the system allows it, tensors handed over sockets of this machine.
 *
 * @throws UserError if a stage is refused, dies, or hangs; the others are ended with it. CancelledError
 */
export async function measurePipeline({ runtime, models, cores, feeds, samples, margin }: PipelineRequest, options: TaskOptions, control: Control): Promise<PipelineReport> {
  throwIfCancelled(control);
  const folder = mkdtempSync(join(tmpdir(), 'stagewright-'));
  // named pipes live in a place of their own on Windows
  const socketOf = (i: number): string => (process.platform === 'win32' ? `\\\\.\\pipe\\${folder.replaceAll(/[\\/:]/g, '-')}-${i}` : join(folder, `${i}.sock`));
  const handOn = handedOn(models);
  let failed = false;
  const stage = async (model: ChainModel, i: number): Promise<StageReport> => {
    const shared: Control = { ...control, cancelled: () => failed || control.cancelled() };
    const request = {
      runtime, model, handOn: handOn[i]!, samples,
      source: i === 0 ? ({ kind: 'feeds', feeds } as const) : ({ kind: 'listen', path: socketOf(i) } as const),
      next: i === models.length - 1 ? null : socketOf(i + 1),
    };
    try {
      return await runTask('serveStage', request, { patienceSeconds: PATIENCE_SECONDS, ...options, core: cores[i]! % availableParallelism() }, shared);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  try {
    // all end before anything is said: none is left behind, and the first error is the cause of the others
    let cause: unknown;
    const reports = await Promise.all(models.map((model, i) => stage(model, i).catch((error: unknown) => void (cause ??= error))));
    if (cause !== undefined) throw cause;
    return summary(reports as StageReport[], margin);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What each model gives the next one: whatever later models read, whether it made it or had it from the one before. The last gives nothing. */
export function handedOn(models: readonly ChainModel[]): string[][] {
  const made = new Set(models.flatMap(({ outputs }) => outputs));
  const known = new Set(models.flatMap(({ inputs }) => inputs).filter((name) => !made.has(name)));
  return models.map(({ outputs }, i) => {
    for (const name of outputs) known.add(name);
    const wanted = new Set(models.slice(i + 1).flatMap(({ inputs }) => inputs));
    return [...known].filter((name) => wanted.has(name));
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function summary(reports: readonly StageReport[], margin: number): PipelineReport {
  const done = reports.at(-1)!.doneAt;
  const from = margin, to = done.length - 1 - margin;
  const steady = <T>(values: readonly T[]): readonly T[] => values.slice(from, to + 1);
  return {
    secondsPerSample: (done[to]! - done[from]!) / (to - from),
    computeSeconds: reports.map(({ computeSeconds }) => median(steady(computeSeconds))),
    meanBusySeconds: Math.max(...reports.map(({ computeSeconds, handOverSeconds }) => mean(steady(computeSeconds)) + mean(steady(handOverSeconds)))),
    handOverSeconds: reports.map(({ handOverSeconds }) => median(steady(handOverSeconds))),
  };
}
