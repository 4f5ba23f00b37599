import { t } from '@vscode/l10n';
import type { PlanView } from '../src/shared/planView';
import type { Reference } from '../src/shared/reference';
import { findOperators } from '../src/shared/query/findOperators';
import { METRICS } from '../src/shared/query/metrics';
import { FLAGS, parseQuery, STAGE_FIELDS, TEXT_FIELDS } from '../src/shared/query/parseQuery';
import { iconButton, textField } from './ui/components';
import { el } from './ui/dom';

/** What a search may hold, in a line or two. */
const help = (): string =>
  t({
    message: 'Words are looked for in type, name and id. Conditions: {0} and {1} with = < <= > >= and a unit, as in {2}. A leading - turns a term round.',
    args: [[...TEXT_FIELDS, ...FLAGS, ...STAGE_FIELDS].map((name) => `${name}:`).join(' '), METRICS.join(', '), 'time>1ms bytes>=10MB'],
    comment: 'What is filled in is typed as it stands, in every language',
  });

export interface SearchBar {
  readonly element: HTMLElement;
  readonly focus: () => void;
  /** the view or what is drawn of it changed */
  readonly refresh: () => void;
}

export interface SearchOptions {
  /** the view, and which of its operators are drawn */
  readonly view: () => PlanView | null;
  /** the plan that the one on view is compared with; null while there is none */
  readonly reference: () => Reference | null;
  readonly isDrawn: (operator: number) => boolean;
  /** operators that the legend's steps leave; null if all are */
  readonly among: () => ReadonlySet<number> | null;
  readonly onMatches: (matches: ReadonlySet<number> | null) => void;
  readonly onGo: (operator: number) => void;
  readonly onClose: () => void;
}

export function searchBar(options: SearchOptions): SearchBar {
  let matches: number[] = [];
  let current = -1;
  const count = el('span', { class: 'count', role: 'status' });
  const note = el('div', { class: 'note', role: 'status' });
  note.hidden = true;
  const helpNote = el('div', { class: 'note' }, help());
  helpNote.hidden = true;
  const field = textField({ label: t('Search operators'), placeholder: t({ message: 'Name, type, or {0}', args: ['time>1ms stage:2'], comment: 'What can be searched for; what is filled in is an example of conditions' }), onInput: () => refresh() });
  let problem = '';
  const say = (): void => {
    note.textContent = problem;
    note.hidden = problem === '';
    count.textContent = !searching() || problem !== '' ? '' : matches.length === 0 ? t({ message: 'none', comment: 'No operator was found' }) : current < 0 ? t('{0} found', matches.length) : t('{0} of {1}', current + 1, matches.length);
  };
  const searching = (): boolean => field.value().trim() !== '' || options.among() !== null;
  const refresh = (): void => {
    const view = options.view();
    const parsed = parseQuery(field.value());
    const among = options.among();
    problem = 'problem' in parsed ? parsed.problem : '';
    const terms = 'terms' in parsed ? parsed.terms : [];
    const found = view === null || problem !== '' ? [] : terms.length > 0 ? findOperators(view, terms, options.reference()) : among === null ? [] : [...view.operators.keys()];
    matches = found.filter((operator) => options.isDrawn(operator) && (among === null || among.has(operator)));
    current = -1;
    options.onMatches(searching() ? new Set(matches) : null);
    say();
  };
  const go = (step: number): void => {
    if (matches.length === 0) return;
    current = current < 0 ? (step > 0 ? 0 : matches.length - 1) : (current + step + matches.length) % matches.length;
    options.onGo(matches[current]!);
    say();
  };
  const element = el(
    'div', { class: 'search', role: 'search' },
    el('div', { class: 'line' },
    field.element,
    count,
    iconButton({ label: t('Previous match'), icon: 'arrow-up', onClick: () => go(-1) }),
    iconButton({ label: t('Next match'), icon: 'arrow-down', onClick: () => go(1) }),
    iconButton({
      label: t('What can be searched for'), icon: 'question',
      onClick: () => (helpNote.hidden = !helpNote.hidden),
    }),
    iconButton({ label: t('Close search'), icon: 'close', onClick: options.onClose }),
    ),
    note,
    helpNote,
  );
  field.element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') go(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') options.onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { element, focus: field.focus, refresh };
}
