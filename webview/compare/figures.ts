import { t } from '@vscode/l10n';
import type { PlanComparison, PlanSide } from '../../src/shared/comparisonView';
import { formatBytes, formatPercent, formatSeconds } from '../../src/shared/format';
import { el, icon } from '../ui/dom';
import { isSame } from './words';

/** One figure of both plans. */
export interface Figure {
  readonly label: string;
  /** null where it is not known */
  readonly values: readonly [number | null, number | null];
  readonly format: (value: number) => string;
  /** less of it is better; otherwise it is neither */
  readonly lessIsBetter: boolean;
  /** a share says more than the difference itself */
  readonly relative: boolean;
}

export function figuresOf({ sides }: PlanComparison): Figure[] {
  const of = (pick: (side: PlanSide) => number | null): [number | null, number | null] => [pick(sides[0]), pick(sides[1])];
  const count = { format: String, lessIsBetter: false, relative: false };
  const time = { format: formatSeconds, lessIsBetter: true, relative: true };
  const bytes = { format: formatBytes, lessIsBetter: true, relative: true };
  const pipelines = sides.every(({ value, maxLoadSeconds }) => isSame(value, maxLoadSeconds));
  return [
    // of a stream of samples the max-load is the time per sample: said once
    { label: pipelines ? t('Per sample (max-load)') : t('Per sample'), values: of(({ value }) => value), ...time },
    ...(pipelines ? [] : [{ label: t('Max-load'), values: of(({ maxLoadSeconds }) => maxLoadSeconds), ...time }]),
    { label: t('Stages'), values: of(({ stages }) => stages), ...count },
    { label: t('Cut tensors'), values: of(({ tensorsCut }) => tensorsCut), ...count },
    { label: t('Bytes cut'), values: of(({ bytesCut }) => bytesCut), ...bytes },
    { label: t('Fullest memory'), values: of(({ fullest }) => fullest.bytes), ...bytes },
  ];
}

/** "−12.0 %", "+3", "same" for what reads the same; what is not known has no difference. */
export function differenceText(figure: Figure): string {
  const { values: [a, b], format, relative } = figure;
  if (a === null || b === null) return '';
  if (readsSame(figure)) return t({ message: 'same', comment: 'Two numbers that do not differ' });
  const sign = b > a ? '+' : '−';
  return relative && a > 0 ? `${sign}${formatPercent(Math.abs(b / a - 1))}` : `${sign}${format(Math.abs(b - a))}`;
}

const readsSame = ({ values: [a, b], format }: Figure): boolean => a === b || (a !== null && b !== null && format(a) === format(b));

/** Whether the plan on view is better in it; null where that is no question. */
export function isBetter(figure: Figure): boolean | null {
  const { values: [a, b], lessIsBetter } = figure;
  return !lessIsBetter || a === null || b === null || readsSame(figure) ? null : b < a;
}

/** Both plans in figures, and their difference. */
export function figuresTable(comparison: PlanComparison): HTMLElement {
  const heads = [t({ message: 'Figure', comment: 'A number that describes a plan' }), t('Other plan'), t('This plan'), t('Difference')];
  return el(
    'table', { class: 'figures', 'aria-label': t('Both plans in figures') },
    el('thead', {}, el('tr', {}, ...heads.map((head, i) => el('th', { scope: 'col', class: i === 0 ? '' : 'number' }, i === 0 ? el('span', { class: 'spoken' }, head) : head)))),
    el('tbody', {}, ...figuresOf(comparison).map(row)),
  );
}

function row(figure: Figure): HTMLElement {
  const text = (value: number | null): string => (value === null ? t('unknown') : figure.format(value));
  const better = isBetter(figure);
  const mark = better === null ? null : better ? el('span', { class: 'better' }, icon('arrow-down'), el('span', { class: 'spoken' }, t({ message: 'better', comment: 'A number that is better than the other plan has' }))) : el('span', { class: 'worse' }, icon('arrow-up'), el('span', { class: 'spoken' }, t({ message: 'worse', comment: 'A number that is worse than the other plan has' })));
  return el(
    'tr', {},
    el('th', { scope: 'row' }, figure.label),
    el('td', { class: 'number' }, text(figure.values[0])),
    el('td', { class: 'number' }, text(figure.values[1])),
    el('td', { class: 'number difference' }, differenceText(figure), el('span', { class: 'mark' }, mark)),
  );
}
