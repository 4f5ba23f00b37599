import { basename } from 'node:path';
import * as vscode from 'vscode';
import { makeModelSource } from './modelSource';
import { startPlanSession, type PlanSession } from './planSession';
import type { PlanSource } from './planSource';
import type { Services } from './services';
import { modelOfState, webviewHtml, webviewRoots } from './webviewHtml';

export const PLAN_PANEL = 'stagewright.plan';
export const MODEL_EDITOR = 'stagewright.model';

/** All open views of plans: panels and custom editors. */
export interface PlanViews extends vscode.Disposable {
  /** Brings a view of the model to the front; opens a panel if there is none. */
  show(model: vscode.Uri): void;
  /** Fills an editor that VS Code made. */
  fill(panel: vscode.WebviewPanel, source: PlanSource): PlanSession;
  /** The session that the user looks at, if it is one. */
  active(): PlanSession | undefined;
  /** The session of an editor that shows a placement file. */
  ofPlacement(path: string): PlanSession | undefined;
  /** The sessions that show a placement, as a panel or as an editor. */
  showing(path: string): readonly PlanSession[];
  /** Another view is in front, or the one in front shows something else. */
  readonly onDidChangeActive: vscode.Event<void>;
}

interface OpenView {
  readonly panel: vscode.WebviewPanel;
  readonly session: PlanSession;
}

/** Whether a view shows a model with its plan, rather than the text of an editor. */
const isModelView = ({ panel }: OpenView): boolean => panel.viewType === PLAN_PANEL || panel.viewType === MODEL_EDITOR;

/** @param getServices known once the extension is active */
export function makePlanViews(getServices: () => Services): PlanViews {
  const open = new Set<OpenView>();
  const active = (): PlanSession | undefined => [...open].find(({ panel }) => panel.active)?.session;
  const didChangeActive = new vscode.EventEmitter<void>();
  /** Commands and menus offer only what the view in front can do. */
  const tellContext = (): void => {
    const shown = active()?.shown();
    void vscode.commands.executeCommand('setContext', 'stagewright.planUnsaved', shown?.dirty === true);
    void vscode.commands.executeCommand('setContext', 'stagewright.shows', shown ? (shown.view.plan ? 'plan' : 'model') : false);
    didChangeActive.fire();
  };

  const fill = (panel: vscode.WebviewPanel, source: PlanSource): PlanSession => {
    const services = getServices();
    const model = vscode.Uri.file(source.modelPath() ?? source.sidecarPath);
    panel.webview.options = { enableScripts: true, localResourceRoots: webviewRoots(services.extensionUri) };
    const session = startPlanSession(panel.webview, source, services);
    panel.webview.html = webviewHtml(panel.webview, services.extensionUri, model);
    const view = { panel, session };
    open.add(view);
    const subscriptions = [session.onDidShow(tellContext), panel.onDidChangeViewState(tellContext)];
    panel.onDidDispose(() => {
      open.delete(view);
      vscode.Disposable.from(...subscriptions, session).dispose();
      tellContext();
      const path = source.modelPath();
      if (isModelView(view) && path !== undefined && services.unsaved.get(path) && !find(path)) void offerUnsaved(services, vscode.Uri.file(path));
    });
    return session;
  };

  /** A panel of our own, new or come back after a reload. */
  const fillPanel = (panel: vscode.WebviewPanel, model: vscode.Uri): void => {
    const services = getServices();
    const name = basename(model.fsPath);
    const session = fill(panel, makeModelSource(model.fsPath, services));
    panel.iconPath = vscode.Uri.joinPath(services.extensionUri, 'media', 'icons', 'plan.svg');
    panel.title = vscode.l10n.t('Plan: {0}', name);
    const mark = session.onDidShow(() => {
      panel.title = session.shown()?.dirty ? vscode.l10n.t('● Plan: {0}', name) : vscode.l10n.t('Plan: {0}', name);
    });
    panel.onDidDispose(() => mark.dispose());
  };

  /** A view that shows the plan of a model wherever it is kept; a panel rather than an editor. */
  const find = (path: string): OpenView | undefined => {
    const views = [...open].filter((view) => isModelView(view) && view.session.source.modelPath() === path);
    return views.find(({ panel }) => panel.viewType === PLAN_PANEL) ?? views[0];
  };

  const show = (model: vscode.Uri): void => {
    const view = find(model.fsPath);
    if (view) return view.panel.reveal();
    fillPanel(vscode.window.createWebviewPanel(PLAN_PANEL, basename(model.fsPath), vscode.ViewColumn.Active), model);
  };

  const serializer = vscode.window.registerWebviewPanelSerializer(PLAN_PANEL, {
    deserializeWebviewPanel: async (panel, state: unknown) => {
      const model = modelOfState(state);
      if (model) fillPanel(panel, model);
      else panel.dispose();
    },
  });

  return {
    show,
    fill,
    active,
    ofPlacement: (path) => {
      const views = [...open].filter((view) => !isModelView(view) && view.session.source.sidecarPath === path);
      return (views.find(({ panel }) => panel.active) ?? views[0])?.session;
    },
    showing: (path) => [...open].filter(({ session }) => session.source.sidecarPath === path).map(({ session }) => session),
    onDidChangeActive: didChangeActive.event,
    dispose: () => vscode.Disposable.from(serializer, didChangeActive).dispose(),
  };
}

/** A panel cannot refuse to be closed: what it held unsaved is offered once more, and stays until it is saved, discarded or replaced. */
async function offerUnsaved(services: Services, model: vscode.Uri): Promise<void> {
  const reopen = vscode.l10n.t('Show Again');
  const discard = vscode.l10n.t('Discard');
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('The plan of {0} is not saved.', basename(model.fsPath)), reopen, discard);
  if (chosen === reopen) services.views.show(model);
  if (chosen === discard) services.unsaved.delete(model.fsPath);
}
