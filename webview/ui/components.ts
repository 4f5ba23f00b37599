/**
 * The only module that knows which component library draws buttons and fields. It registers what is used and nothing else;
 * everything else of the view goes through these creators, so that the library can be replaced here.
 */
import { t } from '@vscode/l10n';
import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeDivider,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { el, icon } from './dom';

/** Some components name themselves, in English, once they are connected: what they are for is said again. */
function named(element: HTMLElement, label: string): HTMLElement {
  const name = (): void => {
    if (element.getAttribute('aria-label') !== label) element.setAttribute('aria-label', label);
  };
  new MutationObserver(name).observe(element, { attributeFilter: ['aria-label'] });
  name();
  return element;
}

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeTextField(), vsCodeProgressRing(), vsCodeBadge(), vsCodeDivider(), vsCodeDropdown(), vsCodeOption());

export interface ButtonOptions {
  readonly label: string;
  readonly icon?: string;
  readonly kind?: 'primary' | 'secondary';
  readonly title?: string;
  readonly onClick: () => void;
}

/** A button that says what it does. */
export function button({ label, icon: name, kind = 'secondary', title, onClick }: ButtonOptions): HTMLElement {
  const element = el('vscode-button', { appearance: kind, ...(title === undefined ? {} : { title }) });
  if (name !== undefined) {
    const start = icon(name);
    start.slot = 'start';
    element.append(start);
  }
  element.append(label);
  element.addEventListener('click', onClick);
  return element;
}

/** A button that shows an icon and is named for those who cannot see it. */
export function iconButton({ label, icon: name, title, onClick }: ButtonOptions & { readonly icon: string }): HTMLElement {
  const element = el('vscode-button', { appearance: 'icon', 'aria-label': label, title: title ?? label }, icon(name));
  element.addEventListener('click', onClick);
  return element;
}

export interface Dropdown {
  readonly element: HTMLElement;
  readonly set: (id: string) => void;
  /** replaces what can be chosen */
  readonly offer: (choices: readonly { readonly id: string; readonly label: string }[]) => void;
}

export interface DropdownOptions {
  readonly label: string;
  readonly choices: readonly { readonly id: string; readonly label: string }[];
  /** where the list opens; where there is more room if absent, which may be out of a part that is cut off at its edges */
  readonly position?: 'above' | 'below';
  readonly onChange: (id: string) => void;
}

/** One of several, under a name for those who cannot see what stands beside it. */
export function dropdown(options: DropdownOptions): Dropdown {
  const element = el('vscode-dropdown', { 'aria-label': options.label, ...(options.position && { position: options.position }) }) as HTMLElement & { value: string };
  let offered = '';
  const offer: Dropdown['offer'] = (choices) => {
    const key = choices.map(({ id }) => id).join();
    if (key === offered) return;
    offered = key;
    element.replaceChildren(...choices.map(({ id, label }) => el('vscode-option', { value: id }, label)));
  };
  offer(options.choices);
  element.addEventListener('change', () => options.onChange(element.value));
  return {
    element,
    offer,
    // the options know their values only once they are connected
    set: (id) => requestAnimationFrame(() => {
      if (element.value !== id) element.value = id;
    }),
  };
}

export interface TextField {
  readonly element: HTMLElement;
  readonly value: () => string;
  readonly focus: () => void;
}

export function textField(options: { readonly label: string; readonly placeholder: string; readonly onInput: (value: string) => void }): TextField {
  const element = named(el('vscode-text-field', { placeholder: options.placeholder }), options.label) as HTMLElement & { value: string; select?: () => void };
  element.addEventListener('input', () => options.onInput(element.value));
  return {
    element,
    value: () => element.value,
    focus: () => {
      element.focus();
      element.shadowRoot?.querySelector('input')?.select();
    },
  };
}

export const progressRing = (): HTMLElement => named(el('vscode-progress-ring'), t('Working'));

export const badge = (text: string): HTMLElement => el('vscode-badge', {}, text);

export const divider = (): HTMLElement => el('vscode-divider', { role: 'presentation' });
