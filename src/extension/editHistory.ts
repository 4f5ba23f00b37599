import { t } from '@vscode/l10n';
import type { EditedView, PlanEdit } from '../shared/planEdits';

/** One step by hand: an edit, or solving again with the pins, which gives a text of its own. `said`: what it did, in a sentence. */
export type EditStep = { readonly said: string } & ({ readonly edit: PlanEdit } | { readonly solved: string });

/** What was done to a plan since it was solved. Plain data: it is kept with an unsaved plan. */
export interface EditHistory {
  /** the plan before the first step, as its placement file's text */
  readonly base: string;
  /** what `base` takes, in seconds per sample, and whether that is proven best */
  readonly reference: EditedView['reference'];
  readonly steps: readonly EditStep[];
  /** steps that are done; those after them were undone */
  readonly at: number;
  /** what happened last, in a sentence */
  readonly said: string;
}

export const startHistory = (base: string, reference: EditHistory['reference']): EditHistory => ({ base, reference, steps: [], at: 0, said: '' });

/** One more step; what was undone before is gone. */
export const withStep = (history: EditHistory, step: EditStep): EditHistory => ({ ...history, steps: [...history.steps.slice(0, history.at), step], at: history.at + 1, said: step.said });

/** One step back or forth, as far as there are any. */
export function stepped(history: EditHistory, by: -1 | 1): EditHistory {
  const at = Math.max(0, Math.min(history.steps.length, history.at + by));
  const step = history.steps[Math.min(at, history.at)];
  return at === history.at || step === undefined ? history : { ...history, at, said: by < 0 ? t('Undone: {0}', step.said) : t('Done again: {0}', step.said) };
}

/** The plan that was solved last, and the edits since then: together they are the plan as it is. */
export function editsOf({ base, steps, at }: EditHistory): { readonly text: string; readonly edits: readonly PlanEdit[] } {
  let text = base;
  let edits: PlanEdit[] = [];
  for (const step of steps.slice(0, at)) {
    if ('edit' in step) edits.push(step.edit);
    else [text, edits] = [step.solved, []];
  }
  return { text, edits };
}

/** What the panel shows of it; undefined if nothing was done. */
export const editedView = (history: EditHistory | undefined): EditedView | undefined =>
  history && history.steps.length > 0 ? { said: history.said, canUndo: history.at > 0, canRedo: history.at < history.steps.length, reference: history.reference } : undefined;

type Fields = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isStage = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function isEdit(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { kind, operators, stage, along, device } = value;
  if (!Array.isArray(operators) || !operators.every((id) => typeof id === 'string')) return false;
  return kind === 'move' ? isStage(stage) && typeof along === 'boolean' : kind === 'pin' ? (typeof device === 'string') !== isStage(stage) : kind === 'unpin';
}

const isStep = (value: unknown): boolean => isRecord(value) && typeof value['said'] === 'string' && (typeof value['solved'] === 'string' || isEdit(value['edit']));

/** Whether something that was kept on the disk is a history. */
export function isHistory(value: unknown): value is EditHistory {
  if (!isRecord(value)) return false;
  const { base, reference, steps, at, said } = value;
  if (typeof base !== 'string' || typeof said !== 'string' || !Array.isArray(steps) || !steps.every(isStep)) return false;
  if (!isRecord(reference) || typeof reference['value'] !== 'number' || typeof reference['optimal'] !== 'boolean') return false;
  return isStage(at) && (at as number) <= steps.length;
}
