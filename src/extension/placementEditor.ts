import * as vscode from 'vscode';
import { fillOrRefuse } from './fillOrRefuse';
import { makePlacementSource } from './placementSource';
import type { Services } from './services';

export const PLACEMENT_EDITOR = 'stagewright.placement';

/** An editor that shows a placement file as the plan that it is. */
export function registerPlacementEditor(services: Services): vscode.Disposable {
  return vscode.window.registerCustomEditorProvider(PLACEMENT_EDITOR, {
    resolveCustomTextEditor: (document, panel) => fillOrRefuse(panel, services.log, () => void services.views.fill(panel, makePlacementSource(document, services))),
  });
}
