import type { WorkerData } from './words';
import './words';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import type { Control, Progress } from '../shared/progress';
import { makeElkThreads, serveElk } from './elkThreads';
import { makeJobs } from './runJob';
import type { JobName, JobResult } from './jobs';
import { CANCEL, packError, STOP, type FromWorker, type ToWorker } from './wire';

/** Milliseconds between two reports of one phase: more often than this nobody reads. */
const REPORT_INTERVAL = 100;

/** Entry of the worker thread: does one job after the other, and tells how it goes. */
function serve(port: MessagePort): void {
  const jobs = makeJobs(makeElkThreads(__filename));
  const post = (message: FromWorker): void => port.postMessage(message);

  // the type of the job ties its arguments to its handler
  const run = async <J extends JobName>({ id, job, args, flag }: ToWorker<J>): Promise<JobResult<J>> => jobs[job](args, controlOf(flag, (progress) => post({ id, type: 'progress', progress })));

  port.on('message', (message: ToWorker) => {
    run(message).then(
      (result) => post({ id: message.id, type: 'done', result }),
      (error: unknown) => post({ id: message.id, type: 'failed', error: packError(error) }),
    );
  });
}

function controlOf(flag: Int32Array, send: (progress: Progress) => void): Control {
  let phase = '';
  let incumbent: number | undefined;
  let sent = -Infinity;
  return {
    report: (progress) => {
      const now = performance.now();
      if (progress.phase === phase && progress.incumbent === incumbent && now - sent < REPORT_INTERVAL) return;
      ({ phase, incumbent } = progress);
      sent = now;
      send(progress);
    },
    cancelled: () => Atomics.load(flag, 0) === CANCEL,
    stopRequested: () => Atomics.load(flag, 0) === STOP,
  };
}

if (parentPort) {
  if ((workerData as WorkerData | null)?.elk === true) serveElk(parentPort);
  else serve(parentPort);
}
