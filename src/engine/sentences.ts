import type { Certificate, Objective } from '../placement/problem';
import { formatPercent } from '../shared/format';

/** What a certificate says, in one plain sentence. */
export function certificateSentence(certificate: Omit<Certificate, 'method'> & { readonly method?: string }, pins = 0, objective: Objective = 'throughput', servers = 1): string {
  const inTurn = servers > 1 ? ' that fills one server after the other' : '';
  const pinned = `${inTurn}${pins === 0 ? '' : `${servers > 1 ? ' and' : ' that'} keeps the ${pins === 1 ? 'pin' : `${pins} pins`}`}`;
  const kind = certificate.method === 'integer' || certificate.method === 'local-search' || objective === 'latency' ? '' : 'contiguous ';
  if (certificate.optimal) return `optimal: no ${kind}split of this graph${pinned} is faster`;
  const { value, lowerBound } = certificate;
  if (!(lowerBound > 0)) return 'not proven: no lower bound is known';
  return `within ${formatPercent((value - lowerBound) / lowerBound)} of the best possible${pinned}`;
}

/** "1 operator", "3 operators" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
