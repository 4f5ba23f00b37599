export interface PointerTarget {
  /** moves the picture by pixels, at once */
  readonly pan: (dx: number, dy: number) => void;
  /** zooms by a factor so that what is under the point stays there, at once */
  readonly zoom: (factor: number, px: number, py: number) => void;
  readonly hover: (px: number, py: number) => void;
  readonly leave: () => void;
  readonly click: (px: number, py: number) => void;
  readonly doubleClick: (px: number, py: number) => void;
  /** where things can be dragged; elsewhere a drag moves the picture */
  readonly dragging?: DragTarget;
  /** @returns whether there is a menu of our own for what lies there; absent: there are none */
  readonly menu?: (px: number, py: number) => boolean;
}

export interface DragTarget {
  /** whether what lies there is dragged, rather than the picture */
  readonly grab: (px: number, py: number) => boolean;
  readonly move: (px: number, py: number) => void;
  readonly drop: (px: number, py: number) => void;
  /** a drag is over, dropped or not */
  readonly letGo: () => void;
}

/** Pixels that a hand may tremble in a click. */
const SLACK = 4;

/** Drag pans, or moves what can be grabbed; the wheel pans, pinch or Ctrl + wheel zooms around the cursor, a click selects. */
export function listenToPointer(element: HTMLElement, target: PointerTarget): void {
  const place = (event: MouseEvent): [number, number] => {
    const bounds = element.getBoundingClientRect();
    return [event.clientX - bounds.left, event.clientY - bounds.top];
  };
  let down: { x: number; y: number; moved: boolean; grabbed: boolean } | null = null;
  element.addEventListener('pointerdown', (event) => {
    if (event.button > 1) return;
    down = { x: event.clientX, y: event.clientY, moved: false, grabbed: event.button === 0 && !event.ctrlKey && target.dragging?.grab(...place(event)) === true };
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener('pointermove', (event) => {
    if (down === null) {
      target.hover(...place(event));
      return;
    }
    const dx = event.clientX - down.x;
    const dy = event.clientY - down.y;
    if (!down.moved && Math.hypot(dx, dy) < SLACK) return;
    element.classList.add('panning');
    if (down.grabbed) {
      down.moved = true;
      target.dragging?.move(...place(event));
      return;
    }
    down = { x: event.clientX, y: event.clientY, moved: true, grabbed: false };
    target.pan(dx, dy);
  });
  element.addEventListener('pointerup', (event) => {
    if (down !== null && !down.moved && event.button === 0) target.click(...place(event));
    if (down !== null && down.moved && down.grabbed) target.dragging?.drop(...place(event));
  });
  const end = (): void => {
    if (down?.grabbed === true) target.dragging?.letGo();
    down = null;
    element.classList.remove('panning');
  };
  element.addEventListener('lostpointercapture', end);
  element.addEventListener('keydown', (event) => event.key === 'Escape' && end());
  // VS Code's own menu opens for all that we leave to it
  element.addEventListener('contextmenu', (event) => target.menu?.(...place(event)) === true && event.preventDefault());
  element.addEventListener('pointerleave', target.leave);
  element.addEventListener('dblclick', (event) => target.doubleClick(...place(event)));
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
      const [px, py] = place(event);
      if (event.ctrlKey || event.metaKey) target.zoom(Math.exp(-event.deltaY * unit * 0.004), px, py);
      else if (event.shiftKey && event.deltaX === 0) target.pan(-event.deltaY * unit, 0);
      else target.pan(-event.deltaX * unit, -event.deltaY * unit);
    },
    { passive: false },
  );
}
