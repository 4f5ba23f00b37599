import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { PlanView } from '../shared/planView';
import { isHistory, type EditHistory } from './editHistory';
import type { Log } from './log';

/** A plan that was made and not saved. */
export interface UnsavedPlan {
  readonly modelPath: string;
  readonly sidecarPath: string;
  /** content of the placement file to be */
  readonly text: string;
  /** what the placement file held when the plan was made; null if there was none */
  readonly previous: string | null;
  /** the steps by hand that led to it, if there were any */
  readonly history?: EditHistory;
  /** what it looks like, as long as the model has this `fileStamp`; not kept over a reload */
  readonly made?: { readonly view: PlanView; readonly stamp: string };
}

/** The plans that were not saved, one for each model. They survive a reload of the window and a crash. */
export interface UnsavedPlans extends vscode.Disposable {
  get(modelPath: string): UnsavedPlan | undefined;
  set(plan: UnsavedPlan): void;
  delete(modelPath: string): void;
  /** fires with the path of the model */
  readonly onDidChange: vscode.Event<string>;
  /** resolves once everything is on the disk */
  flush(): Promise<void>;
}

/** @param folder a folder of the extension's own, for this workspace */
export async function openUnsavedPlans(folder: string, log: Log): Promise<UnsavedPlans> {
  const plans = new Map((await readPlans(folder, log)).map((plan) => [plan.modelPath, plan]));
  const changes = new vscode.EventEmitter<string>();
  let writing: Promise<unknown> = Promise.resolve();
  const fileOf = (modelPath: string): string => join(folder, `${createHash('sha256').update(modelPath).digest('hex').slice(0, 32)}.json`);
  const enqueue = (write: () => Promise<unknown>): void => {
    writing = writing.then(write).catch((error: unknown) => log.error('keeping an unsaved plan', error));
  };
  return {
    get: (modelPath) => plans.get(modelPath),
    set: (plan) => {
      plans.set(plan.modelPath, plan);
      enqueue(async () => {
        await mkdir(folder, { recursive: true });
        const { made: _made, ...kept } = plan;
        await writeFile(fileOf(plan.modelPath), JSON.stringify(kept));
      });
      changes.fire(plan.modelPath);
    },
    delete: (modelPath) => {
      if (!plans.delete(modelPath)) return;
      enqueue(() => rm(fileOf(modelPath), { force: true }));
      changes.fire(modelPath);
    },
    onDidChange: changes.event,
    flush: async () => void (await writing),
    dispose: () => changes.dispose(),
  };
}

async function readPlans(folder: string, log: Log): Promise<UnsavedPlan[]> {
  const names = await readdir(folder).catch(() => []);
  const plans = await Promise.all(
    names.map(async (name) => {
      try {
        const value: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
        if (isPlan(value)) return [value];
        log.warn(`${name} is no unsaved plan: passed over`);
      } catch (error) {
        // written in part when the window was killed
        log.warn(`${name} cannot be read, an unsaved plan is lost: ${String(error)}`);
      }
      return [];
    }),
  );
  return plans.flat();
}

function isPlan(value: unknown): value is UnsavedPlan {
  if (typeof value !== 'object' || value === null) return false;
  const { modelPath, sidecarPath, text, previous, history } = value as Record<string, unknown>;
  if (history !== undefined && !isHistory(history)) return false;
  return typeof modelPath === 'string' && typeof sidecarPath === 'string' && typeof text === 'string' && (previous === null || typeof previous === 'string');
}
