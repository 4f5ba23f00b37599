import type { CutView, PlanView } from '../../src/shared/planView';

/** Two stages, the first of which sends to the second. */
export interface StagePair {
  readonly from: number;
  readonly to: number;
}

/** The pairs of stages that tensors cross from one to the other, nearest first. */
export function pairsOf({ plan }: PlanView, tensors: readonly number[]): StagePair[] {
  const wanted = new Set(tensors);
  const pairs = new Map<string, StagePair>();
  for (const { tensor, from, to } of plan?.cuts ?? []) {
    if (wanted.has(tensor)) for (const goal of to) pairs.set(`${from} ${goal}`, { from, to: goal });
  }
  return [...pairs.values()].sort((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from) || a.from - b.from || a.to - b.to);
}

/** The tensors between two stages, slowest first. */
export const cutsBetween = ({ plan }: PlanView, { from, to }: StagePair): CutView[] =>
  (plan?.cuts ?? []).filter((cut) => cut.from === from && cut.to.includes(to)).sort((a, b) => b.transferSeconds - a.transferSeconds || a.tensor - b.tensor);
