import { el } from '../ui/dom';

export interface DragHint {
  readonly visible: () => boolean;
  /** @param lines the first stands out. x, y: pixels of the window */
  readonly show: (mark: Node, lines: readonly string[], x: number, y: number) => void;
  readonly hide: () => void;
}

/** Beside the pointer while something is dragged: what dropping it there would do. For the eye only: the menus do the same by keyboard. */
export function dragHint(): DragHint {
  const element = el('div', { class: 'drag-hint', 'aria-hidden': 'true' });
  return {
    visible: () => element.isConnected,
    show(mark, lines, x, y) {
      element.replaceChildren(mark, el('div', {}, ...lines.map((line, i) => el('div', { class: i === 0 ? 'what' : 'more' }, line))));
      if (!element.isConnected) document.body.append(element);
      const { width, height } = element.getBoundingClientRect();
      element.style.left = `${Math.min(x + 14, innerWidth - width - 4)}px`;
      element.style.top = `${Math.min(y + 14, innerHeight - height - 4)}px`;
    },
    hide: () => element.remove(),
  };
}
