import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ToWebview } from '../shared/messages';
import { changeTo, withChange } from '../shared/planChange';
import type { EditChoice, MoveChoice } from '../shared/planEdits';
import type { PlanView } from '../shared/planView';
import type { TimelineChoice, TimelineView } from '../shared/timelineView';
import { CancelledError } from '../shared/userError';
import type { EditedPlan, ExplainSource, JobResult } from '../worker/jobs';
import { editOf, isMoveOf } from './editChoice';
import { editsOf, startHistory, stepped, withStep, type EditHistory } from './editHistory';
import type { PlanSource, Shown } from './planSource';
import type { Services } from './services';
import { settings } from './settings';
import { solving } from './solving';

/** Changes of the plan on view by hand: one after the other, each shown before the next is made. */
export interface PlanEditing {
  /** tells the view where operators may move, and what a move would come to, under the number of its question */
  moveOptions(question: number, operators: readonly number[]): Promise<void>;
  previewMove(question: number, move: MoveChoice): Promise<void>;
  /** tells the view where an operator, or all operators of a scope, may be pinned */
  pinOptions(operator: number, scope: string): Promise<void>;
  edit(choice: EditChoice): Promise<void>;
  undo(): Promise<void>;
  redo(): Promise<void>;
  /** solves again with the pins of the plan on view */
  resolveWithPins(): Promise<void>;
  /** has the worker open the plan on view, so that the first edit takes no longer than the next */
  prepare(): Promise<void>;
  /** ends what `prepare` does: somebody waits for the worker */
  hurry(): void;
  /** resolves once the source has every edit that is on view */
  settled(): Promise<void>;
}

export interface PlanEditingOptions {
  readonly services: Services;
  readonly source: PlanSource;
  readonly shown: () => Shown | undefined;
  /** shows what the source has now */
  readonly refresh: () => Promise<void>;
  /** shows a plan of the same model before the source has it; `timeline`: what it does over time, if that is known */
  readonly show: (view: PlanView, history: EditHistory, timeline: TimelineView | null) => void;
  /** how the plan is seen over time; null if it is not */
  readonly timeline: () => TimelineChoice | null;
  readonly post: (message: ToWebview) => void;
}

type PlanOnView = Shown & { readonly explain: Extract<ExplainSource, { kind: 'plan' }> };

export function makePlanEditing({ services, source, shown, refresh, show, timeline, post }: PlanEditingOptions): PlanEditing {
  const { worker, log, underWay } = services;
  let last: Promise<unknown> = Promise.resolve();
  /** the plan whose edits were rehearsed, before the first of them */
  let rehearsed: string | undefined;
  let rehearsal: AbortController | undefined;

  const inTurn = (work: (of: PlanOnView) => Promise<void>): Promise<void> => {
    rehearsal?.abort();
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
  const planOf = (of: PlanOnView): EditedPlan => ({ sidecarPath: of.explain.sidecarPath, ...editsOf(historyOf(of)) });
  /** Shows a plan that came of edits, and then has the source take it: its text takes longest. */
  const take = async (of: PlanOnView, view: PlanView, history: EditHistory, over: TimelineView | null): Promise<void> => {
    show(view, history, over);
    const { text, edits } = editsOf(history);
    try {
      await source.put(edits.length === 0 ? text : await worker.run('writeEdited', { sidecarPath: of.explain.sidecarPath, text, edits }), history, view);
    } finally {
      // what the source did not take is not shown any longer
      await refresh();
    }
  };
  /** Shows the plan that a history leads to. */
  const follow = async (of: PlanOnView, history: EditHistory): Promise<void> => {
    const result = await worker.run('edit', { sidecarPath: of.explain.sidecarPath, ...editsOf(history), timeline: timeline() });
    if ('refused' in result) return post({ type: 'editRefused', reason: result.refused });
    await take(of, withChange(of.view, changeTo(of.view, result.state)), history, result.timeline);
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
    moveOptions: (question, operators) =>
      inTurn(async (of) => {
        if (!isMoveOf(of.view, { operators, stage: 0, along: false })) return;
        post({ type: 'moveOptions', question, options: await worker.run('moveOptions', { ...planOf(of), operators }) });
      }),
    previewMove: (question, move) =>
      inTurn(async (of) => {
        if (!isMoveOf(of.view, move)) return;
        post({ type: 'movePreview', question, preview: await worker.run('previewMove', { ...planOf(of), move }) });
      }),
    pinOptions: (operator, scope) =>
      inTurn(async (of) => {
        if (operator >= of.view.operators.length) return;
        post({ type: 'pinOptions', operator, scope, options: await worker.run('pinOptions', { ...planOf(of), operator, scope }) });
      }),
    edit: (choice) =>
      inTurn(async (of) => {
        const asked = editOf(of.view, choice);
        if (!asked) return log.warn(`the view of ${basename(of.modelPath)} asked for an edit that its plan does not have`);
        const history = historyOf(of);
        const { text, edits } = editsOf(history);
        const steps = 'edit' in asked ? { edits: [...edits, asked.edit] } : { edits, cut: asked.cut };
        const result = await worker.run('edit', { sidecarPath: of.explain.sidecarPath, text, ...steps, timeline: timeline() });
        if ('refused' in result) return post({ type: 'editRefused', reason: result.refused });
        const { state, said, edit } = result;
        await take(of, withChange(of.view, changeTo(of.view, state)), withStep(history, { edit: edit!, said }), result.timeline);
      }),
    undo: () => step(-1),
    redo: () => step(1),
    resolveWithPins: async () => {
      // an edit that is on view may still be on its way to the text
      await last;
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
    prepare: () =>
      inTurn(async (of) => {
        const plan = planOf(of);
        if (of.view.plan!.stale !== null || plan.text === rehearsed) return;
        rehearsed = plan.text;
        rehearsal = new AbortController();
        await worker.run('rehearseEdits', plan, { stop: rehearsal.signal });
      }),
    hurry: () => rehearsal?.abort(),
    settled: async () => void (await last),
  };
}

const isPlan = (of: Shown): of is PlanOnView => of.explain.kind === 'plan' && of.view.plan !== null;
