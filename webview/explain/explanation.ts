import { t } from '@vscode/l10n';
import type { State } from '../state';
import { button, progressRing } from '../ui/components';
import { el } from '../ui/dom';

/** Why the plan is as it is, in sentences, computed on request: some of them take a solve each. */
export function explanationPane(onExplain: () => void): { readonly element: HTMLElement; readonly update: (state: State) => void } {
  const element = el('div', { class: 'explanation' });
  let shown: State['planExplanation'] | undefined;
  const update = ({ planExplanation }: State): void => {
    if (planExplanation === shown) return;
    shown = planExplanation;
    const { statements, running, failed } = planExplanation;
    element.replaceChildren(
      ...(running !== null
        ? [el('p', { class: 'running', role: 'status' }, progressRing(), running)]
        : statements === null
          ? [
              el('p', { class: 'quiet' }, failed ?? t('What bounds the slowest stage, what moving each cut would cost, and what one more device, twice the link or twice the memory would bring.')),
              button({ label: t('Explain this plan'), onClick: onExplain }),
            ]
          : [el('dl', { class: 'statements' }, ...statements.flatMap(({ topic, text }) => [el('dt', {}, topic), el('dd', {}, text)]))]),
    );
  };
  return { element, update };
}
