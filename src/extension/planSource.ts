import type * as vscode from 'vscode';
import type { PlanView } from '../shared/planView';
import type { JobOptions } from '../worker/client';
import type { ExplainSource } from '../worker/jobs';
import type { EditHistory } from './editHistory';
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
  /** the steps by hand that led to the plan that was loaded last; undefined if there were none */
  history(): EditHistory | undefined;
  /** Takes another plan in place of the one on view. `view`: what it looks like, if that is known. */
  put(text: string, history: EditHistory, view?: PlanView): Promise<void>;
  /** Undoes or redoes by other means than `put`, where there are any. */
  readonly undo?: () => Promise<void>;
  readonly redo?: () => Promise<void>;
  /** something that `load` depends on changed */
  readonly onDidChange: vscode.Event<void>;
}
