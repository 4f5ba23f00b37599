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

  const run = async (message: ToWorker): Promise<JobResult<JobName>> => {
    const control = controlOf(message.flag, (progress) => post({ id: message.id, type: 'progress', progress }));
    // Narrowing by name ties each job's arguments to its handler.
    switch (message.job) {
      case 'inspect':
        return jobs.inspect(message.args, control);
      case 'partition':
        return jobs.partition(message.args, control);
      case 'open':
        return jobs.open(message.args, control);
      case 'explain':
        return jobs.explain(message.args, control);
      case 'compareMethod':
        return jobs.compareMethod(message.args, control);
      case 'explainPlan':
        return jobs.explainPlan(message.args, control);
      case 'timeline':
        return jobs.timeline(message.args, control);
      case 'timelineTrace':
        return jobs.timelineTrace(message.args, control);
      case 'referencePlan':
        return jobs.referencePlan(message.args, control);
      case 'comparePlans':
        return jobs.comparePlans(message.args, control);
      case 'edit':
        return jobs.edit(message.args, control);
      case 'writeEdited':
        return jobs.writeEdited(message.args, control);
      case 'previewMove':
        return jobs.previewMove(message.args, control);
      case 'moveOptions':
        return jobs.moveOptions(message.args, control);
      case 'pinOptions':
        return jobs.pinOptions(message.args, control);
      case 'resolveWithPins':
        return jobs.resolveWithPins(message.args, control);
      case 'warmUp':
        return jobs.warmUp(message.args, control);
      case 'layout':
        return jobs.layout(message.args, control);
      case 'export':
        return jobs.export(message.args, control);
      case 'listTargets':
        return jobs.listTargets(message.args, control);
      case 'split':
        return jobs.split(message.args, control);
      case 'verify':
        return jobs.verify(message.args, control);
      case 'fidelity':
        return jobs.fidelity(message.args, control);
      case 'profile':
        return jobs.profile(message.args, control);
      case 'report':
        return jobs.report(message.args, control);
      case 'check':
        return jobs.check(message.args, control);
    }
  };

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
