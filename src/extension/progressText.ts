import { formatPercent, formatSeconds } from '../shared/format';
import type { Progress } from '../shared/progress';

/** "program over ideals, 40 % · best so far 1.37 ms, within 1.8 % of the best possible" */
export function progressText({ phase, fraction, incumbent, lowerBound }: Progress): string {
  const doing = fraction === undefined ? phase : `${phase}, ${Math.floor(fraction * 100)} %`;
  if (incumbent === undefined || !Number.isFinite(incumbent)) return doing;
  const best = `${doing} · best so far ${formatSeconds(incumbent)}`;
  if (lowerBound === undefined || !(lowerBound > 0)) return best;
  return `${best}, within ${formatPercent(Math.max(0, incumbent - lowerBound) / lowerBound)} of the best possible`;
}
