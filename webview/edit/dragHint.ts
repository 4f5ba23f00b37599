import { t } from '@vscode/l10n';
import type { MoveOption } from '../../src/shared/planEdits';
import type { PlanView } from '../../src/shared/planView';
import { stageSwatch } from '../inspector/parts';
import { el, icon } from '../ui/dom';

export interface DragHint {
  readonly visible: () => boolean;
  /** @param stage the one under the pointer, -1 for none. @param option where that leads, if it is known. x, y: pixels of the window */
  readonly show: (view: PlanView, operator: number, stage: number, option: MoveOption | undefined, x: number, y: number) => void;
  readonly hide: () => void;
}

/** Beside the pointer while an operator is dragged: what dropping it there would do. For the eye only: the menu does the same by keyboard. */
export function dragHint(): DragHint {
  const element = el('div', { class: 'drag-hint', 'aria-hidden': 'true' });
  return {
    visible: () => element.isConnected,
    show(view, operator, stage, option, x, y) {
      const from = view.operators[operator]!.stage;
      const text = el('span', {}, hintText(from, stage, option));
      const legal = stage >= 0 && stage !== from && option !== undefined && (option.alone === null || option.along === null);
      const blocked = stage >= 0 && stage !== from && option !== undefined && !legal;
      element.replaceChildren(stage < 0 ? icon('move') : blocked ? icon('circle-slash') : stageSwatch(view, stage), text);
      if (!element.isConnected) document.body.append(element);
      const { width, height } = element.getBoundingClientRect();
      element.style.left = `${Math.min(x + 14, innerWidth - width - 4)}px`;
      element.style.top = `${Math.min(y + 14, innerHeight - height - 4)}px`;
    },
    hide: () => element.remove(),
  };
}

function hintText(from: number, stage: number, option: MoveOption | undefined): string {
  if (stage < 0) return t('Drop it on a stage');
  if (stage === from) return t('In stage {0} already', stage);
  if (option === undefined || option.alone === null) return t('Move to stage {0}', stage);
  if (option.along !== null) return option.along;
  return option.operators === 2 ? t('Move to stage {0}, with 1 that must follow', stage) : t('Move to stage {0}, with {1} that must follow', stage, option.operators - 1);
}
