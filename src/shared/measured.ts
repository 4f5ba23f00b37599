import { formatPercent } from './format';
import type { PlanView } from './planView';

/** "measured 98 % of the operators on AMD EPYC 7763 (cpu)" */
export const measuredSentence = ({ operators, of, device, deviceClass }: NonNullable<PlanView['measured']>): string =>
  `measured ${operators === of ? 'all' : formatPercent(operators / Math.max(1, of))} of the operators on ${device}${device === deviceClass ? '' : ` (${deviceClass})`}`;
