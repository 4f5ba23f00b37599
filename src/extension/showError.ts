import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import { CancelledError, UserError } from '../shared/userError';
import type { Log } from './log';

/** A button under an error message. */
export interface ErrorAction {
  readonly title: string;
  readonly run: () => unknown;
}

/**
 * What to tell of an error, in one line: what the user can mend as it is, a defect in general words with its stack in the log.
 * Undefined for what was cancelled.
 */
export function describeError(error: unknown, log: Log, doing: string): string | undefined {
  if (error instanceof CancelledError) return undefined;
  if (error instanceof UserError) {
    log.warn(`${doing}: ${error.message}`);
    return shortened(error).message;
  }
  log.error(doing, error);
  return vscode.l10n.t('Stagewright failed unexpectedly. The log has the details.');
}

/** Paths as people know them in this workspace; the log has them in full. */
function shortened({ subject, problem, remedy }: UserError): UserError {
  return new UserError(isAbsolute(subject) ? vscode.workspace.asRelativePath(subject) : subject, problem, remedy);
}

/** Shows an error with what can be done about it; does not wait for the user. */
export function showError(error: unknown, log: Log, doing: string, actions: readonly ErrorAction[] = []): void {
  const message = describeError(error, log, doing);
  if (message === undefined) return;
  const buttons = [...actions, ...(error instanceof UserError ? [] : [{ title: vscode.l10n.t('Show Log'), run: () => log.show() }])];
  void vscode.window.showErrorMessage(message, ...buttons.map(({ title }) => title)).then((chosen) => buttons.find(({ title }) => title === chosen)?.run());
}
