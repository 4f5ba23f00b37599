import type { Selection } from '../state';
import type { GraphEvents } from './events';
import type { CutGrip, Grip } from './grips';
import { boxAt, cutAtPoint, gripAt, groupAtPoint, overAt, stageAt, type Visible } from './pick';
import type { PointerTarget } from './pointer';

/** What the pointer is over, and what it drags. */
export interface Hand {
  readonly pointer: Pick<PointerTarget, 'hover' | 'leave' | 'dragging' | 'menu'>;
  /** the box under the pointer; -1 for none */
  readonly hovered: () => number;
  /** the cut that is dragged, or else pointed at */
  readonly cut: () => CutGrip | undefined;
  /** the stage that something is dragged over; -1 for none */
  readonly dropStage: () => number;
  /** There is another picture under the pointer. */
  readonly pictureChanged: () => void;
}

export interface HandOptions {
  readonly events: Pick<GraphEvents, 'canDrag' | 'onDrag' | 'onDrop' | 'onDragEnd' | 'onMenu'>;
  /** the picture as it is seen now; null if there is none */
  readonly visible: () => Visible | null;
  readonly selection: () => Selection;
  /** pixels of the window for pixels of the canvas */
  readonly onScreen: (px: number, py: number) => [number, number];
  readonly setCursor: (cursor: string) => void;
  readonly redraw: () => void;
}

/** A box this high on the screen is dragged by the pointer; a smaller one must be selected first, so that dense pictures can be panned. */
const GRABBABLE = 20;

export function makeHand({ events, visible, selection, onScreen, setCursor, redraw }: HandOptions): Hand {
  let hovered = -1;
  let pointed: CutGrip | undefined;
  let dragged: Grip | null = null;
  let dropStage = -1;

  const canGrab = (at: Visible, grip: Grip, px: number, py: number): boolean => {
    if (!events.canDrag(grip)) return false;
    if (grip.kind === 'cut') return true;
    const box = boxAt(at, px, py);
    // a group is dragged by its box; its sign and the title of an expanded one are not
    if (box < 0 || groupAtPoint(at, px, py)?.sign === true) return false;
    const chosen = selection();
    return at.scene.boxes[4 * box + 3]! * at.camera.scale >= GRABBABLE || (chosen?.kind === grip.kind && chosen.index === grip.index);
  };

  return {
    hovered: () => hovered,
    cut: () => (dragged ? (dragged.kind === 'cut' ? dragged : undefined) : pointed),
    dropStage: () => dropStage,
    pictureChanged: () => void (hovered = -1),
    pointer: {
      hover(px, py) {
        const at = visible();
        if (at === null) return;
        const cut = cutAtPoint(at, px, py);
        const box = cut ? -1 : boxAt(at, px, py);
        setCursor(cut ? (events.canDrag(cut) ? 'grab' : 'pointer') : box < 0 && groupAtPoint(at, px, py) === null ? '' : 'pointer');
        if (box === hovered && cut?.tensors.join() === pointed?.tensors.join()) return;
        [hovered, pointed] = [box, cut];
        redraw();
      },
      leave() {
        if (hovered >= 0 || pointed) redraw();
        [hovered, pointed] = [-1, undefined];
      },
      dragging: {
        grab(px, py) {
          const at = visible();
          const grip = at === null ? undefined : gripAt(at, px, py);
          if (at === null || grip === undefined || !canGrab(at, grip, px, py)) return false;
          dragged = grip;
          return true;
        },
        move(px, py) {
          const at = visible();
          if (dragged === null || at === null) return;
          if (dragged.kind !== 'cut') dropStage = stageAt(at, px, py);
          events.onDrag(dragged, overAt(at, px, py), ...onScreen(px, py));
          redraw();
        },
        drop(px, py) {
          const at = visible();
          if (dragged !== null && at !== null) events.onDrop(dragged, overAt(at, px, py));
        },
        letGo() {
          [dragged, dropStage] = [null, -1];
          events.onDragEnd();
          redraw();
        },
      },
      menu(px, py) {
        const at = visible();
        const grip = at === null ? undefined : gripAt(at, px, py);
        return grip !== undefined && events.onMenu(grip, ...onScreen(px, py));
      },
    },
  };
}
