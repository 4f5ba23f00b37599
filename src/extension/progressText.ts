import { t } from '@vscode/l10n';
import { formatPercent, formatSeconds } from '../shared/format';
import type { Progress } from '../shared/progress';

/** "program over ideals, 40 % · best so far 1.37 ms, within 1.8 % of the best possible" */
export function progressText({ phase, fraction, incumbent, lowerBound }: Progress): string {
  const doing = fraction === undefined ? phase : `${phase}, ${Math.floor(fraction * 100)} %`;
  if (incumbent === undefined || !Number.isFinite(incumbent)) return doing;
  const best = formatSeconds(incumbent);
  if (lowerBound === undefined || !(lowerBound > 0)) return `${doing} · ${t({ message: 'best so far {0}', args: [best], comment: 'A time' })}`;
  const share = formatPercent(Math.max(0, incumbent - lowerBound) / lowerBound);
  return `${doing} · ${t({ message: 'best so far {0}, within {1} of the best possible', args: [best, share], comment: 'A time, and a percentage' })}`;
}
