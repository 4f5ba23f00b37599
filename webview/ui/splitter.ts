import { el } from './dom';

export interface SplitterOptions {
  readonly label: string;
  /** 'vertical' moves left and right and sizes what is right of it; 'horizontal' moves up and down and sizes what is below it */
  readonly orientation: 'vertical' | 'horizontal';
  readonly size: number;
  readonly smallest: number;
  readonly largest: () => number;
  readonly onResize: (size: number) => void;
  readonly onEnd: (size: number) => void;
}

export interface Splitter {
  readonly element: HTMLElement;
  /** Sets the size as if it had been dragged, without telling `onEnd`. */
  readonly resize: (size: number) => void;
  readonly size: () => number;
}

/** A movable border between two parts of the panel, by mouse and by arrow keys (WAI-ARIA window splitter). */
export function splitter(options: SplitterOptions): Splitter {
  const { orientation, smallest } = options;
  const vertical = orientation === 'vertical';
  let size = options.size;
  const handle = el('div', {
    class: `splitter ${orientation}`, role: 'separator', tabindex: '0', 'aria-label': options.label, 'aria-orientation': orientation,
    'aria-valuemin': String(smallest),
  });
  const apply = (wanted: number): void => {
    size = Math.round(Math.max(smallest, Math.min(options.largest(), wanted)));
    handle.setAttribute('aria-valuenow', String(size));
    handle.setAttribute('aria-valuemax', String(Math.round(Math.max(size, options.largest()))));
    options.onResize(size);
  };
  handle.addEventListener('pointerdown', (down) => {
    if (down.button !== 0) return;
    const start = vertical ? down.clientX : down.clientY;
    const before = size;
    handle.setPointerCapture(down.pointerId);
    handle.classList.add('dragging');
    const move = (event: PointerEvent): void => apply(before + start - (vertical ? event.clientX : event.clientY));
    const end = (): void => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('lostpointercapture', end);
      handle.classList.remove('dragging');
      options.onEnd(size);
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', end);
  });
  handle.addEventListener('keydown', (event) => {
    const step = { [vertical ? 'ArrowLeft' : 'ArrowUp']: 20, [vertical ? 'ArrowRight' : 'ArrowDown']: -20 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    apply(size + step);
    options.onEnd(size);
  });
  apply(size);
  return { element: handle, resize: apply, size: () => size };
}
