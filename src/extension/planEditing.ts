import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ToWebview } from '../shared/messages';
import type { EditChoice } from '../shared/planEdits';
import { CancelledError } from '../shared/userError';
import type { ExplainSource, JobResult } from '../worker/jobs';
import { editOf } from './editChoice';
import { editsOf, startHistory, stepped, withStep, type EditHistory } from './editHistory';
import type { PlanSource, Shown } from './planSource';
import type { Services } from './services';
import { settings } from './settings';
import { solving } from './solving';

/** Changes of the plan on view by hand: one after the other, each shown before the next is made. */
export interface PlanEditing {
  /** tells the view where an operator may move */
  moveOptions(operator: number): Promise<void>;
  /** tells the view where an operator, or all operators of a scope, may be pinned */
  pinOptions(operator: number, scope: string): Promise<void>;
  edit(choice: EditChoice): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  /** solves again with the pins of the plan on view */
  resolveWithPins(): Promise<void>;
}

export interface PlanEditingOptions {
  readonly services: Services;
  readonly source: PlanSource;
  readonly shown: () => Shown | undefined;
  /** shows what the source has now */
  readonly refresh: () => Promise<void>;
  readonly post: (message: ToWebview) => void;
}

type PlanOnView = Shown & { readonly explain: Extract<ExplainSource, { kind: 'plan' }> };

export function makePlanEditing({ services, source, shown, refresh, post }: PlanEditingOptions): PlanEditing {
  const { worker, log, underWay } = services;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = (work: (of: PlanOnView) => Promise<void>): Promise<void> => {
    const mine = last.then(() => {
      const of = shown();
      return of && isPlan(of) ? work(of) : undefined;
    });
    last = mine.catch(() => undefined);
    return mine;
  };
  const historyOf = ({ explain, view }: PlanOnView): EditHistory => {
    const { value, optimal } = view.plan!.certificate;
    return source.history() ?? startHistory(explain.text, { value, optimal });
  };
  /** Shows the plan that a history leads to. */
  const follow = async ({ explain }: PlanOnView, history: EditHistory): Promise<void> => {
    const { text, edits } = editsOf(history);
    if (edits.length === 0) await source.put(text, history);
    else {
      const result = await worker.run('edit', { sidecarPath: explain.sidecarPath, text, edits });
      if ('refused' in result) return post({ type: 'editRefused', reason: result.refused });
      await source.put(result.text, history, result.view);
    }
    await refresh();
  };
  const step = (by: -1 | 1): Promise<void> =>
    inTurn(async (of) => {
      const before = source.history();
      if (!before) return;
      const after = stepped(before, by);
      if (after.at === before.at) return;
      const own = by < 0 ? source.undo : source.redo;
      if (!own) return follow(of, after);
      await own();
      await refresh();
    });

  /** @returns undefined if it was given up */
  const solve = async ({ modelPath, explain: { sidecarPath, text } }: PlanOnView): Promise<JobResult<'resolveWithPins'> | undefined> => {
    underWay.get(modelPath)?.abort();
    const abort = new AbortController();
    underWay.set(modelPath, abort);
    try {
      const { timeLimitSeconds } = settings(vscode.Uri.file(modelPath));
      const title = vscode.l10n.t('Solving {0} with its pins', basename(modelPath));
      return await solving(services, title, abort, (solver, options) => solver.run('resolveWithPins', { sidecarPath, text, timeLimitSeconds }, options));
    } catch (error) {
      if (error instanceof CancelledError) return undefined;
      throw error;
    } finally {
      if (underWay.get(modelPath) === abort) underWay.delete(modelPath);
    }
  };

  return {
    moveOptions: async (operator) => {
      const of = shown();
      if (!of || !isPlan(of) || operator >= of.view.operators.length) return;
      const { sidecarPath, text } = of.explain;
      const options = await worker.run('moveOptions', { sidecarPath, text, operator });
      if (shown()?.view === of.view) post({ type: 'moveOptions', operator, options });
    },
    pinOptions: async (operator, scope) => {
      const of = shown();
      if (!of || !isPlan(of) || operator >= of.view.operators.length) return;
      const { sidecarPath, text } = of.explain;
      const options = await worker.run('pinOptions', { sidecarPath, text, operator, scope });
      if (shown()?.view === of.view) post({ type: 'pinOptions', operator, scope, options });
    },
    edit: (choice) =>
      inTurn(async (of) => {
        const edit = editOf(of.view, choice);
        if (!edit) return log.warn(`the view of ${basename(of.modelPath)} asked for an edit that its plan does not have`);
        const history = historyOf(of);
        const { text, edits } = editsOf(history);
        const result = await worker.run('edit', { sidecarPath: of.explain.sidecarPath, text, edits: [...edits, edit] });
        if ('refused' in result) return post({ type: 'editRefused', reason: result.refused });
        await source.put(result.text, withStep(history, { edit, said: result.said }), result.view);
        await refresh();
      }),
    undo: () => step(-1),
    redo: () => step(1),
    resolveWithPins: async () => {
      const of = shown();
      if (!of || !isPlan(of)) return;
      const solved = await solve(of);
      // meanwhile the plan may have become another one
      await inTurn(async (now) => {
        if (solved === undefined || now.view !== of.view) return;
        await source.put(solved.text, withStep(historyOf(now), { solved: solved.text, said: vscode.l10n.t('Solved again with the pins.') }), solved.view);
        await refresh();
      });
    },
  };
}

const isPlan = (of: Shown): of is PlanOnView => of.explain.kind === 'plan' && of.view.plan !== null;
