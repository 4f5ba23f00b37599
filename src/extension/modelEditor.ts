import * as vscode from 'vscode';
import { pathOf } from './files';
import { makeModelSource } from './modelSource';
import { MODEL_EDITOR } from './planViews';
import type { Services } from './services';
import { fillOrRefuse } from './fillOrRefuse';

/** A read-only editor for `.onnx`: the graph, and the plan once there is one. */
export function registerModelEditor(services: Services): vscode.Disposable {
  return vscode.window.registerCustomEditorProvider(MODEL_EDITOR, {
    openCustomDocument: (uri): vscode.CustomDocument => ({ uri, dispose: () => undefined }),
    resolveCustomEditor: ({ uri }, panel) => fillOrRefuse(panel, services.log, () => void services.views.fill(panel, makeModelSource(pathOf(uri), services))),
  });
}
