import { t } from '@vscode/l10n';
import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { CancelledError, UserError } from '../shared/userError';
import type { Control } from '../shared/progress';
import { words } from './words';
import type { FromChild, TaskName, TaskRequest, TaskResult, ToChild } from './child/tasks';

export interface TaskOptions {
  /** absolute path of the bundle of `child/main.ts` */
  readonly script: string;
  /** what errors call the work: the model's name */
  readonly subject: string;
  /** longest time without a sign of life, in seconds */
  readonly patienceSeconds?: number;
  /** the only core that the process may use, where the system can say so */
  readonly core?: number;
}

/** Sets the cores of a process before it starts (util-linux). */
const TASKSET = '/usr/bin/taskset';
/** Whether processes can be bound to cores here. */
export const canPin = (): boolean => existsSync(TASKSET);

/** A run of a large model on one thread may take minutes; what takes longer hangs. */
const PATIENCE_SECONDS = 600;
/** Milliseconds between two looks at whether the work is to stop. */
const POLL = 50;
/** The last words of a process that died, as much as goes into one sentence. */
const LAST_WORDS = 300;

/**
 * Has a child process do a task: native code that crashes or hangs then costs one error and not the host.
 *
 * @throws UserError as the task, or if the process dies or gives no sign of life for too long; CancelledError
 */
export function runTask<N extends TaskName>(task: N, request: TaskRequest<N>, { script, subject, patienceSeconds = PATIENCE_SECONDS, core }: TaskOptions, control: Control): Promise<TaskResult<N>> {
  return new Promise((resolve, reject) => {
    // in Electron the executable is the editor itself unless it is told to be Node; ONNX Runtime would keep files of telemetry among the temporary ones
    const pinned = core !== undefined && canPin() ? { execPath: TASKSET, execArgv: ['--cpu-list', String(core), process.execPath] } : { execArgv: [] };
    const child = fork(script, [], { ...pinned, serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ORT_DISABLE_TELEMETRY: '1' } });
    let phase = t('starting ONNX Runtime');
    let heard = Date.now();
    let lastWords = '';
    const settle = (then: () => void): void => {
      clearInterval(poll);
      child.removeAllListeners();
      child.kill('SIGKILL');
      then();
    };
    const fail = (error: Error): void => settle(() => reject(error));
    const poll = setInterval(() => {
      if (control.cancelled() || control.stopRequested?.() === true) fail(new CancelledError());
      else if (Date.now() - heard > patienceSeconds * 1000) fail(new UserError(subject, t({ message: 'ONNX Runtime gave no sign of life for {0} s while {1}; it was ended.', args: [patienceSeconds, phase], comment: 'What is filled in last is what it did, such as "running stage_1.onnx"' }), t('Bind smaller dimensions, or try another version of ONNX Runtime.')));
    }, POLL);
    child.stderr?.on('data', (text: Buffer) => (lastWords = `${lastWords}${text.toString('utf8')}`.slice(-4 * LAST_WORDS)));
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      if (control.cancelled() || control.stopRequested?.() === true) return fail(new CancelledError());
      const last = lastWords.replaceAll(/\s+/g, ' ').trim().slice(-LAST_WORDS);
      const how = signal ?? t({ message: 'status {0}', args: [String(code)], comment: 'With which a process ended' });
      const ended = t({ message: 'the process that runs ONNX Runtime ended ({0}) while {1}', args: [how, phase], comment: 'What is filled in last is what it did, such as "running stage_1.onnx"' });
      fail(new UserError(subject, last === '' ? `${ended}.` : `${ended}: ${last}.`, t('Try another version of ONNX Runtime.')));
    });
    child.on('message', (message: FromChild) => {
      heard = Date.now();
      switch (message.kind) {
        case 'phase':
          phase = message.phase;
          control.report({ phase });
          break;
        case 'done': return settle(() => resolve(message.result as TaskResult<N>));
        case 'refused': return fail(new UserError(message.subject, message.problem, message.remedy));
        case 'failed': return fail(new Error(message.stack));
      }
    });
    child.send({ task, request, words: words() } as ToChild);
  });
}
