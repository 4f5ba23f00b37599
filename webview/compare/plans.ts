import { t } from '@vscode/l10n';
import { gainSentence, type PlanComparison, type PlanSide } from '../../src/shared/comparisonView';
import { formatSeconds } from '../../src/shared/format';
import { objectiveName } from '../../src/shared/planning';
import { button } from '../ui/components';
import { el, link } from '../ui/dom';

/** Ways that operators moved, as many as are read. */
const MOST_MOVES = 20;

/** How the plan on view differs from an earlier one: the times of both, what it gains, and what moved where. */
export function plansCompared(comparison: PlanComparison, onOperator: (id: string) => void, onClose: () => void): HTMLElement {
  const { sides, moves } = comparison;
  const more = moves.length - MOST_MOVES;
  return el(
    'section', { class: 'plans', 'aria-label': t('Plans compared') },
    el('div', { class: 'lead-in' }, el('p', {}, gainSentence(comparison)), button({ label: t('Close'), onClick: onClose })),
    table(t('Values'), [t('Plan'), t('Cluster'), t('Objective'), t('Per sample'), t('Stages'), t('Cut tensors')], sides.map(sideCells), new Set([3, 4, 5])),
    ...(moves.length === 0
      ? []
      : [
          table(
            t('What moved'), [t({ message: 'From', comment: 'Device that operators left' }), t({ message: 'To', comment: 'Device that operators went to' }), t('Operators'), t('Scope'), t('Among them')],
            moves.slice(0, MOST_MOVES).map(({ from, to, operators, scope, examples }) => [from, to, String(operators), scope, el('span', {}, ...examples.flatMap((id, i) => [i === 0 ? '' : ', ', link(id, () => onOperator(id), t('Show {0}', id))]))]),
            new Set([2]),
          ),
        ]),
    ...(more > 0 ? [el('p', { class: 'quiet' }, more === 1 ? t('… and 1 more way') : t('… and {0} more ways', more))] : []),
  );
}

const sideCells = ({ name, cluster, objective, value, optimal, stages, tensorsCut }: PlanSide): string[] => [name, cluster, objectiveName(objective), optimal ? t('{0}, optimal', formatSeconds(value)) : formatSeconds(value), String(stages), String(tensorsCut)];

function table(label: string, heads: readonly string[], rows: readonly (readonly (string | HTMLElement)[])[], numbers: ReadonlySet<number>): HTMLElement {
  const kind = (column: number): string => (numbers.has(column) ? 'number' : '');
  return el(
    'table', { class: 'methods', 'aria-label': label },
    el('thead', {}, el('tr', {}, ...heads.map((title, i) => el('th', { scope: 'col', class: kind(i) }, title)))),
    el('tbody', {}, ...rows.map((cells) => el('tr', {}, ...cells.map((cell, i) => (i === 0 ? el('th', { scope: 'row' }, cell) : el('td', { class: kind(i) }, cell)))))),
  );
}
