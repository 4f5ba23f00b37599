import { t } from '@vscode/l10n';
import type { State } from './state';
import { el } from './ui/dom';

/** One view of what lies below the graph. */
export interface BottomTab {
  readonly id: string;
  readonly label: string;
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
  /** asks the host for work: not there in a report */
  readonly needsHost?: boolean;
  /** called each time the tab comes to the front */
  readonly onShow?: () => void;
  /** called each time another tab takes its place */
  readonly onHide?: () => void;
}

export interface BottomArea {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
  readonly show: (id: string) => void;
}

/** The area below the graph: tabs after the pattern of WAI-ARIA, arrow keys move between them. Without a plan there is only the first. */
export function bottomArea(tabs: readonly BottomTab[]): BottomArea {
  let current = 0;
  const buttons = tabs.map((tab, index) => {
    const button = el('button', { type: 'button', class: tab.needsHost ? 'tab needs-host' : 'tab', role: 'tab', id: `tab-${tab.id}`, 'aria-controls': `panel-${tab.id}` }, tab.label);
    button.addEventListener('click', () => choose(index));
    button.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      const to = step !== undefined ? (index + step + tabs.length) % tabs.length : event.key === 'Home' ? 0 : event.key === 'End' ? tabs.length - 1 : undefined;
      if (to === undefined) return;
      event.preventDefault();
      choose(to);
      buttons[to]!.focus();
    });
    return button;
  });
  const panels = tabs.map(({ id, element }) => el('div', { class: 'tab-panel', role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}`, tabindex: '0' }, element));
  const list = el('div', { class: 'tabs', role: 'tablist', 'aria-label': t('Below the graph') }, ...buttons);
  const element = el('section', { class: 'bottom', 'aria-label': t('Plan in numbers') }, list, ...panels);

  const render = (): void => {
    buttons.forEach((button, index) => {
      button.setAttribute('aria-selected', String(index === current));
      button.tabIndex = index === current ? 0 : -1;
    });
    panels.forEach((panel, index) => (panel.hidden = index !== current));
  };
  const choose = (index: number): void => {
    if (index !== current) {
      tabs[current]!.onHide?.();
      tabs[index]!.onShow?.();
    }
    current = index;
    render();
  };
  render();
  return {
    element,
    show: (id) => choose(Math.max(0, tabs.findIndex((tab) => tab.id === id))),
    update: (state) => {
      const hasPlan = (state.view?.plan ?? null) !== null;
      list.hidden = !hasPlan;
      if (!hasPlan && current !== 0) choose(0);
      for (const tab of tabs) tab.update(state);
    },
  };
}
