import { formatPercent } from './format';
import type { PlanView } from './planView';

/** Whole percents, rounded down: what is not everything is never called so. */
const wholePercent = (share: number): string => (share === 1 ? 'all' : share >= 0.01 ? `${Math.floor(share * 100)} %` : formatPercent(share));

/** "measured 98 % of the operators on AMD EPYC 7763 (cpu)" */
export const measuredSentence = ({ operators, of, device, deviceClass }: NonNullable<PlanView['measured']>): string =>
  `measured ${wholePercent(operators === of ? 1 : operators / of)} of the operators on ${device}${device === deviceClass ? '' : ` (${deviceClass})`}`;
