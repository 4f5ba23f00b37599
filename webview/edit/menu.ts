import { t } from '@vscode/l10n';
import { el, icon } from '../ui/dom';

/** One line of a menu. */
export type MenuEntry =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'line' }
  | {
      readonly kind: 'item';
      readonly label: string;
      /** what stands before the label, for the eye */
      readonly mark?: Node;
      /** beside the label, quieter */
      readonly detail?: string;
      /** why it cannot be chosen; null if it can */
      readonly reason: string | null;
      /** it leads to more choices in the same menu, which stays open */
      readonly opens?: boolean;
      readonly onChoose: () => void;
    };

export interface Menu {
  /**
   * Replaces what the menu offers; the focus goes to the item of this label, or to the first thing that can be chosen. Of a second level, `back` leads to the first: by the
   * left arrow, Escape, or its title.
   */
  readonly fill: (entries: readonly MenuEntry[], level?: { readonly title?: string; readonly focus?: string; readonly back?: () => void }) => void;
  readonly close: () => void;
}

/** Pixels between a menu and the border of the window. */
const MARGIN = 6;

/**
 * A menu at a place of the window, after the pattern of WAI-ARIA: arrow keys, Home, End and first letters move, Enter chooses, the right arrow opens what has more
 * choices, Escape closes. What cannot be chosen can still be reached, so that its reason is read.
 *
 * @param onClose is called once, however it closes
 */
export function openMenu(title: string, x: number, y: number, onClose: () => void): Menu {
  const element = el('div', { class: 'menu', role: 'menu', 'aria-label': title, tabindex: '-1' });
  let open = true;
  let back: (() => void) | undefined;
  const close = (): void => {
    if (!open) return;
    open = false;
    removeEventListener('pointerdown', outside, true);
    removeEventListener('blur', close);
    element.remove();
    onClose();
  };
  const outside = (event: Event): void => {
    if (!element.contains(event.target as Node)) close();
  };
  const items = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>('[role=menuitem]')];
  const move = (to: number): void => {
    const all = items();
    all[(to + all.length) % all.length]?.focus();
  };
  element.addEventListener('keydown', (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'ArrowDown') move(at + 1);
    else if (event.key === 'ArrowUp') move(at < 0 ? all.length - 1 : at - 1);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(all.length - 1);
    else if (back !== undefined && (event.key === 'Escape' || event.key === 'ArrowLeft')) back();
    else if (event.key === 'ArrowRight' && all[at]?.getAttribute('aria-haspopup') === 'menu') all[at]!.click();
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (/^\S$/.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const next = [...all.slice(at + 1), ...all.slice(0, at + 1)].find((item) => item.dataset['label']?.toLowerCase().startsWith(event.key.toLowerCase()));
      next?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  element.addEventListener('contextmenu', (event) => event.preventDefault());
  addEventListener('pointerdown', outside, true);
  addEventListener('blur', close);
  // within the landmark, where those who go from landmark to landmark find it
  (document.querySelector('main') ?? document.body).append(element);

  return {
    fill(entries, level = {}) {
      back = level.back;
      element.setAttribute('aria-label', level.title ?? title);
      element.replaceChildren(...(back === undefined ? [] : [backLine(level.title ?? title, back), lineOf({ kind: 'line' }, close)]), ...entries.map((entry) => lineOf(entry, close)));
      const { width, height } = element.getBoundingClientRect();
      element.style.left = `${Math.max(MARGIN, Math.min(x, innerWidth - width - MARGIN))}px`;
      element.style.top = `${Math.max(MARGIN, Math.min(y, innerHeight - height - MARGIN))}px`;
      const all = items();
      const free = all.find((item) => item.getAttribute('aria-disabled') !== 'true' && !item.classList.contains('menu-back'));
      (all.find((item) => item.dataset['label'] === level.focus) ?? free ?? all[0] ?? element).focus({ preventScroll: true });
    },
    close,
  };
}

function lineOf(entry: MenuEntry, close: () => void): HTMLElement {
  if (entry.kind === 'heading') return el('div', { class: 'menu-heading', role: 'presentation' }, entry.text);
  if (entry.kind === 'line') return el('div', { class: 'menu-line', role: 'separator' });
  const { label, mark, detail, reason, opens = false, onChoose } = entry;
  const item = el(
    'div', { class: 'menu-item', role: 'menuitem', tabindex: '-1', ...(reason === null ? {} : { 'aria-disabled': 'true' }), ...(opens ? { 'aria-haspopup': 'menu' } : {}) },
    mark ?? null,
    el('span', { class: 'menu-label' }, label),
    detail === undefined && !opens ? null : el('span', { class: 'menu-detail' }, detail ?? '', opens ? icon('chevron-right') : null),
    reason === null || reason === '' ? null : el('span', { class: 'menu-reason' }, icon('circle-slash'), reason),
  );
  item.dataset['label'] = label;
  return chosenBy(item, () => {
    if (reason !== null) return;
    if (!opens) close();
    onChoose();
  });
}

/** The title of a second level, which leads back to the first. */
function backLine(title: string, back: () => void): HTMLElement {
  const item = el('div', { class: 'menu-item menu-back', role: 'menuitem', tabindex: '-1', 'aria-label': t('Back: {0}', title) }, icon('chevron-left'), el('span', { class: 'menu-label' }, title));
  item.dataset['label'] = title;
  return chosenBy(item, back);
}

/** By pointer and by keyboard. */
function chosenBy(item: HTMLElement, choose: () => void): HTMLElement {
  item.addEventListener('click', choose);
  item.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    choose();
  });
  item.addEventListener('pointermove', () => item.focus({ preventScroll: true }));
  return item;
}
