import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { InspectRequest } from '../engine/requests';
import { UserError } from '../shared/userError';
import { readTextFile } from '../sidecar/textFile';
import type { JobOptions } from '../worker/client';
import { fileStamp } from '../worker/fileStamp';
import type { EditHistory } from './editHistory';
import { sidecarOf, watchFile } from './files';
import { partitionAndKeep } from './partitionModel';
import type { PlanSource, Shown } from './planSource';
import { saveUnsaved } from './savePlan';
import type { Services } from './services';

/** A model by its path: shows its unsaved plan, else the one in its sidecar, else the graph alone. */
export function makeModelSource(modelPath: string, services: Services): PlanSource {
  const { worker, unsaved, answers } = services;
  const sidecarPath = sidecarOf(modelPath);
  const changes = new vscode.EventEmitter<void>();
  let last: { readonly text: string; readonly shown: Shown } | undefined;
  /** outlives saving, which forgets the unsaved plan */
  let steps: { readonly text: string; readonly history: EditHistory } | undefined;

  const withPlan = async (text: string, at: string, dirty: boolean, options: JobOptions): Promise<Shown> => {
    // saving changes nothing but the mark
    if (last?.text === text) return { ...last.shown, dirty };
    const { view, modelPath: found } = await worker.run('open', { sidecarPath: at, text }, options);
    if (found !== modelPath) throw new UserError(basename(at), vscode.l10n.t('was made for {0}, not for {1}.', basename(found), basename(modelPath)));
    const shown: Shown = { modelPath, view, dirty, explain: { kind: 'plan', sidecarPath: at, text } };
    last = { text, shown };
    return shown;
  };

  const withoutPlan = async (options: JobOptions, warnings: readonly string[]): Promise<Shown> => {
    const bind = answers.ownBindings(modelPath);
    const inspect = async (request: InspectRequest): Promise<Shown> => {
      const { view } = await worker.run('inspect', request, options);
      return { modelPath, view: { ...view, warnings: [...warnings, ...view.warnings] }, dirty: false, explain: { kind: 'model', request } };
    };
    try {
      return await inspect({ modelPath, ...(bind && { bind }) });
    } catch (error) {
      // the model may no longer have the dimensions that were given for it
      if (bind && error instanceof UserError) return inspect({ modelPath });
      throw error;
    }
  };

  const load = async (options: JobOptions): Promise<Shown> => {
    const plan = unsaved.get(modelPath);
    if (plan) {
      if (plan.history) steps = { text: plan.text, history: plan.history };
      if (last?.text !== plan.text && plan.made?.stamp === fileStamp(modelPath)) {
        const explain = { kind: 'plan', sidecarPath: plan.sidecarPath, text: plan.text } as const;
        last = { text: plan.text, shown: { modelPath, view: plan.made.view, dirty: true, explain } };
      }
      return withPlan(plan.text, plan.sidecarPath, true, options);
    }
    if (!existsSync(sidecarPath)) return withoutPlan(options, []);
    try {
      return await withPlan(readTextFile(sidecarPath, basename(sidecarPath)), sidecarPath, false, options);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // whatever is wrong with the placement, the model can be shown
      return withoutPlan(options, [error.message]);
    }
  };

  const subscriptions = [
    changes,
    watchFile(modelPath, () => {
      last = undefined;
      changes.fire();
    }),
    watchFile(sidecarPath, () => changes.fire()),
    unsaved.onDidChange((path) => {
      if (path === modelPath) changes.fire();
    }),
  ];

  return {
    modelName: basename(modelPath),
    modelPath: () => modelPath,
    sidecarPath,
    load,
    partition: (given) => partitionAndKeep(services, modelPath, given),
    save: () => saveUnsaved(services, modelPath),
    history: () => (steps !== undefined && steps.text === last?.text ? steps.history : undefined),
    put: async (text, history, view) => {
      steps = { text, history };
      const before = unsaved.get(modelPath);
      const previous = before ? before.previous : readIfThere(sidecarPath);
      const at = before?.sidecarPath ?? sidecarPath;
      if (view) last = { text, shown: { modelPath, view, dirty: text !== previous, explain: { kind: 'plan', sidecarPath: at, text } } };
      if (text === previous) unsaved.delete(modelPath);
      else unsaved.set({ modelPath, sidecarPath: at, text, previous, history, ...(view && { made: { view, stamp: fileStamp(modelPath) } }) });
    },
    onDidChange: changes.event,
    dispose: () => vscode.Disposable.from(...subscriptions).dispose(),
  };
}

const readIfThere = (path: string): string | null => (existsSync(path) ? readTextFile(path, basename(path)) : null);
