import { t } from '@vscode/l10n';
import { formatPercent, formatSeconds, formatWhole } from '../../src/shared/format';
import type { MoveChoice, MovePreview } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import type { StagePair } from './cuts';

/** Relative difference of times up to which two plans take the same. */
const SAME = 1e-6;

/** What lies under a cut: operators that have a place of their own, ascending, and how they are called. */
export interface UnderCut {
  readonly operators: readonly number[];
  readonly name: string;
}

/** Where a cut that is dragged would fall: what would move, or why nothing would. */
export type CutTarget = { readonly move: MoveChoice; readonly title: string } | { readonly reason: string };

/**
 * The move that dropping a cut on operators comes to. In the earlier stage the cut falls before them, so that they and all that depends on
 * them go to the later stage; in the later one it falls after them, so that they and all that they depend on go to the earlier one.
 */
export function cutTarget(view: PlanView, { from, to }: StagePair, { operators, name }: UnderCut): CutTarget {
  const [first] = operators;
  if (first === undefined) return { reason: t('Drop it on an operator of stage {0} or {1}', from, to) };
  const { stage } = view.operators[first]!;
  if (stage === from) return { move: { operators, stage: to, along: true }, title: t('Cut before {0}', name) };
  if (stage === to) return { move: { operators, stage: from, along: true }, title: t('Cut after {0}', name) };
  return { reason: t('{0} is in stage {1}: this cut lies between stages {2} and {3}', name, stage, from, to) };
}

/** What a move would come to, line by line: "14 operators move to stage 1", "1.41 ms per sample (+2.9 %)"; or why it cannot be made. @param now seconds per sample before it */
export function previewLines({ stage }: MoveChoice, { refused, moved, colocated, value }: MovePreview, now: number): string[] {
  if (refused !== null) return [refused];
  const what =
    moved.length === 1
      ? t('1 operator moves to stage {0}', stage)
      : colocated === 0
        ? t('{0} operators move to stage {1}', formatWhole(moved.length), stage)
        : t('{0} operators move to stage {1}, {2} of them colocated with others', formatWhole(moved.length), stage, colocated);
  return value === null ? [what] : [what, costText(value, now)];
}

function costText(value: number, now: number): string {
  const change = (value - now) / now;
  if (Math.abs(change) < SAME) return t('{0} per sample, as now', formatSeconds(value));
  return t('{0} per sample ({1})', formatSeconds(value), `${change > 0 ? '+' : '−'}${formatPercent(Math.abs(change))}`);
}
