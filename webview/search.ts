import type { PlanView } from '../src/shared/planView';
import { iconButton, textField } from './ui/components';
import { el } from './ui/dom';

/** Operator indices whose type, name or id contains every word, in the graph's order. */
export function findOperators(view: PlanView, query: string): number[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (words.length === 0) return [];
  const found: number[] = [];
  view.operators.forEach((operator, index) => {
    const text = `${operator.type}\n${operator.name}\n${operator.id}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(index);
  });
  return found;
}

export interface SearchBar {
  readonly element: HTMLElement;
  readonly focus: () => void;
  /** the view or what is drawn of it changed */
  readonly refresh: () => void;
}

export interface SearchOptions {
  /** the view, and which of its operators are drawn */
  readonly view: () => PlanView | null;
  readonly isDrawn: (operator: number) => boolean;
  readonly onMatches: (matches: ReadonlySet<number> | null) => void;
  readonly onGo: (operator: number) => void;
  readonly onClose: () => void;
}

export function searchBar(options: SearchOptions): SearchBar {
  let matches: number[] = [];
  let current = -1;
  const count = el('span', { class: 'count', role: 'status' });
  const field = textField({ label: 'Search operators', placeholder: 'Name, type or id', onInput: () => refresh() });
  const say = (): void => {
    count.textContent = field.value().trim() === '' ? '' : matches.length === 0 ? 'none' : current < 0 ? `${matches.length} found` : `${current + 1} of ${matches.length}`;
  };
  const refresh = (): void => {
    const view = options.view();
    const query = field.value();
    matches = view === null ? [] : findOperators(view, query).filter(options.isDrawn);
    current = -1;
    options.onMatches(query.trim() === '' ? null : new Set(matches));
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
    field.element,
    count,
    iconButton({ label: 'Previous match', icon: 'arrow-up', onClick: () => go(-1) }),
    iconButton({ label: 'Next match', icon: 'arrow-down', onClick: () => go(1) }),
    iconButton({ label: 'Close search', icon: 'close', onClick: options.onClose }),
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
