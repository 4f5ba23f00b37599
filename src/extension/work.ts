import * as vscode from 'vscode';
import type { JobArguments, JobName, JobResult } from '../worker/jobs';
import { progressText } from './progressText';
import type { Services } from './services';

/** Runs a job on a thread of its own, with progress in a notification that can cancel it. */
export async function work<J extends JobName>({ solver }: Pick<Services, 'solver'>, title: string, job: J, args: JobArguments<J>): Promise<JobResult<J>> {
  const worker = solver();
  try {
    return await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => abort.abort());
      return worker.run(job, args, { signal: abort.signal, report: (report) => progress.report({ message: progressText(report) }) });
    });
  } finally {
    worker.dispose();
  }
}
