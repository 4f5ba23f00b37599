import type * as vscode from 'vscode';
import type { PlanView } from '../shared/planView';
import type { JobOptions } from '../worker/client';
import type { ExplainSource } from '../worker/jobs';
import type { GivenAnswers } from './partitionModel';

/** A model, and its plan if it has one, as a view shows them. */
export interface Shown {
  readonly modelPath: string;
  readonly view: PlanView;
  /** the plan is not saved */
  readonly dirty: boolean;
  readonly explain: ExplainSource;
}

/** Where a plan view has what it shows: a model with its saved or unsaved plan, or an editor's text. */
export interface PlanSource extends vscode.Disposable {
  /** what the view is called while nothing is read yet */
  readonly modelName: string;
  /** absolute; undefined while only the text knows it and it was not read yet */
  readonly modelPath: () => string | undefined;
  readonly sidecarPath: string;
  /** @throws UserError, CancelledError */
  load(options: JobOptions): Promise<Shown>;
  /** Asks for what is not given. */
  partition(given?: GivenAnswers): Promise<void>;
  save(): Promise<void>;
  /** something that `load` depends on changed */
  readonly onDidChange: vscode.Event<void>;
}
