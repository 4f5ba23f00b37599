import { t } from '@vscode/l10n';
import type { CutMove } from '../shared/planEdits';
import { afterMove, movedWith, type Movable } from './moveOperators';
import { rankPositions } from './rankCuts';

/** The nodes that moving a cut moves, all that must follow included, the stage that they move to, and the plan then; or why there are none, in a sentence. */
export type CutMoved = { readonly moved: ReadonlySet<number>; readonly to: number; readonly plan: Movable } | { readonly refused: string };

/** Steps that are judged, and places of a cut: of steps and places that look alike, more would say nothing new. */
const MOST_STEPS = 24;
/** Operators of a step that is looked for first. */
const SMALL = 32;
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
  const attempt = (moved: ReadonlySet<number>, stage: number): CutMoved => {
    const fault = faultOf(moved, stage);
    if (fault !== null) return { refused: fault };
    const after = afterMove(plan, moved, stage);
    return 'refused' in after ? after : { moved, to: stage, plan: after };
  };
  return step === 'best' ? bestPlace(plan, from, to, attempt) : oneStep(plan, from, to, step, attempt);
}

type Possible = Exclude<CutMoved, { readonly refused: string }>;

const valueOf = ({ plan }: Possible): number => plan.judged.value;

type Attempt = (moved: ReadonlySet<number>, stage: number) => CutMoved;

function oneStep(plan: Movable, from: number, to: number, step: 'earlier' | 'later', attempt: Attempt): CutMoved {
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
  // what is far from the cut takes most of its stage along: it is followed only where nothing small can be moved
  for (const most of [SMALL, Infinity]) {
    const steps = near.map((end) => movedWith(plan, [end], goal, true, most)).filter(({ size }) => size <= most);
    const step = smallest(steps.sort((a, b) => a.size - b.size).slice(0, MOST_STEPS), goal, attempt);
    if (step !== null && (steps.length >= MOST_STEPS || most === Infinity || !('refused' in step))) return step;
  }
  throw new Error('oneStep: the ends of a cut move at least themselves');
}

/** Of the smallest steps that can be taken the one with the fastest plan; or why the first cannot. @param steps smallest first */
function smallest(steps: readonly ReadonlySet<number>[], goal: number, attempt: Attempt): CutMoved | null {
  let best: Possible | null = null;
  let first: CutMoved | null = null;
  for (const moved of steps) {
    if (best !== null && moved.size > best.moved.size) break;
    const next = attempt(moved, goal);
    first ??= next;
    if (!('refused' in next) && (best === null || valueOf(next) < valueOf(best))) best = next;
  }
  return best ?? first;
}

function bestPlace(plan: Movable, from: number, to: number, attempt: Attempt): CutMoved {
  if (plan.contiguous && to !== from + 1) {
    return { refused: t('There are other stages between stages {0} and {1}: move the cuts between neighbouring stages.', from, to) };
  }
  let best: Possible | null = null;
  let [looked, legal] = [0, 0];
  for (const { operators, to: goal } of rankPositions(plan, from, to)) {
    if (looked++ >= MOST_PLACES || legal >= MOST_LEGAL) break;
    const next = attempt(movedWith(plan, operators, goal, true), goal);
    if ('refused' in next) continue;
    legal++;
    if (best === null || valueOf(next) < valueOf(best)) best = next;
  }
  if (best === null || valueOf(best) >= plan.judged.value * (1 - 1e-9)) return { refused: t('No place between stages {0} and {1} was found where the plan is faster than now.', from, to) };
  return best;
}
