import * as vscode from 'vscode';
import { CancelledError } from '../shared/userError';
import type { JobOptions, WorkerClient } from '../worker/client';
import { progressText } from './progressText';
import type { Services } from './services';

/**
 * Solves on a thread of its own and shows how it goes. Cancel ends the search with the best plan that is known by then; before there is one
 * it ends the work.
 *
 * @param abort ends the work at once
 * @throws CancelledError if it was ended without a plan
 */
export async function solving<T>(services: Services, title: string, abort: AbortController, run: (solver: WorkerClient, options: JobOptions) => Promise<T>): Promise<T> {
  const solver = services.solver();
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  try {
    const result = await vscode.window.withProgress(options, (progress, token) => {
      const stop = new AbortController();
      let found = false;
      token.onCancellationRequested(() => (found ? stop : abort).abort());
      return run(solver, {
        signal: abort.signal,
        stop: stop.signal,
        report: (report) => {
          found ||= report.incumbent !== undefined;
          progress.report({ message: progressText(report) });
        },
      });
    });
    if (abort.signal.aborted) throw new CancelledError();
    return result;
  } finally {
    solver.dispose();
  }
}
