import { t } from '@vscode/l10n';
import { costOfEdits, type EditedView } from '../../src/shared/planEdits';
import { formatPercent, formatSeconds } from '../../src/shared/format';
import type { PlanDetails, PlanView } from '../../src/shared/planView';
import { button, iconButton } from '../ui/components';
import { el, icon } from '../ui/dom';
import { brokenPinsText } from './pinText';

export interface EditBarEvents {
  readonly onUndo: () => void;
  readonly onRedo: () => void;
  readonly onResolve: () => void;
}

export interface EditBarState {
  readonly view: PlanView | null;
  readonly edited: EditedView | null;
  /** why the last edit was not made; '' if it was */
  readonly refused: string;
}

export interface EditBar {
  readonly element: HTMLElement;
  readonly update: (state: EditBarState) => void;
}

/** A quiet line below the header while a plan is changed by hand: what the changes cost, what happened last, and what can be done about it. */
export function editBar(events: EditBarEvents): EditBar {
  const mark = el('span', { class: 'edit-mark' });
  const cost = el('strong', { class: 'edit-cost' });
  const said = el('span', { class: 'edit-said' });
  const undo = iconButton({ label: t('Undo'), title: t('Undo (Ctrl+Z)'), icon: 'discard', onClick: events.onUndo });
  const redo = iconButton({ label: t('Redo'), title: t('Redo (Ctrl+Shift+Z)'), icon: 'redo', onClick: events.onRedo });
  const resolve = button({ label: t('Re-solve with pins'), title: t('Find the best plan that keeps the pins'), onClick: events.onResolve });
  const status = el('div', { class: 'edit-status', role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' }, cost, ' ', said);
  const actions = el('div', { class: 'actions' }, undo, redo, resolve);
  const bar = el('div', { class: 'edit-bar', role: 'group', 'aria-label': t('Edits of the plan') }, mark, status, actions);
  // a live region must be there before it says something: what is hidden is what stands beside it
  const shown = (visible: boolean): void => {
    bar.classList.toggle('empty', !visible);
    mark.hidden = actions.hidden = !visible;
  };
  shown(false);

  const update = ({ view, edited, refused }: EditBarState): void => {
    const plan = view?.plan ?? null;
    const pinText = view === null ? '' : brokenPinsText(view);
    // edited before it was opened, in another window or by another person: what that costs is told all the same
    const byHand = plan !== null && plan.stale === null && plan.certificate.method === BY_HAND;
    shown(plan !== null && (edited !== null || refused !== '' || pinText !== '' || byHand));
    bar.classList.toggle('refused', refused !== '');
    mark.replaceChildren(icon(refused === '' ? 'edit' : 'circle-slash'));
    write(cost, plan === null ? '' : edited !== null ? costOfEdits(plan.certificate.value, edited.reference) : byHand ? costByHand(plan.certificate) : '');
    write(said, refused !== '' ? t('Not possible: {0}', refused) : [edited?.said ?? '', pinText].filter((text) => text !== '').join(' '));
    status.title = status.textContent.trim();
    undo.hidden = redo.hidden = edited === null;
    disable(undo, edited?.canUndo !== true);
    disable(redo, edited?.canRedo !== true);
    resolve.hidden = (plan?.pins?.length ?? 0) === 0;
  };
  return { element: bar, update };
}

/** What the certificate of a plan names as its method once the plan was changed by hand. */
const BY_HAND = 'edited';

/** How far a plan that was changed by hand is from the best possible, as far as that is known. */
function costByHand({ value, lowerBound }: PlanDetails['certificate']): string {
  if (!(lowerBound > 0)) return t('Changed by hand: how far it is from the best possible is not known');
  const [now, least] = [formatSeconds(value), formatSeconds(lowerBound)];
  if (value <= lowerBound * (1 + 1e-9)) return t('Changed by hand, and as fast as possible ({0})', now);
  return t({ message: 'Changed by hand: at most {0} above the best possible ({1}; no plan takes less than {2})', args: [`+${formatPercent((value - lowerBound) / lowerBound)}`, now, least], comment: 'A signed percentage, and two times' });
}

/** A screen reader repeats what is written again: only what is new is written. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const disable = (element: HTMLElement, disabled: boolean): void => void element.toggleAttribute('disabled', disabled);
