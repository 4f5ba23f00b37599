import { t } from '@vscode/l10n';
import { Worker } from 'node:worker_threads';
import type { Progress } from '../shared/progress';
import { CancelledError, UserError } from '../shared/userError';
import type { JobArguments, JobName, JobResult } from './jobs';
import { CANCEL, STOP, unpackError, type FromWorker, type ToWorker } from './wire';
import type { WorkerData } from './words';

export interface JobOptions {
  /** aborting it cancels the job */
  readonly signal?: AbortSignal | undefined;
  /** aborting it asks the job for the best result that it has by then */
  readonly stop?: AbortSignal | undefined;
  readonly report?: ((progress: Progress) => void) | undefined;
}

/** Runs jobs in a worker thread of its own, one after the other. */
export interface WorkerClient {
  /**
   * @throws UserError what the user can mend, as the job threw it, and also if the job took all memory or its thread ended
   * @throws CancelledError if `signal` was aborted or the client disposed
   */
  run<J extends JobName>(job: J, args: JobArguments<J>, options?: JobOptions): Promise<JobResult<J>>;
  /** Cancels everything and ends the thread. */
  dispose(): void;
}

export interface WorkerClientOptions {
  /** absolute path of the bundled worker */
  readonly script: string;
  /** the language bundle of the editor; absent: English */
  readonly words?: WorkerData['words'];
  /** how long the thread waits for more work before it ends, ms */
  readonly lingerMilliseconds?: number;
  /** how long a cancelled job may take to stop by itself before its thread is ended, ms */
  readonly graceMilliseconds?: number;
  /** heap of the thread, MB */
  readonly memoryMegabytes?: number;
}

/** In Electron all heaps of a process share 4 GB, and the extension host needs some of it. Typed arrays and WebAssembly lie outside. */
const MEMORY_MEGABYTES = 3072;
/** Deep graphs are walked recursively by the layout library. */
const STACK_MEGABYTES = 64;

interface Job {
  readonly start: (id: number) => void;
  readonly onMessage: (message: FromWorker) => void;
  readonly fail: (error: unknown) => void;
  readonly name: JobName;
}

/** Starts no thread before there is work. */
export function makeWorkerClient(options: WorkerClientOptions): WorkerClient {
  const { script, words, lingerMilliseconds = 10_000, graceMilliseconds = 1_000, memoryMegabytes = MEMORY_MEGABYTES } = options;
  const waiting: Job[] = [];
  let current: Job | undefined;
  let worker: Worker | undefined;
  let linger: NodeJS.Timeout | undefined;
  let lastId = 0;
  let disposed = false;

  const endWorker = (): void => {
    clearTimeout(linger);
    const ending = worker;
    worker = undefined;
    ending?.removeAllListeners();
    // A thread that ends while it fails still emits; nobody is to hear it.
    ending?.on('error', () => undefined);
    void ending?.terminate();
  };

  const startWorker = (): Worker => {
    const started = new Worker(script, { workerData: { words } satisfies WorkerData, resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes, stackSizeMb: STACK_MEGABYTES } });
    // An idle thread is no reason for the process to live on.
    started.unref();
    started.on('message', (message: FromWorker) => {
      if (message.id === lastId) current?.onMessage(message);
    });
    const lost = (error: unknown): void => {
      if (worker !== started) return;
      worker = undefined;
      current?.fail(error);
    };
    started.on('error', (error: NodeJS.ErrnoException) => lost(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? outOfMemory(current?.name) : error));
    started.on('exit', (code) => lost(new UserError('Stagewright', t('the background thread ended unexpectedly (exit code {0}).', code), t('Try again.'))));
    return started;
  };

  const next = (): void => {
    if (current || disposed) return;
    clearTimeout(linger);
    current = waiting.shift();
    if (current) {
      current.start(++lastId);
    } else if (worker) {
      linger = setTimeout(endWorker, lingerMilliseconds);
      linger.unref();
    }
  };

  return {
    run: <J extends JobName>(name: J, args: JobArguments<J>, { signal, stop, report }: JobOptions = {}) =>
      new Promise<JobResult<J>>((resolve, reject) => {
        const flag = new Int32Array(new SharedArrayBuffer(4));
        let grace: NodeJS.Timeout | undefined;
        const settle = (finish: () => void): void => {
          clearTimeout(grace);
          signal?.removeEventListener('abort', cancel);
          stop?.removeEventListener('abort', end);
          const index = waiting.indexOf(job);
          if (index >= 0) waiting.splice(index, 1);
          if (current === job) current = undefined;
          finish();
          next();
        };
        const job: Job = {
          name,
          start: (id) => {
            worker ??= startWorker();
            worker.postMessage({ id, job: name, args, flag } as ToWorker);
          },
          onMessage: (message) => {
            if (message.type === 'progress') report?.(message.progress);
            else if (message.type === 'failed') settle(() => reject(unpackError(message.error)));
            else settle(() => resolve(message.result as JobResult<J>));
          },
          fail: (error) => settle(() => reject(error)),
        };
        const cancel = (): void => {
          if (current !== job) return job.fail(new CancelledError());
          Atomics.store(flag, 0, CANCEL);
          grace = setTimeout(() => {
            endWorker();
            job.fail(new CancelledError());
          }, graceMilliseconds);
        };
        const end = (): void => void Atomics.compareExchange(flag, 0, 0, STOP);
        if (disposed || signal?.aborted) return reject(new CancelledError());
        signal?.addEventListener('abort', cancel);
        stop?.addEventListener('abort', end);
        if (stop?.aborted) end();
        waiting.push(job);
        next();
      }),
    dispose: () => {
      disposed = true;
      endWorker();
      for (const job of [...(current ? [current] : []), ...waiting]) job.fail(new CancelledError());
    },
  };
}

function outOfMemory(job: JobName | undefined): UserError {
  const remedy = job === 'layout' ? t('The graph is too large to be drawn here.') : t('Close other windows and try again, or use the command line, which may take all of the memory.');
  return new UserError('Stagewright', t('the memory does not suffice for this model.'), remedy);
}
