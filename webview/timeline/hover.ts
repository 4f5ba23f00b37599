import { t } from '@vscode/l10n';
import type { placeAt } from './geometry';
import { sliceAt } from './rows';
import type { TimelineScene } from './scene';
import { bubbleText, memoryText, timesOf, titleOf } from './speak';
import type { TimeWindow } from './timeWindow';

/** What a card says of what lies under the pointer; null where there is nothing to say. */
export function cardAt({ view, rows, trains }: TimelineScene, window: TimeWindow, place: ReturnType<typeof placeAt>): readonly string[] | null {
  if (place === null || place.x < 0 || place.band === null) return null;
  const { device, lanes } = rows[place.row]!;
  const moment = window.from + place.x / window.perSecond;
  if (moment > view.totalSeconds) return null;
  if (place.band === 'memory') return memoryText(device, moment);
  const slice = sliceAt(device.slices, lanes[place.band], moment);
  if (slice >= 0) return [titleOf(device, slice, trains), t('stage {0} on {1}', device.slices.stage[slice]!, device.name), timesOf(device, slice)];
  const { start, seconds } = device.bubbles;
  const bubble = place.band === 'work' ? start.findIndex((from, i) => from <= moment && moment < from + seconds[i]!) : -1;
  return bubble < 0 ? null : bubbleText(device, bubble);
}
