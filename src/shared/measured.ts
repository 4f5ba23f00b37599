import { t } from '@vscode/l10n';
import { formatPercent } from './format';
import type { PlanView } from './planView';

/** Whole percents, rounded down: what is not everything is never called so. */
const wholePercent = (share: number): string => (share >= 0.01 ? `${Math.floor(share * 100)} %` : formatPercent(share));

/** "measured 98 % of the operators on AMD EPYC 7763 (cpu)" */
export function measuredSentence({ operators, of, device, deviceClass }: NonNullable<PlanView['measured']>): string {
  const where = device === deviceClass ? device : `${device} (${deviceClass})`;
  return operators === of ? t('measured all of the operators on {0}', where) : t('measured {0} of the operators on {1}', wholePercent(operators / of), where);
}
