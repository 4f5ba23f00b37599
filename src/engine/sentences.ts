import type { Certificate, Objective } from '../placement/problem';
import { formatPercent } from '../shared/format';

/** What a certificate says, in one plain sentence. */
export function certificateSentence(certificate: Omit<Certificate, 'method'> & { readonly method?: string }, pins = 0, objective: Objective = 'throughput'): string {
  const pinned = pins === 0 ? '' : pins === 1 ? ' that keeps the pin' : ` that keeps the ${pins} pins`;
  const kind = certificate.method === 'integer' || objective === 'latency' ? '' : 'contiguous ';
  if (certificate.optimal) return `optimal: no ${kind}split of this graph${pinned} is faster`;
  const { value, lowerBound } = certificate;
  if (!(lowerBound > 0)) return 'not proven: no lower bound is known';
  return `within ${formatPercent((value - lowerBound) / lowerBound)} of the best possible${pinned}`;
}

/** "1 operator", "3 operators" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
