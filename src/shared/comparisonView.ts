import { t } from '@vscode/l10n';
import { formatPercent, formatWhole } from './format';
import type { StageView } from './planView';

/** What comparing gives, as tables and panels show it. Plain data; times are seconds per sample, or an instance's own unit. */

/** What one method makes of a problem. */
export interface MethodRow {
  readonly method: string;
  /** null if it found no placement: then `problem` says why */
  readonly value: number | null;
  /** nothing of the kind that the method looks for is below this; null without a value */
  readonly lowerBound: number | null;
  readonly optimal: boolean;
  /** false: the placement is no pipeline as it is */
  readonly contiguous: boolean;
  /** devices in use */
  readonly devices: number;
  readonly seconds: number;
  /** why there is no value; '' if there is one */
  readonly problem: string;
}

export interface MethodComparison {
  readonly objective: string;
  readonly rows: readonly MethodRow[];
  /** the best proven bound of contiguous placements, and of all; 0 if none is known */
  readonly contiguousBound: number;
  readonly bound: number;
}

/** How far a row's value is above the best bound for its kind, as a ratio minus one; null where no bound is known. */
export function gapOf(row: MethodRow, { contiguousBound, bound }: Pick<MethodComparison, 'contiguousBound' | 'bound'>): number | null {
  const floor = row.contiguous ? contiguousBound : bound;
  return row.value === null || floor <= 0 ? null : Math.max(0, row.value / floor - 1);
}

/** Puts the rows together: a bound on all placements holds for contiguous ones too. */
export function comparisonOf(objective: string, rows: readonly MethodRow[]): MethodComparison {
  const best = (wanted: (row: MethodRow) => boolean): number => rows.reduce((most, row) => (row.lowerBound !== null && wanted(row) ? Math.max(most, row.lowerBound) : most), 0);
  const bound = best((row) => !row.contiguous);
  return { objective, rows, bound, contiguousBound: Math.max(bound, best((row) => row.contiguous)) };
}

/** How two plans of one model differ. */
export interface PlanComparison {
  readonly modelName: string;
  readonly sides: readonly [PlanSide, PlanSide];
  /** operators on another device, or in another stage where devices cannot be told to be the same; by where they went */
  readonly moves: readonly PlanMove[];
  /** ids of all operators that moved */
  readonly moved: readonly string[];
  readonly sameCluster: boolean;
  /** how it is told whether an operator moved: by its device, or by its stage's number where the clusters have other kinds of devices */
  readonly movedBy: 'device' | 'stage';
  /** in what the two problems differ */
  readonly differs: readonly ('cluster' | 'objective' | 'dimensions')[];
  /** each operator's stage in the first plan, by its index in the view of either; -1 for what has no place of its own */
  readonly stageBefore: readonly number[];
  /** the same summed up, by stage of the first plan, then of the second */
  readonly flows: readonly PlanFlow[];
  /** the second plan's value on the first one's cluster, for its objective and dimensions; null where it cannot be had: then `incomparable` says why */
  readonly secondOnFirst: number | null;
  readonly incomparable: string;
}

/** The operators that are in one stage of the first plan and in one of the second. */
export interface PlanFlow {
  /** stages of the first and of the second plan */
  readonly from: number;
  readonly to: number;
  readonly operators: number;
  readonly moved: boolean;
  /** the longest scope that their names share, or '' */
  readonly scope: string;
  /** what they take in the first plan and in the second; what is not known counts as nothing */
  readonly seconds: readonly [number, number];
}

export interface PlanSide {
  readonly name: string;
  readonly cluster: string;
  readonly objective: string;
  /** recomputed with the model and the cost model as they are now */
  readonly value: number;
  readonly lowerBound: number;
  readonly optimal: boolean;
  readonly stages: number;
  readonly tensorsCut: number;
  /** bytes of the tensors that cross stages, each once; null if one of them has an unknown size */
  readonly bytesCut: number | null;
  /** load of the busiest stage */
  readonly maxLoadSeconds: number;
  /** the stage whose device has the least memory left: by share of what it has, or by bytes where a device is unbounded */
  readonly fullest: { readonly device: string; readonly bytes: number; readonly capacityBytes: number | null };
  readonly stageViews: readonly StageView[];
}

/** What the second plan gains over the first, on the same terms, in a sentence or two. */
export function gainSentence({ sides: [a], secondOnFirst, incomparable, moved, movedBy, sameCluster }: PlanComparison): string {
  return `${timeSentence(a.value, secondOnFirst, incomparable)} ${movesSentence(moved.length, sameCluster ? null : movedBy)}`;
}

function timeSentence(first: number, secondOnFirst: number | null, incomparable: string): string {
  if (secondOnFirst === null) return t({ message: 'The times are of different things: {0}.', args: [incomparable], comment: 'What is filled in is the reason' });
  if (Math.abs(secondOnFirst - first) <= 1e-9 * first) return t('Both take the same time.');
  const share = formatPercent(Math.abs(secondOnFirst / first - 1));
  return secondOnFirst < first
    ? t({ message: 'The second takes {0} less time per sample.', args: [share], comment: 'The second plan; a percentage' })
    : t({ message: 'The second takes {0} more time per sample.', args: [share], comment: 'The second plan; a percentage' });
}

/** @param by how that is told where the clusters differ; null where they are the same */
function movesSentence(moved: number, by: PlanComparison['movedBy'] | null): string {
  if (moved === 0) return t('No operator moved.');
  if (by === null) return moved === 1 ? t('1 operator moved.') : t('{0} operators moved.', formatWhole(moved));
  if (by === 'stage') {
    return moved === 1
      ? t('1 operator moved (stages are compared by number, as the clusters have other devices).')
      : t('{0} operators moved (stages are compared by number, as the clusters have other devices).', formatWhole(moved));
  }
  return moved === 1
    ? t('1 operator moved (devices are compared by class and position, as the clusters differ).')
    : t('{0} operators moved (devices are compared by class and position, as the clusters differ).', formatWhole(moved));
}

export interface PlanMove {
  readonly from: string;
  readonly to: string;
  readonly operators: number;
  /** where most of them are: the longest scope that their names share, or '' */
  readonly scope: string;
  /** the first few ids */
  readonly examples: readonly string[];
}
