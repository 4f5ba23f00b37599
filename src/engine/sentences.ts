import { t } from '@vscode/l10n';
import type { Certificate, Objective } from '../placement/problem';
import { formatPercent } from '../shared/format';

/** What a certificate says, in one plain sentence. */
export function certificateSentence(certificate: Omit<Certificate, 'method'> & { readonly method?: string }, pins = 0, objective: Objective = 'throughput', servers = 1): string {
  const loose = certificate.method === 'integer' || certificate.method === 'local-search' || objective === 'latency';
  if (certificate.optimal) return loose ? bestOfAll(pins, servers) : bestContiguous(pins, servers);
  const { value, lowerBound } = certificate;
  if (!(lowerBound > 0)) return t('not proven: no lower bound is known');
  return within(formatPercent((value - lowerBound) / lowerBound), pins, servers);
}

/** The same of a plan that does not keep some of its pins: how good it is is then beside the point. */
export function brokenSentence(broken: number, pins: number): string {
  if (pins === 1) return t('not the plan that was asked for: its pin is not kept');
  return broken === 1 ? t('not the plan that was asked for: 1 of its {0} pins is not kept', pins) : t('not the plan that was asked for: {0} of its {1} pins are not kept', broken, pins);
}

function bestContiguous(pins: number, servers: number): string {
  if (servers > 1) {
    if (pins === 0) return t('optimal: no contiguous split of this graph that fills one server after the other is faster');
    return pins === 1
      ? t('optimal: no contiguous split of this graph that fills one server after the other and keeps the pin is faster')
      : t('optimal: no contiguous split of this graph that fills one server after the other and keeps the {0} pins is faster', pins);
  }
  if (pins === 0) return t('optimal: no contiguous split of this graph is faster');
  return pins === 1 ? t('optimal: no contiguous split of this graph that keeps the pin is faster') : t('optimal: no contiguous split of this graph that keeps the {0} pins is faster', pins);
}

function bestOfAll(pins: number, servers: number): string {
  if (servers > 1) {
    if (pins === 0) return t('optimal: no split of this graph that fills one server after the other is faster');
    return pins === 1
      ? t('optimal: no split of this graph that fills one server after the other and keeps the pin is faster')
      : t('optimal: no split of this graph that fills one server after the other and keeps the {0} pins is faster', pins);
  }
  if (pins === 0) return t('optimal: no split of this graph is faster');
  return pins === 1 ? t('optimal: no split of this graph that keeps the pin is faster') : t('optimal: no split of this graph that keeps the {0} pins is faster', pins);
}

function within(share: string, pins: number, servers: number): string {
  if (servers > 1) {
    if (pins === 0) return t('within {0} of the best possible that fills one server after the other', share);
    return pins === 1
      ? t('within {0} of the best possible that fills one server after the other and keeps the pin', share)
      : t('within {0} of the best possible that fills one server after the other and keeps the {1} pins', share, pins);
  }
  if (pins === 0) return t('within {0} of the best possible', share);
  return pins === 1 ? t('within {0} of the best possible that keeps the pin', share) : t('within {0} of the best possible that keeps the {1} pins', share, pins);
}
