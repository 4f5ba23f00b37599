import { t } from '@vscode/l10n';
import { comparisonOf, gapOf, type MethodComparison, type MethodRow } from '../../src/shared/comparisonView';
import { formatPercent, formatSeconds } from '../../src/shared/format';
import type { State } from '../state';
import { button, progressRing } from '../ui/components';
import type { FlowMark } from './flow/flowView';
import { plansCompared } from './plans';
import { bar } from '../stages/bars';
import { el, icon, link } from '../ui/dom';

export interface CompareEvents {
  readonly onCompare: () => void;
  /** plans by this method */
  readonly onChoose: (method: string) => void;
  /** compares the plan on view with what this method makes of its problem; null: with what the user chooses */
  readonly onComparePlan: (method: string | null) => void;
  readonly onOperator: (id: string) => void;
  readonly onStage: (stage: number) => void;
  readonly onMark: (which: FlowMark | null) => void;
  readonly onClosePlans: () => void;
}

export interface ComparePane {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
  /** pixels that two plans side by side take; 0 while none are compared */
  readonly plansHeight: () => number;
}

/** The plan on view held against another one, and what every method makes of its problem: the answer to "is this really better?". */
export function methodTable(events: CompareEvents): ComparePane {
  const plansPart = el('div');
  const methodsPart = el('div');
  const element = el('div', { class: 'compare' }, plansPart, methodsPart);
  let shown: State['comparison'] | undefined;
  let shownPlans: State['planComparison'] | undefined;
  let plans: ReturnType<typeof plansCompared> | null = null;
  const update = ({ view, comparison, planComparison }: State): void => {
    if (planComparison !== shownPlans) {
      shownPlans = planComparison;
      const tablesOpen = plans?.tablesOpen() ?? false;
      plans?.dispose();
      plans = planComparison === null || view === null ? null : plansCompared(view, planComparison, tablesOpen, { ...events, onOther: () => events.onComparePlan(null), onClose: events.onClosePlans });
      plansPart.replaceChildren(plans?.element ?? noPlans(events));
    }
    if (comparison === shown) return;
    shown = comparison;
    const { rows, running } = comparison;
    methodsPart.replaceChildren(
      el(
        'div', { class: 'lead-in' },
        el('p', { class: 'quiet' }, rows.length === 0 ? t('Solves the same problem by every method, baselines included, each for a limited time.') : bounds(comparison.rows, comparison.objective)),
        running === null ? button({ label: rows.length === 0 ? t('Compare methods') : t('Compare again'), onClick: events.onCompare }) : el('span', { class: 'running', role: 'status' }, progressRing(), running),
      ),
      ...(rows.length === 0 ? [] : [tableOf(comparison, events)]),
    );
  };
  return { element, update, plansHeight: () => (plans === null ? 0 : plansPart.scrollHeight) };
}

const noPlans = ({ onComparePlan }: CompareEvents): HTMLElement =>
  el(
    'div', { class: 'lead-in no-plans' },
    el('p', { class: 'quiet' }, t('Shows this plan side by side with the last commit, another file, a baseline, the best plan on another cluster, or itself before it was edited.')),
    button({ label: t('Compare this plan with …'), onClick: () => onComparePlan(null) }),
  );

function bounds(rows: readonly MethodRow[], objective: string): string {
  const { bound, contiguousBound } = comparisonOf(objective, rows);
  if (bound > 0) return t('No pipeline is below {0}; no split at all below {1}.', formatSeconds(contiguousBound), formatSeconds(bound));
  return contiguousBound > 0 ? t('No pipeline is below {0}.', formatSeconds(contiguousBound)) : t('No bound is known.');
}

function tableOf({ rows, objective }: State['comparison'], events: CompareEvents): HTMLElement {
  const comparison = comparisonOf(objective, rows);
  const sorted = [...rows].sort((a, b) => (a.value ?? Infinity) - (b.value ?? Infinity));
  const worst = Math.max(1e-30, ...rows.map(({ value }) => value ?? 0));
  const heads = [t('Method'), t('Per sample'), t('Above the best possible'), t('Devices'), t('Solved in'), t('Plan')];
  return el(
    'table', { class: 'methods', 'aria-label': t('Methods compared') },
    el('thead', {}, el('tr', {}, ...heads.map((title, i) => el('th', { scope: 'col', class: i === 0 || i === 5 ? '' : 'number' }, title)))),
    el('tbody', {}, ...sorted.map((row) => rowOf(row, comparison, worst, events))),
  );
}

function rowOf(row: MethodRow, comparison: MethodComparison, worst: number, events: CompareEvents): HTMLElement {
  const gap = gapOf(row, comparison);
  const share = (row.value ?? 0) / worst;
  return el(
    'tr', { class: row.value === null ? 'without' : '' },
    el('th', { scope: 'row' }, row.method),
    el('td', { class: 'number' }, row.value === null ? '–' : el('span', { class: 'barred' }, bar([{ share, kind: 'solid quiet' }]), formatSeconds(row.value))),
    el('td', { class: 'number' }, row.value === null ? '' : row.optimal ? el('span', {}, icon('verified-filled'), ' ', t('optimal')) : gap === null ? t('unknown') : formatPercent(gap)),
    el('td', { class: 'number' }, row.value === null ? '' : String(row.devices)),
    el('td', { class: 'number' }, formatSeconds(row.seconds)),
    el('td', {}, row.value === null ? el('span', { class: 'quiet' }, row.problem) : row.contiguous ? uses(row.method, events) : el('span', { class: 'quiet' }, t('not a pipeline'))),
  );
}

const uses = (method: string, { onChoose, onComparePlan }: CompareEvents): HTMLElement =>
  el(
    'span', { class: 'uses' },
    link(t({ message: 'Use', comment: 'Link: plans by the method of this row' }), () => onChoose(method), t('Plan by {0}', method)),
    link(t({ message: 'Compare', comment: 'Link: the plan on view with the one by the method of this row' }), () => onComparePlan(method), t('Compare this plan with the one by {0}', method)),
  );
