import type { PlanEdit } from '../shared/planEdits';
import type { Control } from '../shared/progress';
import { editPlacement, type EditTrail } from './editPlacement';
import { timelineView } from './timeline';

/** Steps after which what they run is compiled for speed, and how long they may take on a large model, ms. */
const STEPS = 16;
const MOST_MILLISECONDS = 400;

/**
 * Moves cuts of a plan and forgets that. On a model of ten thousand operators the first edits of a process take several times as long as those
 * after them, since their code has only just been read; with this, the first that somebody makes is as fast as the next. Ends when it is asked to stop.
 *
 * @param edits steps that led to the plan on view
 */
export function rehearseEdits(trail: EditTrail, edits: readonly PlanEdit[], control: Control): void {
  const { planned } = trail.start;
  const cuts = planned.placement!.order.length - 1;
  const end = performance.now() + MOST_MILLISECONDS;
  for (let step = 0; step < STEPS && performance.now() < end && !control.stopRequested?.() && !control.cancelled(); step++) {
    const from = step % Math.max(1, cuts);
    // the trail itself keeps the steps that were taken
    const edited = editPlacement({ ...trail, steps: [...trail.steps] }, edits, { from, to: from + 1, step: step % 2 === 0 ? 'later' : 'earlier' });
    if (!('refused' in edited) && planned.objective !== 'latency') timelineView(edited.planned, {});
  }
}
