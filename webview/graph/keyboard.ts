import type { Direction } from './walk';

export interface KeyTarget {
  readonly walk: (direction: Direction) => void;
  readonly pan: (dx: number, dy: number) => void;
  /** + and −: what is selected may answer them, or else the picture */
  readonly zoomBy: (factor: number) => void;
  readonly fitAll: () => void;
  readonly open: () => void;
  readonly clear: () => void;
  readonly search: () => void;
  /** what can be done with the selection; absent: there is no menu */
  readonly menu?: () => void;
  /** from cut to cut; absent: there are none */
  readonly walkCuts?: (by: 1 | -1) => void;
  /** moves the selected cut. @returns false if none is selected: then the keys mean what they mean elsewhere */
  readonly moveCut?: (step: 'earlier' | 'later') => boolean;
  /** absent: there is no map */
  readonly toggleMap?: () => void;
}

const ARROWS: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };
const STEP = 80;

/** Keys of the graph while it has the focus. Shift + arrow moves the picture instead of the selection. */
export function listenToKeys(element: HTMLElement, target: KeyTarget): void {
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      const step = event.key === 'ArrowLeft' ? 'earlier' : event.key === 'ArrowRight' ? 'later' : null;
      if (step === null || event.shiftKey || target.moveCut?.(step) !== true) return;
      event.preventDefault();
      // the editor goes back and forth in its history with these keys
      event.stopPropagation();
      return;
    }
    const direction = ARROWS[event.key];
    if (direction !== undefined) {
      if (event.shiftKey) target.pan(direction === 'left' ? -STEP : direction === 'right' ? STEP : 0, direction === 'up' ? -STEP : direction === 'down' ? STEP : 0);
      else target.walk(direction);
    } else if (event.key === '+' || event.key === '=') target.zoomBy(1.3);
    else if (event.key === '-' || event.key === '_') target.zoomBy(1 / 1.3);
    else if (event.key === '0' || event.key === 'f') target.fitAll();
    else if (event.key === '/') target.search();
    else if (target.menu && (event.key === 'm' || event.key === 'M' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) target.menu();
    else if (target.walkCuts && (event.key === 'c' || event.key === 'C')) target.walkCuts(event.shiftKey ? -1 : 1);
    else if (target.toggleMap && event.key === 'o') target.toggleMap();
    else if (event.key === 'Enter') target.open();
    else if (event.key === 'Escape') target.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
