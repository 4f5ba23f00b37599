import * as vscode from 'vscode';

/** The settings under `stagewright.`, as they are for a resource now. */
export interface Settings {
  /** name of a preset or path of a cluster file; empty for the built-in default */
  readonly defaultCluster: string;
  readonly timeLimitSeconds: number;
  readonly decorations: boolean;
  /** folder that holds ONNX Runtime; empty to look for it */
  readonly onnxRuntimeFolder: string;
}

export function settings(resource?: vscode.Uri): Settings {
  const values = vscode.workspace.getConfiguration('stagewright', resource);
  const limit = values.get<unknown>('timeLimitSeconds');
  const runtime = values.get<unknown>('onnxRuntimeFolder');
  const cluster = values.get<unknown>('defaultCluster');
  return {
    defaultCluster: typeof cluster === 'string' ? cluster.trim() : '',
    timeLimitSeconds: typeof limit === 'number' && limit > 0 ? limit : 60,
    onnxRuntimeFolder: typeof runtime === 'string' ? runtime.trim() : '',
    decorations: values.get<unknown>('decorations.enabled') !== false,
  };
}
