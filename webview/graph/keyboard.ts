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
  /** absent: there is no map */
  readonly toggleMap?: () => void;
}

const ARROWS: Readonly<Record<string, Direction>> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' };
const STEP = 80;

/** Keys of the graph while it has the focus. Shift + arrow moves the picture instead of the selection. */
export function listenToKeys(element: HTMLElement, target: KeyTarget): void {
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = ARROWS[event.key];
    if (direction !== undefined) {
      if (event.shiftKey) target.pan(direction === 'left' ? -STEP : direction === 'right' ? STEP : 0, direction === 'up' ? -STEP : direction === 'down' ? STEP : 0);
      else target.walk(direction);
    } else if (event.key === '+' || event.key === '=') target.zoomBy(1.3);
    else if (event.key === '-' || event.key === '_') target.zoomBy(1 / 1.3);
    else if (event.key === '0' || event.key === 'f') target.fitAll();
    else if (event.key === '/') target.search();
    else if (target.menu && (event.key === 'm' || event.key === 'M' || event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey))) target.menu();
    else if (target.toggleMap && event.key === 'o') target.toggleMap();
    else if (event.key === 'Enter') target.open();
    else if (event.key === 'Escape') target.clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
