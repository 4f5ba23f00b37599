import * as vscode from 'vscode';
import { comparedMethods, USUAL_PLANNING, type PlanningChoice } from '../shared/planning';
import type { ToWebview } from '../shared/messages';
import type { MethodRow } from '../shared/comparisonView';
import { CancelledError } from '../shared/userError';
import type { WorkerClient } from '../worker/client';
import type { PartitionRequest } from '../engine/requests';
import type { Shown } from './planSource';
import type { Services } from './services';
import { describeError } from './showError';

/** Seconds that each method may take: enough to see what it is worth, and all of them in a few minutes at most. */
const EACH_METHOD_SECONDS = 15;

/** The questions about a plan that take a solve or several: asked one at a time, on a thread of their own, and given up when another plan is shown. */
export interface PlanQuestions extends vscode.Disposable {
  compareMethods(shown: Shown, request: (planning: PlanningChoice) => PartitionRequest): Promise<void>;
  explainPlan(shown: Shown): Promise<void>;
  /** another plan is on view */
  abandon(): void;
}

export function makePlanQuestions({ solver, log }: Services, post: (message: ToWebview) => void): PlanQuestions {
  let abort: AbortController | undefined;
  const abandon = (): void => abort?.abort();

  /** Runs one question in place of the one before. */
  const ask = async (work: (worker: WorkerClient, signal: AbortSignal) => Promise<void>): Promise<void> => {
    abandon();
    const mine = new AbortController();
    abort = mine;
    const worker = solver();
    try {
      await work(worker, mine.signal);
    } catch (error) {
      if (!(error instanceof CancelledError)) throw error;
    } finally {
      worker.dispose();
    }
  };

  return {
    compareMethods: ({ view }, request) =>
      ask(async (worker, signal) => {
        const objective = view.plan?.objective ?? USUAL_PLANNING.objective;
        const planning = { ...USUAL_PLANNING, ...view.plan?.planning, objective };
        const rows: MethodRow[] = [];
        const tell = (running: string | null): void => post({ type: 'comparison', objective, rows: [...rows], running });
        try {
          for (const method of comparedMethods(objective, planning.replicas)) {
            tell(method);
            rows.push(await worker.run('compareMethod', { request: request(planning), method, timeLimitSeconds: EACH_METHOD_SECONDS }, { signal }));
          }
        } finally {
          tell(null);
        }
      }),
    explainPlan: ({ explain }) =>
      ask(async (worker, signal) => {
        if (explain.kind !== 'plan') return;
        const tell = (running: string): void => post({ type: 'planExplanation', statements: null, running, failed: null });
        tell(vscode.l10n.t('looking at the stages'));
        try {
          const { statements } = await worker.run('explainPlan', { sidecarPath: explain.sidecarPath, text: explain.text }, { signal, report: ({ phase }) => tell(phase) });
          post({ type: 'planExplanation', statements, running: null, failed: null });
        } catch (error) {
          if (signal.aborted) throw error;
          post({ type: 'planExplanation', statements: null, running: null, failed: describeError(error, log, 'explaining a plan') ?? null });
        }
      }),
    abandon,
    dispose: abandon,
  };
}
