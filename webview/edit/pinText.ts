import { t } from '@vscode/l10n';
import { sameTarget } from '../../src/shared/planEdits';
import type { PinView, PlanView } from '../../src/shared/planView';

/** Where an operator is pinned, and whether this plan has it there: a line by itself. */
export function pinText({ to, kept }: PinView): string {
  if ('stage' in to) return kept ? t('Pinned to stage {0}', to.stage) : t('Pinned to stage {0}, not kept by this plan', to.stage);
  return kept ? t('Pinned to {0}', to.device) : t('Pinned to {0}, not kept by this plan', to.device);
}

/** The same as one part of what is said of an operator. */
export function spokenPin({ to, kept }: PinView): string {
  if ('stage' in to) return kept ? t('pinned to stage {0}', to.stage) : t('pinned to stage {0}, which this plan does not keep', to.stage);
  return kept ? t('pinned to {0}', to.device) : t('pinned to {0}, which this plan does not keep', to.device);
}

/** How many pins a plan does not keep, and which, in one sentence; '' if it keeps all. */
export function brokenPinsText({ plan, operators }: PlanView): string {
  const broken = plan?.pins?.filter(({ kept }) => !kept) ?? [];
  const [first] = broken;
  if (first === undefined) return '';
  const { name, id } = operators[first.operator]!;
  const { to } = first;
  if (broken.length === 1) return 'stage' in to ? t('The pin of “{0}” to stage {1} is not kept by this plan.', name || id, to.stage) : t('The pin of “{0}” to {1} is not kept by this plan.', name || id, to.device);
  if (!broken.every((other) => sameTarget(other.to, to))) return t('{0} pins are not kept by this plan.', broken.length);
  return 'stage' in to ? t('{0} pins to stage {1} are not kept by this plan.', broken.length, to.stage) : t('{0} pins to {1} are not kept by this plan.', broken.length, to.device);
}
