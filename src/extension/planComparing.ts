import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ComparedPlan } from '../engine/comparePlans';
import type { PlanComparison } from '../shared/comparisonView';
import type { ToWebview } from '../shared/messages';
import type { PlanView } from '../shared/planView';
import { CancelledError } from '../shared/userError';
import { editsOf } from './editHistory';
import type { PlanSource, Shown } from './planSource';
import type { Services } from './services';
import { showError } from './showError';

/** The plan on view held against another one: for as long as it is this plan, edits by hand included. */
export interface PlanComparing extends vscode.Disposable {
  /** Compares with another plan, at once or as soon as a plan is on view. Errors are shown. */
  compareWith(other: ComparedPlan): Promise<void>;
  /** the plan on view may have changed: what the comparison says is brought up to date */
  follow(): void;
  /** whether a comparison goes on, and what it says as far as that is known */
  readonly current: () => { readonly on: boolean; readonly comparison: PlanComparison | null };
  end(): void;
}

export interface PlanComparingOptions {
  readonly services: Pick<Services, 'worker' | 'log'>;
  readonly source: Pick<PlanSource, 'history'>;
  readonly shown: () => Shown | undefined;
  readonly post: (message: ToWebview) => void;
}

/** What a comparison was computed for. */
interface Asked {
  readonly view: PlanView;
  readonly text: string;
}

export function makePlanComparing({ services: { worker, log }, source, shown, post }: PlanComparingOptions): PlanComparing {
  let other: ComparedPlan | undefined;
  let comparison: PlanComparison | null = null;
  let asked: Asked | undefined;
  let under: AbortController | undefined;

  const tell = (fresh: boolean): void => post({ type: 'planComparison', comparison, fresh });
  const end = (): void => {
    under?.abort();
    other = asked = undefined;
    comparison = null;
  };
  const planOnView = (): (Asked & { readonly sidecarPath: string }) | undefined => {
    const of = shown();
    return of?.explain.kind === 'plan' && of.view.plan !== null ? { view: of.view, text: of.explain.text, sidecarPath: of.explain.sidecarPath } : undefined;
  };
  const compute = async (before: ComparedPlan, after: ComparedPlan, signal: AbortSignal): Promise<PlanComparison | undefined> => {
    try {
      const result = await worker.run('comparePlans', { before, after }, { signal });
      return signal.aborted ? undefined : result;
    } catch (error) {
      if (signal.aborted || error instanceof CancelledError) return undefined;
      throw error;
    }
  };
  /** @param fresh somebody asked for it and waits */
  const renew = async (fresh: boolean): Promise<void> => {
    const of = planOnView();
    if (!other || !of) return;
    asked = of;
    const history = source.history();
    // the plan as it is, saved or not; where it came of edits they are followed, which is faster than reading the model again
    const after = { path: of.sidecarPath, name: vscode.workspace.asRelativePath(of.sidecarPath), ...(history ? editsOf(history) : { text: of.text }) };
    under?.abort();
    const abort = new AbortController();
    under = abort;
    const before = other;
    try {
      const options = { location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Comparing placements'), cancellable: true };
      const result = fresh
        ? await vscode.window.withProgress(options, (_, token) => {
            token.onCancellationRequested(() => abort.abort());
            return compute(before, after, abort.signal);
          })
        : await compute(before, after, abort.signal);
      if (under !== abort) return;
      // who cancelled it wants none
      if (result === undefined) return end();
      comparison = result;
      tell(fresh);
    } catch (error) {
      if (under !== abort) return;
      end();
      tell(false);
      showError(error, log, `comparing ${basename(of.sidecarPath)}`);
    }
  };

  return {
    compareWith: (plan) => {
      other = plan;
      comparison = null;
      return renew(true);
    },
    follow: () => {
      const of = planOnView();
      if (!other || !of || (asked?.view === of.view && asked.text === of.text)) return;
      void renew(comparison === null);
    },
    current: () => ({ on: other !== undefined, comparison }),
    end,
    dispose: end,
  };
}
