import { Worker, type MessagePort } from 'node:worker_threads';
import { makeElkRunner, type ColumnProblem, type ColumnResult, type ElkRunner } from '../layout/columnLayout';
import { CancelledError } from '../shared/userError';
import type { WorkerData } from './words';

interface ToElk {
  readonly id: number;
  readonly problem: ColumnProblem;
}

interface FromElk {
  readonly id: number;
  readonly result: ColumnResult;
}

/** ELK in a thread of its own, which is ended when it takes too long or when nobody waits any more: ELK itself cannot be interrupted. */
export interface ElkThread {
  readonly run: ElkRunner;
  /** Loads ELK while there is something else to do. */
  readonly warmUp: () => void;
}

/** Milliseconds between two looks at whether the picture is still wanted. */
const POLL = 20;
/** Of the thread, MB: a column that takes more gets the plain layout. */
const MEMORY_MEGABYTES = 1024;
/** Deep graphs are walked recursively. */
const STACK_MEGABYTES = 64;

/** @param script the bundle of the worker, which starts as an ELK thread if it is told to */
export function makeElkThread(script: string): ElkThread {
  let thread: Worker | undefined;
  let last = 0;

  const start = (): Worker => {
    const started = new Worker(script, { workerData: { elk: true } satisfies WorkerData, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MEGABYTES, stackSizeMb: STACK_MEGABYTES } });
    started.unref();
    // whoever waits listens, too
    started.on('error', () => thread === started && (thread = undefined));
    return started;
  };
  const end = (): void => {
    void thread?.terminate();
    thread = undefined;
  };

  const run: ElkRunner = (problem, { deadline, control } = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const asked = (thread ??= start());
      const settle = (finish: () => void): void => {
        clearInterval(poll);
        asked.off('message', hear).off('error', lost).off('exit', lost);
        finish();
      };
      const hear = (message: FromElk): void => {
        if (message.id === id) settle(() => resolve(message.result));
      };
      // out of memory, say
      const lost = (): void => settle(() => resolve(null));
      const poll = setInterval(() => {
        const unwanted = control?.cancelled() === true;
        if (!unwanted && !(deadline !== undefined && performance.now() > deadline)) return;
        settle(() => (unwanted ? reject(new CancelledError()) : resolve(null)));
        end();
      }, POLL);
      asked.on('message', hear).on('error', lost).on('exit', lost);
      asked.postMessage({ id, problem } satisfies ToElk);
    });

  return { run, warmUp: () => void (thread ??= start()) };
}

/** A column as small as it is worth to have been laid out once, when the first one that is wanted comes. */
const FIRST: ColumnProblem = {
  count: 24,
  widths: new Array<number>(24).fill(100),
  heights: new Array<number>(24).fill(40),
  layers: Array.from({ length: 24 }, (_, i) => i >> 1),
  edges: Array.from({ length: 22 }, (_, i) => ({ from: i, to: i + 2 })),
};

/** Entry of the ELK thread. */
export function serveElk(port: MessagePort): void {
  const elk = makeElkRunner();
  void elk(FIRST);
  port.on('message', ({ id, problem }: ToElk) => {
    elk(problem).then(
      (result) => port.postMessage({ id, result }),
      (error: unknown) => {
        // ends the thread, of which whoever waits hears
        setImmediate(() => { throw error; });
      },
    );
  });
}
