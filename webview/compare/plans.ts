import './compare.css';
import { t } from '@vscode/l10n';
import type { PlanComparison, PlanFlow, PlanSide } from '../../src/shared/comparisonView';
import { formatSeconds } from '../../src/shared/format';
import { objectiveName } from '../../src/shared/planning';
import type { PlanView, StageView } from '../../src/shared/planView';
import { membersOfFlow } from '../../src/shared/reference';
import { button } from '../ui/components';
import { el, icon, link, type Child } from '../ui/dom';
import { figuresTable } from './figures';
import { flowView, type FlowEvents, type FlowView } from './flow/flowView';
import { headline, isSame, memoryText, movedText } from './words';

/** Operators that a row of the table names. */
const EXAMPLES = 3;

export interface PlansEvents extends FlowEvents {
  readonly onOperator: (id: string) => void;
  /** compare with another plan */
  readonly onOther: () => void;
  readonly onClose: () => void;
}

/** How the plan on view differs from another one: what it gains, both side by side, and everything once more as tables. */
export function plansCompared(view: PlanView, comparison: PlanComparison, tablesOpen: boolean, events: PlansEvents): FlowView & { readonly tablesOpen: () => boolean } {
  const { sides, differs } = comparison;
  const flow = flowView(comparison, events);
  const tables = el('details', { class: 'twin-tables' }, el('summary', {}, t('The same as tables')), stagesTable(comparison), flowsTable(view, comparison, events.onOperator));
  tables.open = tablesOpen;
  const element = el(
    'section', { class: 'plans', 'aria-label': t('Plans compared') },
    el(
      'div', { class: 'lead-in' },
      el('div', { class: 'said' }, el('p', { class: 'headline' }, headline(comparison)), el('p', { class: 'quiet' }, movedText(comparison))),
      el('div', { class: 'actions' }, button({ label: t('Compare with another …'), onClick: events.onOther }), button({ label: t('Close'), title: t('End the comparison'), onClick: events.onClose })),
    ),
    el(
      'div', { class: 'side-by-side' },
      el('div', { class: 'both' }, el('div', { class: 'flow-heads' }, head(sides[0], t('Other plan'), 'before', differs, fasterOf(comparison) === 0), head(sides[1], t('This plan'), 'now', differs, fasterOf(comparison) === 1)), flow.element),
      figuresTable(comparison),
    ),
    tables,
  );
  return { ...flow, element, tablesOpen: () => tables.open };
}

/** The side that takes less time; null where they take the same, or their times are of different things. */
function fasterOf({ sides: [a, b], differs }: PlanComparison): 0 | 1 | null {
  if (differs.includes('objective') || differs.includes('dimensions') || isSame(a.value, b.value)) return null;
  return a.value < b.value ? 0 : 1;
}

function head({ name, cluster, objective, value, optimal }: PlanSide, which: string, kind: string, differs: PlanComparison['differs'], faster: boolean): HTMLElement {
  const terms = [...(differs.includes('cluster') ? [cluster] : []), ...(differs.includes('objective') ? [objectiveName(objective)] : [])];
  return el(
    'div', { class: `flow-head ${kind}` },
    el(
      'div', {},
      el('span', { class: 'which' }, which),
      ...terms.map((term) => el('span', { class: 'quiet' }, term)),
      ...(optimal ? [el('span', { class: 'quiet' }, icon('verified-filled'), t('optimal'))] : []),
      ...(faster ? [el('span', { class: 'faster' }, icon('check'), t({ message: 'faster', comment: 'The plan that takes less time' }))] : []),
    ),
    el('div', {}, el('strong', { class: 'plan-name', title: name }, name), el('span', { class: 'value' }, formatSeconds(value))),
  );
}

const swatch = (stages: readonly StageView[], stage: number): HTMLElement => el('span', { class: `swatch stage-${stage % 8}` }, stages[stage]?.name ?? '–');

const place = (stages: readonly StageView[], stage: number): HTMLElement => el('span', { class: 'place' }, swatch(stages, stage), ` ${stages[stage]?.device ?? '–'}`);

/** Every block of the picture. */
function stagesTable({ sides }: PlanComparison): HTMLElement {
  const rows = sides.flatMap(({ stageViews }, side) =>
    stageViews.map((stage, index): Child[] => [
      side === 0 ? t('Other plan') : t('This plan'),
      place(stageViews, index),
      formatSeconds(stage.loadSeconds),
      formatSeconds(stage.computeSeconds),
      formatSeconds(stage.communicationSeconds),
      memoryText(stage),
      String(stage.operatorCount),
      stage.bottleneck && stageViews.length > 1 ? el('span', {}, icon('flame'), ` ${t('bottleneck')}`) : '',
    ]),
  );
  return table(t('Stages of both plans'), [t('Plan'), t('Stage'), t('Load'), t('Compute'), t('Transfers'), t('Memory'), t('Operators'), t({ message: 'Note', comment: 'Heading of a column of remarks' })], rows, new Set([2, 3, 4, 5, 6]));
}

/** Every band of the picture; what moved comes first. */
function flowsTable(view: PlanView, { flows, sides, stageBefore }: PlanComparison, onOperator: (id: string) => void): HTMLElement {
  const [other, now] = [sides[0].stageViews, sides[1].stageViews];
  const examples = (flow: PlanFlow): HTMLElement =>
    el('span', {}, ...membersOfFlow(view, stageBefore, flow).slice(0, EXAMPLES).flatMap((operator, i) => {
      const { id } = view.operators[operator]!;
      return [i === 0 ? '' : ', ', link(id, () => onOperator(id), t('Show {0}', id))];
    }));
  const sorted = [...flows].sort((a, b) => Number(b.moved) - Number(a.moved) || b.operators - a.operators);
  const rows = sorted.map((flow): Child[] => [flow.moved ? t({ message: 'moved', comment: 'Operators that are elsewhere than before' }) : t({ message: 'stays', comment: 'Operators that are where they were' }), place(other, flow.from), place(now, flow.to), String(flow.operators), flow.scope, flow.moved ? examples(flow) : '']);
  return table(t('What moved'), [t({ message: 'Change', comment: 'Whether operators moved or stay' }), t({ message: 'From', comment: 'Stage that operators were in' }), t({ message: 'To', comment: 'Stage that operators are in' }), t('Operators'), t('Scope'), t('Among them')], rows, new Set([3]));
}

function table(label: string, heads: readonly string[], rows: readonly (readonly Child[])[], numbers: ReadonlySet<number>): HTMLElement {
  const kind = (column: number): string => (numbers.has(column) ? 'number' : '');
  return el(
    'table', { class: 'methods', 'aria-label': label },
    el('thead', {}, el('tr', {}, ...heads.map((title, i) => el('th', { scope: 'col', class: kind(i) }, title)))),
    el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((cell, i) => (i === 0 ? el('th', { scope: 'row' }, cell) : el('td', { class: kind(i) }, cell)))))),
  );
}

