import { t } from '@vscode/l10n';
import { judge } from '../placement/judge';
import type { CutMove } from '../shared/planEdits';
import { moveFault, movedWith, placementAfter, type Movable } from './moveOperators';
import { rankPositions } from './rankCuts';

/** The nodes that moving a cut moves, all that must follow included, and the stage that they move to; or why there are none, in a sentence. */
export type CutMoved = { readonly moved: ReadonlySet<number>; readonly to: number } | { readonly refused: string };

/** Steps that are judged, and places of a cut: of steps and places that look alike, more would say nothing new. */
const MOST_STEPS = 24;
const MOST_LEGAL = 12;
const MOST_PLACES = 60;

/**
 * Which operators leave their stage when the cut between two stages is moved.
 *
 * A step moves the fewest operators that it can: a producer of a tensor that crosses the cut, with what depends on it, to the later stage, or
 * a consumer with what it depends on to the earlier one. Of steps of one size the one with the fastest plan is taken. The best place is looked for along two
 * topological orders of the earlier stage's operators followed by the later one's: the load of the slower of the two stages is followed from place to place, and those that
 * look best are judged. It is the best that was found, not proven best.
 *
 * @param faultOf why operators cannot go to a stage beside what the plan itself forbids: pins
 */
export function moveCut(plan: Movable, { from, to, step }: CutMove, faultOf: (moved: ReadonlySet<number>, stage: number) => string | null): CutMoved {
  const stages = plan.placement.order.length;
  if (from >= stages || to >= stages || from === to) return { refused: t('There is no cut between stages {0} and {1}.', from, to) };
  const fault = (moved: ReadonlySet<number>, stage: number): string | null => faultOf(moved, stage) ?? moveFault(plan, moved, stage);
  return step === 'best' ? bestPlace(plan, from, to, fault) : oneStep(plan, from, to, step, fault);
}

type Fault = (moved: ReadonlySet<number>, stage: number) => string | null;

const valueAfter = (plan: Movable, moved: ReadonlySet<number>, to: number): number =>
  judge(plan.problem, placementAfter(plan, moved, to), plan.objective, plan.contiguous).value;

function oneStep(plan: Movable, from: number, to: number, step: 'earlier' | 'later', fault: Fault): CutMoved {
  const { problem, stageOf } = plan;
  const ends = new Set<number>();
  for (const { producer, consumers } of problem.nets) {
    if (stageOf[producer] !== from || problem.backward[producer] === 1) continue;
    for (const consumer of consumers) if (stageOf[consumer] === to && problem.backward[consumer] === 0) ends.add(step === 'earlier' ? producer : consumer);
  }
  if (ends.size === 0) return { refused: t('Stage {0} sends nothing to stage {1}.', from, to) };
  const goal = step === 'earlier' ? to : from;
  // those nearest to the cut come first, where there are too many to be looked at
  const near = [...ends].sort((a, b) => (step === 'earlier' ? b - a : a - b)).slice(0, 64);
  const steps = near.map((end) => movedWith(plan, [end], goal, true)).sort((a, b) => a.size - b.size);
  let best: { readonly moved: ReadonlySet<number>; readonly value: number } | null = null;
  let refused: string | null = null;
  for (const moved of steps.slice(0, MOST_STEPS)) {
    if (best !== null && moved.size > best.moved.size) break;
    const reason = fault(moved, goal);
    refused ??= reason;
    if (reason !== null) continue;
    const value = valueAfter(plan, moved, goal);
    if (best === null || value < best.value) best = { moved, value };
  }
  return best === null ? { refused: refused! } : { moved: best.moved, to: goal };
}

function bestPlace(plan: Movable, from: number, to: number, fault: Fault): CutMoved {
  if (plan.contiguous && to !== from + 1) {
    return { refused: t('There are other stages between stages {0} and {1}: move the cuts between neighbouring stages.', from, to) };
  }
  const { value: now } = judge(plan.problem, plan.placement, plan.objective, plan.contiguous);
  let best: { readonly moved: ReadonlySet<number>; readonly to: number; readonly value: number } | null = null;
  let [looked, legal] = [0, 0];
  for (const { operators, to: goal } of rankPositions(plan, from, to)) {
    if (looked++ >= MOST_PLACES || legal >= MOST_LEGAL) break;
    const moved = movedWith(plan, operators, goal, true);
    if (fault(moved, goal) !== null) continue;
    legal++;
    const value = valueAfter(plan, moved, goal);
    if (best === null || value < best.value) best = { moved, to: goal, value };
  }
  if (best === null || best.value >= now * (1 - 1e-9)) return { refused: t('No place between stages {0} and {1} was found where the plan is faster than now.', from, to) };
  return best;
}
