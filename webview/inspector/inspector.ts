import { t } from '@vscode/l10n';
import type { Selection, State } from '../state';
import { el } from '../ui/dom';
import { groupPane, membersOf } from './group';
import { operatorPane } from './operator';
import type { InspectorContext } from './parts';
import { stagePane } from './stage';
import { summaryPane } from './summary';
import { tensorPane } from './tensor';

export interface Inspector {
  readonly element: HTMLElement;
  readonly update: (state: State) => void;
  readonly focus: () => void;
}

/** The right side of the panel: what is selected, or the whole if nothing is. */
export function inspector(select: (selection: Selection) => void, copy: (text: string) => void, menu: InspectorContext['menu']): Inspector {
  const element = el('aside', { class: 'inspector', 'aria-label': t('Inspector'), tabindex: '0' });
  let shown: Selection = null;
  const update = (state: State): void => {
    const { view, selection, reference } = state;
    if (view === null) {
      element.replaceChildren();
      return;
    }
    const context: InspectorContext = { view, reference, select, copy, menu };
    // What is replaced may hold the focus; it must not fall back to the document's beginning.
    const hadFocus = element.contains(document.activeElement) && document.activeElement !== element;
    element.replaceChildren(...contentOf(context, state));
    if (hadFocus) element.focus({ preventScroll: true });
    if (shown?.kind !== selection?.kind || shown?.index !== selection?.index) element.scrollTop = 0;
    shown = selection;
  };
  return { element, update, focus: () => (element.querySelector<HTMLElement>('button.link') ?? element).focus() };
}

function contentOf(context: InspectorContext, { selection, explanations, grouping }: State): Node[] {
  switch (selection?.kind) {
    case 'operator':
      return operatorPane(context, selection.index, explanations.get(selection.index) ?? null);
    case 'tensor':
      return tensorPane(context, selection.index);
    case 'stage':
      return stagePane(context, selection.index);
    case 'group': {
      const group = grouping.groups[selection.index];
      return group === undefined ? summaryPane(context) : groupPane(context, group, selection.index, membersOf(grouping, selection.index));
    }
    default:
      return summaryPane(context);
  }
}
