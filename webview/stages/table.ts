import { t } from '@vscode/l10n';
import type { FidelityView } from '../../src/shared/fidelityView';
import { formatBytes, formatSeconds, formatWhole } from '../../src/shared/format';
import type { PlanView, StageView } from '../../src/shared/planView';
import type { State } from '../state';
import { el, icon } from '../ui/dom';
import { bar } from './bars';
import { measuredCell, measuredText } from './measured';

export interface StageTable {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
}

const columns = (): readonly { readonly title: string; readonly className: string; readonly hint?: string; readonly span?: number }[] => [
  { title: t('Stage'), className: 'stage' },
  { title: t('Load per sample'), className: 'load', hint: t('compute, then transfers (hatched); all bars on one scale') },
  { title: t({ message: 'Compute', comment: 'Time that is computed' }), className: 'number compute' },
  { title: t('Transfers'), className: 'number transfers' },
  { title: t({ message: 'Measured', comment: 'Time that was measured' }), className: 'number measured', hint: t('computing and handing over on this machine, and how far that is from the load') },
  { title: t('Memory'), className: 'memory', span: 2, hint: t('weights, then activations (hatched), of the device’s capacity') },
  { title: t('Operators'), className: 'number operators' },
  { title: t({ message: 'Mostly', comment: 'The types of operators that a stage spends most of its time with' }), className: 'heaviest' },
];

/**
 * One row for each stage, so that loads can be compared at a glance. A click selects the stage and shows it.
 *
 * @param onCutMenu opens the menu of the cut after a stage; pixels of the window. @returns false if there is none
 */
export function stageTable(onSelect: (stage: number) => void, onCutMenu: (stage: number, x: number, y: number) => boolean): StageTable {
  const body = el('tbody');
  const table = el(
    'table', { class: 'stages', 'aria-label': t('Stages') },
    el('thead', {}, el('tr', {}, ...columns().map(({ title, className, hint, span }) => el('th', { class: className, scope: 'col', ...(hint === undefined ? {} : { title: hint }), ...(span === undefined ? {} : { colspan: String(span) }) }, title)))),
    body,
  );
  const none = el(
    'div', { class: 'no-plan' },
    el('p', {}, el('strong', {}, t('No plan yet.')), ' ', t('Partition the model to see which device runs what, and how fast.')),
  );
  const measured = el('div', { class: 'measured-text', role: 'status' });
  const element = el('div', {}, table, measured, none);
  let shown: PlanView | null = null;
  let shownFidelity: FidelityView | null = null;

  const update = (state: State): void => {
    const stages = state.view?.plan?.stages ?? [];
    table.hidden = stages.length === 0;
    none.hidden = state.view === null || state.view.plan !== null;
    if (state.view !== shown || state.fidelity !== shownFidelity) {
      shown = state.view;
      shownFidelity = state.fidelity;
      table.classList.toggle('has-measured', state.fidelity !== null);
      measured.replaceChildren(...(state.fidelity === null ? [] : measuredText(state.fidelity)));
      const longest = Math.max(1e-12, ...stages.map((stage) => stage.loadSeconds));
      const focused = [...body.querySelectorAll('button')].indexOf(document.activeElement as HTMLButtonElement);
      const fresh = state.view?.plan?.stale === null;
      body.replaceChildren(...stages.map((stage, index) => row(stage, index, longest, stages.length > 1, state.fidelity, onSelect, fresh && index + 1 < stages.length ? onCutMenu : null)));
      // what is replaced may hold the focus: it stays in its place
      body.querySelectorAll('button')[focused]?.focus({ preventScroll: true });
    }
    [...body.children].forEach((child, index) => {
      const selected = state.selection?.kind === 'stage' && state.selection.index === index;
      const holds = state.selection?.kind === 'operator' && state.view?.operators[state.selection.index]?.stage === index;
      child.classList.toggle('selected', selected);
      child.classList.toggle('holds', holds);
      child.querySelector('button')?.setAttribute('aria-pressed', String(selected));
    });
  };
  return { element, update };
}

/** The device of a stage, and how many run it. */
export const deviceText = ({ device, replicas }: StageView): string => (replicas === undefined ? device : `${device} × ${replicas}`);

function row(stage: StageView, index: number, longest: number, several: boolean, fidelity: FidelityView | null, onSelect: (stage: number) => void, onCutMenu: ((stage: number, x: number, y: number) => boolean) | null): HTMLElement {
  const used = stage.weightBytes + stage.activationBytes;
  const capacity = stage.memoryCapacityBytes;
  const choose = el('button', { type: 'button', class: 'choose' }, el('span', { class: `swatch stage-${index % 8}` }, stage.name), el('span', { class: 'device' }, deviceText(stage)));
  const heaviest = stage.heaviest.slice(0, 3).map((h) => `${h.type.replace(/^.*:/, '')} × ${h.count}`).join(', ');
  const full = capacity !== null && used / capacity > 0.9;
  const element = el(
    'tr', {},
    el('td', { class: 'stage' }, choose, stage.bottleneck && several ? el('span', { class: 'bottleneck' }, icon('flame'), t('bottleneck')) : null, onCutMenu && cutButton(stage, index, onCutMenu)),
    el(
      'td', { class: 'load' },
      el(
        'span', { class: 'barred' },
        bar([{ share: stage.computeSeconds / longest, kind: `solid stage-${index % 8}` }, { share: stage.communicationSeconds / longest, kind: `hatched stage-${index % 8}` }]),
        el('span', { class: 'total' }, formatSeconds(stage.loadSeconds)),
      ),
    ),
    el('td', { class: 'number compute' }, formatSeconds(stage.computeSeconds)),
    el('td', { class: 'number transfers' }, formatSeconds(stage.communicationSeconds)),
    el('td', { class: 'number measured' }, fidelity === null ? null : measuredCell(stage, fidelity.stages[index])),
    el('td', { class: 'memory' }, capacity === null ? null : bar([{ share: stage.weightBytes / capacity, kind: 'solid quiet' }, { share: stage.activationBytes / capacity, kind: 'hatched quiet' }], used / capacity)),
    el(
      'td', { class: 'number used' },
      full ? el('span', { class: 'full' }, icon('warning'), used > capacity ? t({ message: 'too much', comment: 'More memory than there is' }) : t({ message: 'nearly full', comment: 'Memory' })) : null,
      capacity === null ? formatBytes(used) : t('{0} of {1}', formatBytes(used), formatBytes(capacity)),
    ),
    el('td', { class: 'number operators' }, formatWhole(stage.operatorCount)),
    el('td', { class: 'heaviest', title: heaviest }, heaviest),
  );
  element.addEventListener('click', () => onSelect(index));
  if (onCutMenu) element.addEventListener('contextmenu', (event) => onCutMenu(index, event.clientX, event.clientY) && event.preventDefault());
  return element;
}

/** The way to moving the cut after a stage. */
function cutButton({ name }: StageView, index: number, onCutMenu: (stage: number, x: number, y: number) => boolean): HTMLElement {
  const label = t('Move the cut after stage {0}', name);
  const element = el('button', { type: 'button', class: 'cut-menu needs-host', title: label, 'aria-label': label, 'aria-haspopup': 'menu' }, icon('split-horizontal'));
  element.addEventListener('click', (event) => {
    event.stopPropagation();
    const { left, bottom } = element.getBoundingClientRect();
    onCutMenu(index, left, bottom + 2);
  });
  return element;
}
