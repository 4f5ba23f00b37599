import { t } from '@vscode/l10n';
import { basename } from 'node:path';
import { chromeTrace } from '../schedule/chromeTrace';
import type { Control } from '../shared/progress';
import { UserError } from '../shared/userError';
import { openPlacement } from './openPlacement';
import type { Planned } from './planned';
import { timelineOf, type PlanTimeline, type TimelineRequest } from './timeline';

/**
 * Reads a placement and runs its plan by a schedule.
 *
 * @param text the file's content where it is not what is on the disk
 * @throws UserError if the placement does not fit its model or the schedule the plan; CancelledError
 */
export function planTimeline(sidecarPath: string, request: TimelineRequest, control: Control, text?: string): PlanTimeline & { readonly modelName: string } {
  const { planned, modelPath } = openPlacement(sidecarPath, control, text);
  return { ...timelineOf(plannedOrStale(planned, sidecarPath), request), modelName: basename(modelPath) };
}

/** @throws UserError if the plan is older than its model */
export function plannedOrStale(planned: Planned | null | undefined, sidecarPath: string): Planned {
  if (!planned) throw new UserError(basename(sidecarPath), t('is older than its model.'), t('Partition the model again.'));
  return planned;
}

/** A plan's timeline as Chrome trace JSON. @throws UserError as `planTimeline` */
export function planTrace(sidecarPath: string, request: TimelineRequest, control: Control, text?: string): string {
  const { timeline, modelName } = planTimeline(sidecarPath, request, control, text);
  return chromeTrace(timeline, modelName);
}
