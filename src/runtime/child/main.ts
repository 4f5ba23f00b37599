import { config } from '@vscode/l10n';
import { isMainThread, workerData } from 'node:worker_threads';
import { UserError } from '../../shared/userError';
import { compareChain } from './compareChain';
import { profileModel } from './profileModel';
import { runRelay, type RelayData } from './relay';
import { serveStage } from './serveStage';
import { timeChain } from './timeChain';
import type { FromChild, TaskName, TaskResult, ToChild } from './tasks';

/** Entry of the child process: does the one task that it is sent, answers, and ends with its host. */

const send = (message: FromChild, then: () => void = () => undefined): void => {
  if (process.connected) process.send!(message, undefined, undefined, then);
};

async function perform(message: ToChild): Promise<TaskResult<TaskName>> {
  if (message.words) config({ contents: { ...message.words } });
  const phase = (text: string): void => send({ kind: 'phase', phase: text });
  switch (message.task) {
    case 'compareChain':
      return compareChain(message.request, phase);
    case 'timeChain':
      return timeChain(message.request, phase);
    case 'profileModel':
      return profileModel(message.request, phase);
    case 'serveStage':
      return serveStage(message.request, phase);
  }
}

if (!isMainThread && (workerData as Partial<RelayData> | null)?.relay) runRelay(workerData as RelayData);
else serve();

function serve(): void {
  process.once('disconnect', () => process.exit(0));
  process.once('message', (message: ToChild) => {
    const answer = (reply: FromChild): void => send(reply, () => process.exit(0));
    perform(message).then(
      (result) => answer({ kind: 'done', result }),
      (error: unknown) =>
        answer(
          error instanceof UserError
            ? { kind: 'refused', subject: error.subject, problem: error.problem, remedy: error.remedy }
            : { kind: 'failed', stack: error instanceof Error ? (error.stack ?? error.message) : String(error) },
        ),
    );
  });
}
