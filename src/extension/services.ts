import type * as vscode from 'vscode';
import type { WorkerClient } from '../worker/client';
import type { Log } from './log';
import type { PlanViews } from './planViews';
import type { RememberedAnswers } from './rememberedAnswers';
import type { UnsavedPlans } from './unsavedPlans';

/** What the parts of the extension share. */
export interface Services {
  readonly extensionUri: vscode.Uri;
  /** folder where ONNX Runtime is installed if the user asks for that */
  readonly runtimeStorage: string;
  readonly log: Log;
  /** reading, editing and explaining: what somebody is waiting for */
  readonly worker: WorkerClient;
  /** laying out, which may take longer than one waits for an edit */
  readonly drawing: WorkerClient;
  /** a thread for one solve, so that solving holds up nothing else; the caller disposes it */
  readonly solver: () => WorkerClient;
  readonly answers: RememberedAnswers;
  readonly unsaved: UnsavedPlans;
  readonly views: PlanViews;
  /** the partition that is under way for each model, so that a new one can take its place */
  readonly underWay: Map<string, AbortController>;
}
