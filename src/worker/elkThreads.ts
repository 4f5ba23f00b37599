import { availableParallelism } from 'node:os';
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

/** ELK in threads of its own, which are ended when they take too long or when nobody waits any more: ELK itself cannot be interrupted. */
export interface ElkThreads {
  readonly run: ElkRunner;
  /** columns that are laid out at a time */
  readonly count: number;
  /** Loads ELK while there is something else to do. */
  readonly warmUp: () => void;
}

/** A picture has some ten columns or one; each thread takes some 100 MB, and a second to become fast. */
const MOST_THREADS = 2;
/** Milliseconds between two looks at whether the picture is still wanted. */
const POLL = 20;
/** Of a thread, MB: a column that takes more gets the plain layout. */
const MEMORY_MEGABYTES = 1024;
/** Deep graphs are walked recursively. */
const STACK_MEGABYTES = 64;

/** @param script the bundle of the worker, which starts as an ELK thread if it is told to */
export function makeElkThreads(script: string): ElkThreads {
  const count = Math.min(MOST_THREADS, availableParallelism());
  const idle: Worker[] = [];
  let last = 0;

  const start = (): Worker => {
    const started = new Worker(script, { workerData: { elk: true } satisfies WorkerData, resourceLimits: { maxOldGenerationSizeMb: MEMORY_MEGABYTES, stackSizeMb: STACK_MEGABYTES } });
    started.unref();
    // it may end while nobody waits for it
    started.on('error', () => undefined).on('exit', () => {
      if (idle.includes(started)) idle.splice(idle.indexOf(started), 1);
    });
    return started;
  };

  const run: ElkRunner = (problem, { deadline, control } = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      const thread = idle.pop() ?? start();
      const settle = (finish: () => void): void => {
        clearInterval(poll);
        thread.off('message', hear).off('error', lost).off('exit', lost);
        finish();
      };
      const hear = (message: FromElk): void => {
        if (message.id !== id) return;
        if (idle.length < count) idle.push(thread);
        else void thread.terminate();
        settle(() => resolve(message.result));
      };
      // out of memory, say
      const lost = (): void => settle(() => resolve(null));
      const poll = setInterval(() => {
        const unwanted = control?.cancelled() === true;
        if (!unwanted && !(deadline !== undefined && performance.now() > deadline)) return;
        settle(() => (unwanted ? reject(new CancelledError()) : resolve(null)));
        void thread.terminate();
      }, POLL);
      thread.on('message', hear).on('error', lost).on('exit', lost);
      thread.postMessage({ id, problem } satisfies ToElk);
    });

  return {
    run, count,
    warmUp() {
      while (idle.length < count && last === 0) idle.push(start());
    },
  };
}

/** A column like those of networks: a thread with now and then an edge that skips some boxes. */
const BOXES = 40;
const EXERCISE: ColumnProblem = {
  count: BOXES,
  widths: new Array<number>(BOXES).fill(148),
  heights: new Array<number>(BOXES).fill(42),
  layers: Array.from({ length: BOXES }, (_, i) => i >> 1),
  edges: Array.from({ length: BOXES - 2 }, (_, i) => ({ from: i, to: i + 2 })).concat(Array.from({ length: BOXES / 8 }, (_, i) => ({ from: 6 * i, to: 6 * i + 7 }))),
};
/** ELK is several times as fast once it has been compiled by its use: while nobody waits it lays out so many columns for nothing. */
const EXERCISES = 12;

/** Entry of an ELK thread. */
export function serveElk(port: MessagePort): void {
  const elk = makeElkRunner();
  let asked = false;
  const exercise = async (): Promise<void> => {
    for (let i = 0; i < EXERCISES && !asked; i++) await elk(EXERCISE);
  };
  void exercise();
  port.on('message', ({ id, problem }: ToElk) => {
    asked = true;
    elk(problem).then(
      (result) => port.postMessage({ id, result }),
      (error: unknown) => {
        // ends the thread, of which whoever waits hears
        setImmediate(() => { throw error; });
      },
    );
  });
}
