import { t } from '@vscode/l10n';
import { formatWhole } from '../src/shared/format';
import type { State } from './state';
import { button, progressRing } from './ui/components';
import { el, icon } from './ui/dom';

/** What stands in the middle while there is no graph: work, an error, or a model without operators. */
export function statePane(onPartition: () => void): { readonly element: HTMLElement; readonly update: (state: State) => void } {
  const element = el('div', { class: 'state', role: 'status' });
  let shown = '';
  const update = (state: State): void => {
    const kind = kindOf(state);
    element.hidden = kind === 'none';
    const key = `${kind}\n${state.modelName}\n${state.message}`;
    if (key === shown) return;
    shown = key;
    element.className = `state ${kind}`;
    element.replaceChildren(...contentOf(kind, state, onPartition));
  };
  return { element, update };
}

type Kind = 'waiting' | 'working' | 'failed' | 'empty' | 'none';

function kindOf(state: State): Kind {
  if (state.screen === 'waiting') return 'waiting';
  if (state.screen === 'loading') return 'working';
  if (state.screen === 'failed') return 'failed';
  if (state.view?.operators.length === 0) return 'empty';
  return state.layingOut ? 'working' : 'none';
}

function contentOf(kind: Kind, state: State, onPartition: () => void): Node[] {
  switch (kind) {
    case 'none':
      return [];
    case 'waiting':
      return [progressRing(), el('p', { class: 'lead' }, t('Opening…'))];
    case 'working': {
      const operators = state.view?.operators.length ?? 0;
      const phase = state.screen === 'loading' ? state.message : operators === 1 ? t('laying out 1 operator') : t('laying out {0} operators', formatWhole(operators));
      return [progressRing(), el('p', { class: 'lead' }, state.modelName), el('p', { class: 'quiet' }, sentence(phase))];
    }
    case 'failed':
      return [
        icon('error'),
        el('p', { class: 'lead' }, state.modelName === '' ? t('This could not be opened') : t('{0} could not be shown', state.modelName)),
        el('p', { class: 'message' }, state.message),
        ...(state.view === null ? [] : [button({ label: t('Partition…'), onClick: onPartition })]),
      ];
    case 'empty':
      return [icon('circle-slash'), el('p', { class: 'lead' }, t('This model has no operators')), el('p', { class: 'quiet' }, t('There is nothing to place on devices.'))];
  }
}

const sentence = (phase: string): string => (phase === '' ? t('Working…') : `${phase.charAt(0).toUpperCase()}${phase.slice(1)}…`);
