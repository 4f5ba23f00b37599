import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ToWebview } from '../shared/messages';
import type { TimelineChoice } from '../shared/timelineView';
import { saveAtomically } from '../sidecar/saveAtomically';
import { pathOf } from './files';
import type { Shown } from './planSource';
import type { Services } from './services';
import { describeError } from './showError';

/** Plans over time: the one on view, one question at a time, and as files. */
export interface PlanTimelines extends vscode.Disposable {
  show(shown: Shown, choice: TimelineChoice): Promise<void>;
  /** @throws UserError if the file cannot be written; CancelledError */
  exportTrace(shown: Shown, choice: TimelineChoice): Promise<void>;
  /** another plan is on view */
  abandon(): void;
}

export function makePlanTimelines({ worker, log }: Services, post: (message: ToWebview) => void): PlanTimelines {
  let abort: AbortController | undefined;
  const abandon = (): void => abort?.abort();
  return {
    show: async ({ explain }, request) => {
      if (explain.kind !== 'plan') return;
      abandon();
      const mine = new AbortController();
      abort = mine;
      try {
        const view = await worker.run('timeline', { sidecarPath: explain.sidecarPath, text: explain.text, request }, { signal: mine.signal });
        if (!mine.signal.aborted) post({ type: 'timeline', view, failed: null });
      } catch (error) {
        if (!mine.signal.aborted) post({ type: 'timeline', view: null, failed: describeError(error, log, 'running a plan over time') ?? null });
      }
    },
    exportTrace: async ({ explain, modelPath }, request) => {
      if (explain.kind !== 'plan') return;
      const name = `${basename(modelPath)}.trace.json`;
      const target = await vscode.window.showSaveDialog({
        title: vscode.l10n.t('Export Trace'),
        defaultUri: vscode.Uri.joinPath(vscode.Uri.file(dirname(modelPath)), name),
        filters: { [vscode.l10n.t('Chrome traces')]: ['json'] },
      });
      if (!target) return;
      const text = await worker.run('timelineTrace', { sidecarPath: explain.sidecarPath, text: explain.text, request });
      saveAtomically(pathOf(target), text);
      log.info(`saved ${target.fsPath}`);
    },
    abandon,
    dispose: abandon,
  };
}
