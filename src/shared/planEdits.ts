import { t } from '@vscode/l10n';
import { formatPercent, formatSeconds } from './format';

/** Where a pin wants an operator: on a device, as the cluster names it ('a100:0'), or in a stage, by its index in the pipeline. */
export type PinTarget = { readonly device: string } | { readonly stage: number };

/** A change of a plan by hand. Operators are named by their ids, which outlive a reload; stages by their index in the plan that is changed. */
export type PlanEdit =
  /** `along`: with all that must follow so that the stages stay contiguous */
  | { readonly kind: 'move'; readonly operators: readonly string[]; readonly stage: number; readonly along: boolean }
  | ({ readonly kind: 'pin'; readonly operators: readonly string[] } & PinTarget)
  | { readonly kind: 'unpin'; readonly operators: readonly string[] };

/** Ways to move a cut: by the fewest operators out of the earlier stage or out of the later one, or to the fastest place that is found. */
export const CUT_STEPS = ['earlier', 'later', 'best'] as const;

/** Moving the cut between two stages, `from` the one that sends. The engine says which operators that moves. */
export interface CutMove {
  readonly from: number;
  readonly to: number;
  readonly step: (typeof CUT_STEPS)[number];
}

/** Most operators that one choice names: all of the largest model that is read. */
export const MOST_CHOSEN = 1_000_000;

/** A move that is looked at or asked for: operators and stages by their index in the plan on view; operators ascending, each once. */
export interface MoveChoice {
  readonly operators: readonly number[];
  readonly stage: number;
  readonly along: boolean;
}

/** What the panel asks for: operators and stages by their index in the plan on view. */
export type EditChoice =
  | ({ readonly kind: 'move' } & MoveChoice)
  | ({ readonly kind: 'cut' } & CutMove)
  /** pins an operator, or all operators of a scope; `scope` '' for the operator alone */
  | { readonly kind: 'pin'; readonly operator: number; readonly scope: string; readonly to: PinTarget }
  | { readonly kind: 'unpin'; readonly operator: number; readonly scope: string };

/** What moving some operators to one stage would come to. */
export interface MoveOption {
  readonly stage: number;
  /** why they cannot move by themselves; null if they can */
  readonly alone: string | null;
  /** why they cannot move with what must follow; null if they can */
  readonly along: string | null;
  /** operators that move with what must follow, all included; 0 if all of them are in the stage already */
  readonly operators: number;
  /** those of them that move although nothing that moves depends on them: they must share a device with others */
  readonly colocated: number;
}

/** What one move would come to, before it is made. */
export interface MovePreview {
  /** why it cannot be made, in a sentence; null if it can */
  readonly refused: string | null;
  /** operators (indices into the view) that would move */
  readonly moved: readonly number[];
  /** as in `MoveOption` */
  readonly colocated: number;
  /** seconds per sample afterwards; null where nobody can say */
  readonly value: number | null;
}

/** A place that an operator, or a scope, may be pinned to. */
export interface PinOption {
  readonly to: PinTarget;
  /** why it cannot be pinned there; null if it can */
  readonly reason: string | null;
  /** whether all of it is there in the plan on view */
  readonly here: boolean;
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
  const now = formatSeconds(value);
  const sign = value > before ? '+' : '−';
  const share = `${sign}${formatPercent(Math.abs(value - before) / before)}`;
  if (now === was) {
    // both read the same: the difference says more
    const by = `${sign}${formatSeconds(Math.abs(value - before))}`;
    return optimal
      ? t({ message: '{0} against the optimal plan ({1} at {2})', args: [share, by, was], comment: 'A signed percentage, a signed time, and a time' })
      : t({ message: '{0} against the plan before the edits ({1} at {2})', args: [share, by, was], comment: 'A signed percentage, a signed time, and a time' });
  }
  return optimal
    ? t({ message: '{0} against the optimal plan ({1} vs {2})', args: [share, now, was], comment: 'A signed percentage, and two times' })
    : t({ message: '{0} against the plan before the edits ({1} vs {2})', args: [share, now, was], comment: 'A signed percentage, and two times' });
}

/** A place as a name within a sentence: "a100:2", "stage 1". */
export const targetText = (to: PinTarget): string => ('stage' in to ? t({ message: 'stage {0}', args: [to.stage], comment: 'A stage of the pipeline by its number, within a sentence' }) : to.device);

export const sameTarget = (a: PinTarget, b: PinTarget): boolean => ('stage' in a ? 'stage' in b && a.stage === b.stage : 'device' in b && a.device === b.device);

/** The scopes that an operator's name lies in, innermost first: '/model/layers.3/attn', '/model/layers.3', '/model'. */
export function scopesOf(name: string): string[] {
  const scopes: string[] = [];
  for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) scopes.push(name.slice(0, end));
  return scopes;
}

/** Whether an operator of this name lies in a scope. */
export const inScope = (name: string, scope: string): boolean => name.startsWith(`${scope}/`);

/** The operators of a scope that have places of their own, by index. */
export const scopeMembers = (operators: readonly { readonly name: string; readonly foldable: boolean }[], scope: string): number[] =>
  operators.flatMap(({ name, foldable }, index) => (!foldable && inScope(name, scope) ? [index] : []));
