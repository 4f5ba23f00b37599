import * as vscode from 'vscode';

/** The channel "Stagewright" in the output view. */
export interface Log extends vscode.Disposable {
  info(message: string): void;
  warn(message: string): void;
  /** @param error a defect: it is logged with its stack */
  error(message: string, error?: unknown): void;
  show(): void;
}

export function makeLog(): Log {
  const channel = vscode.window.createOutputChannel('Stagewright', { log: true });
  return {
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    error: (message, error) => channel.error(error === undefined ? message : `${message}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    show: () => channel.show(true),
    dispose: () => channel.dispose(),
  };
}
