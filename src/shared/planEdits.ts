import { t } from '@vscode/l10n';
import { formatPercent, formatSeconds } from './format';

/** A change of a plan by hand. Operators are named by their ids, which outlive a reload; stages by their index in the plan that is changed. */
export type PlanEdit =
  /** `along`: with all that must follow so that the stages stay contiguous */
  | { readonly kind: 'move'; readonly operators: readonly string[]; readonly stage: number; readonly along: boolean }
  /** `device` as the cluster names it: 'a100:0' */
  | { readonly kind: 'pin'; readonly operators: readonly string[]; readonly device: string }
  | { readonly kind: 'unpin'; readonly operators: readonly string[] };

/** What the panel asks for: operators and stages by their index in the plan on view. */
export type EditChoice =
  | { readonly kind: 'move'; readonly operator: number; readonly stage: number; readonly along: boolean }
  /** pins an operator, or all operators of a scope, to the device that runs the operator now; `scope` '' for the operator alone */
  | { readonly kind: 'pin'; readonly operator: number; readonly scope: string }
  | { readonly kind: 'unpin'; readonly operator: number; readonly scope: string };

/** What moving one operator to one stage would come to. */
export interface MoveOption {
  readonly stage: number;
  /** why the operator cannot move by itself; null if it can */
  readonly alone: string | null;
  /** why it cannot move with what must follow; null if it can */
  readonly along: string | null;
  /** operators that move with it, itself included */
  readonly operators: number;
}

/** How a plan was changed since it was solved, for the panel. */
export interface EditedView {
  /** what the last step did, in a sentence; '' if nothing was said */
  readonly said: string;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** the plan as it was before the first edit: seconds per sample, and whether that is proven best */
  readonly reference: { readonly value: number; readonly optimal: boolean };
}

/** Relative difference of times up to which two plans take the same. */
const SAME = 1e-6;

/** What a change costs: "+3.2 % against the optimal plan (1.41 ms vs 1.37 ms)". Times in seconds per sample. */
export function costOfEdits(value: number, { value: before, optimal }: EditedView['reference']): string {
  const was = formatSeconds(before);
  if (Math.abs(value - before) <= SAME * before) return optimal ? t('As fast as the optimal plan ({0})', was) : t('As fast as the plan before the edits ({0})', was);
  const share = `${value > before ? '+' : '−'}${formatPercent(Math.abs(value - before) / before)}`;
  return optimal
    ? t({ message: '{0} against the optimal plan ({1} vs {2})', args: [share, formatSeconds(value), was], comment: 'A signed percentage, and two times' })
    : t({ message: '{0} against the plan before the edits ({1} vs {2})', args: [share, formatSeconds(value), was], comment: 'A signed percentage, and two times' });
}

/** The scopes that an operator's name lies in, innermost first: '/model/layers.3/attn', '/model/layers.3', '/model'. */
export function scopesOf(name: string): string[] {
  const scopes: string[] = [];
  for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) scopes.push(name.slice(0, end));
  return scopes;
}

/** Whether an operator of this name lies in a scope. */
export const inScope = (name: string, scope: string): boolean => name.startsWith(`${scope}/`);
