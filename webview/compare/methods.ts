import { t } from '@vscode/l10n';
import { comparisonOf, gapOf, type MethodComparison, type MethodRow } from '../../src/shared/comparisonView';
import { formatPercent, formatSeconds } from '../../src/shared/format';
import type { State } from '../state';
import { button, progressRing } from '../ui/components';
import { plansCompared } from './plans';
import { bar } from '../stages/bars';
import { el, icon, link } from '../ui/dom';

export interface CompareEvents {
  readonly onCompare: () => void;
  /** plans by this method */
  readonly onChoose: (method: string) => void;
  readonly onOperator: (id: string) => void;
  readonly onClosePlans: () => void;
}

/** What every method makes of the problem on view: the answer to "is this really better?". */
export function methodTable({ onCompare, onChoose, onOperator, onClosePlans }: CompareEvents): { readonly element: HTMLElement; readonly update: (state: State) => void } {
  const element = el('div', { class: 'compare' });
  let shown: State['comparison'] | undefined;
  let shownPlans: State['planComparison'] = null;
  const update = ({ comparison, planComparison }: State): void => {
    if (comparison === shown && planComparison === shownPlans) return;
    shown = comparison;
    shownPlans = planComparison;
    const { rows, running } = comparison;
    element.replaceChildren(
      ...(planComparison === null ? [] : [plansCompared(planComparison, onOperator, onClosePlans)]),
      el(
        'div', { class: 'lead-in' },
        el('p', { class: 'quiet' }, rows.length === 0 ? t('Solves the same problem by every method, baselines included, each for a limited time.') : bounds(comparison.rows, comparison.objective)),
        running === null ? button({ label: rows.length === 0 ? t('Compare methods') : t('Compare again'), onClick: onCompare }) : el('span', { class: 'running', role: 'status' }, progressRing(), running),
      ),
      ...(rows.length === 0 ? [] : [tableOf(comparison, onChoose)]),
    );
  };
  return { element, update };
}

function bounds(rows: readonly MethodRow[], objective: string): string {
  const { bound, contiguousBound } = comparisonOf(objective, rows);
  if (bound > 0) return t('No pipeline is below {0}; no split at all below {1}.', formatSeconds(contiguousBound), formatSeconds(bound));
  return contiguousBound > 0 ? t('No pipeline is below {0}.', formatSeconds(contiguousBound)) : t('No bound is known.');
}

function tableOf({ rows, objective }: State['comparison'], onChoose: (method: string) => void): HTMLElement {
  const comparison = comparisonOf(objective, rows);
  const sorted = [...rows].sort((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity));
  const worst = Math.max(1e-30, ...rows.map(({ value }) => value ?? 0));
  const heads = [t('Method'), t('Per sample'), t('Above the best possible'), t('Devices'), t('Solved in'), t('Plan')];
  return el(
    'table', { class: 'methods', 'aria-label': t('Methods compared') },
    el('thead', {}, el('tr', {}, ...heads.map((title, i) => el('th', { scope: 'col', class: i === 0 || i === 5 ? '' : 'number' }, title)))),
    el('tbody', {}, ...sorted.map((row) => rowOf(row, comparison, worst, onChoose))),
  );
}

function rowOf(row: MethodRow, comparison: MethodComparison, worst: number, onChoose: (method: string) => void): HTMLElement {
  const gap = gapOf(row, comparison);
  const share = (row.value ?? 0) / worst;
  return el(
    'tr', { class: row.value === null ? 'without' : '' },
    el('th', { scope: 'row' }, row.method),
    el('td', { class: 'number' }, row.value === null ? '–' : el('span', { class: 'barred' }, bar([{ share, kind: 'solid quiet' }]), formatSeconds(row.value))),
    el('td', { class: 'number' }, row.value === null ? '' : row.optimal ? el('span', {}, icon('verified-filled'), ' ', t('optimal')) : gap === null ? t('unknown') : formatPercent(gap)),
    el('td', { class: 'number' }, row.value === null ? '' : String(row.devices)),
    el('td', { class: 'number' }, formatSeconds(row.seconds)),
    el('td', {}, row.value === null ? el('span', { class: 'quiet' }, row.problem) : row.contiguous ? link(t({ message: 'Use', comment: 'Link: plans by the method of this row' }), () => onChoose(row.method), t('Plan by {0}', row.method)) : el('span', { class: 'quiet' }, t('not a pipeline'))),
  );
}
