import { t } from '@vscode/l10n';
import type { LayoutView } from '../../src/shared/layoutView';
import type { Picture } from '../../src/shared/picture';
import type { Reference } from '../../src/shared/reference';
import type { PlanView } from '../../src/shared/planView';
import type { Selection } from '../state';
import type { Bins } from '../overlay/bins';
import { movedMarksOf, type MovedMarks } from '../compare/movedMarks';
import { paintOf, type Paint } from '../overlay/paint';
import { makePicture } from '../picture/picture';
import { canvasFrames } from '../ui/canvasFrames';
import { el } from '../ui/dom';
import { makeBoxText, type BoxText, type Measure } from './boxText';
import type { Camera, Rectangle } from './camera';
import { drawFrame, type PlacedLabel } from './draw';
import { emphasisOf, withCut } from './emphasis';
import type { GraphEvents } from './events';
import { cutsInOrder } from './grips';
import { groupText } from './groups';
import { makeHand } from './hand';
import { listenToKeys } from './keyboard';
import { minimap } from './minimap';
import { readPalette, type Palette } from './palette';
import { areaOf, boxAt, cutAtPoint, groupAtPoint, selectionAt, stageTitleAt, type Visible } from './pick';
import { listenToPointer } from './pointer';
import { makeScene, type Scene } from './scene';
import { makeSight } from './sight';
import { nearest, walk, type Direction } from './walk';

export interface GraphView {
  readonly element: HTMLElement;
  /** the small picture of the whole; stands over the graph */
  readonly map: HTMLElement;
  /** Shows a picture; keeps the camera if `keepCamera`, else shows all of it. The group with the key `anchor` stays where it is and comes into sight. */
  readonly show: (view: PlanView, layout: LayoutView, keepCamera: boolean, anchor?: string) => void;
  /** Outlines operators that would move; null for none. */
  readonly outline: (operators: readonly number[] | null) => void;
  readonly select: (selection: Selection) => void;
  readonly setMatches: (matches: ReadonlySet<number> | null) => void;
  /** Marks what is elsewhere in another plan of the same operators; null: nothing. */
  readonly setReference: (reference: Reference | null) => void;
  /** Colours boxes by a metric; null for the colours of their stages. */
  readonly colourBy: (bins: Bins | null) => void;
  /** All of the graph, as large as it is legible; null if nothing is shown. */
  readonly picture: () => Picture | null;
  readonly fitAll: () => void;
  /** Moves so that the thing is in sight, large enough to read. */
  readonly reveal: (selection: Selection) => void;
  /** Whether some of the thing is in sight. */
  readonly sees: (selection: Selection) => boolean;
  readonly setCamera: (camera: Camera) => void;
  readonly themeChanged: () => void;
  /** milliseconds that drawing the last frames took, newest last; for measurements */
  readonly frameTimes: () => readonly number[];
}

/** Of pictures, CSS pixels: room around the graph for the titles of stages, and the longest side. */
const MARGIN = 40;
const PICTURE_SIDE = 20_000;

/** The canvas with the graph: draws a frame only when something changed. */
export function graphView(events: GraphEvents, mapShown: boolean): GraphView {
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const element = el(
    'div',
    { class: 'graph', tabindex: '0', role: 'application', 'aria-roledescription': t('operator graph'), 'aria-label': t('Operator graph. Arrow keys walk along tensors, Enter expands a group or opens the inspector, Escape collapses it, M opens the menu of the selection, C walks from cut to cut, Alt and the left or right arrow move a cut, O opens the map.') },
    canvas,
  );
  const context = canvas.getContext('2d', { alpha: false })!;
  let scene: Scene | null = null;
  let text: ((box: number) => BoxText) | null = null;
  let palette: Palette = readPalette();
  let selection: Selection = null;
  let moving: readonly number[] | null = null;
  let labels: readonly PlacedLabel[] = [];
  let matches: ReadonlySet<number> | null = null;
  let bins: Bins | null = null;
  let paint: Paint | null = null;
  let reference: Reference | null = null;
  let marks: MovedMarks | null = null;
  const times: number[] = [];

  const draw = (now: number): void => {
    sight.advance(now);
    const [camera, viewport] = [sight.camera(), sight.viewport()];
    const start = performance.now();
    map.look(camera, viewport);
    if (scene !== null && text !== null) {
      const [cut, stage] = [hand.cut(), hand.dropStage()];
      const emphasis = { ...emphasisOf(scene, selection, hand.hovered(), matches), moving, ...(stage >= 0 && { stage }) };
      labels = drawFrame({ context, scene, camera, viewport, palette, text, paint, moved: marks, pixelRatio: devicePixelRatio, emphasis: cut ? withCut(scene, emphasis, cut.tensors) : emphasis });
    } else {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.fillStyle = palette.background;
      context.fillRect(0, 0, canvas.width, canvas.height);
    }
    times.push(performance.now() - start);
    if (times.length > 240) times.shift();
  };
  /** the picture as it is seen now; null if there is none */
  const visible = (): Visible | null => scene && { scene, camera: sight.camera(), labels };
  const middle = (): [number, number] => {
    const [{ x, y, scale }, { width, height }] = [sight.camera(), sight.viewport()];
    return [x + width / 2 / scale, y + height / 2 / scale];
  };
  const area = (target: Selection): Rectangle | null => scene && areaOf(scene, target);
  /** Pixels of the window for pixels of the canvas. */
  const onScreen = (px: number, py: number): [number, number] => {
    const bounds = element.getBoundingClientRect();
    return [bounds.left + px, bounds.top + py];
  };
  /** The menu of the selection, below it. */
  const menuOf = (target: Selection): boolean => {
    const rectangle = area(target);
    if (rectangle === null || target === null || target.kind === 'stage') return false;
    const [camera, viewport] = [sight.camera(), sight.viewport()];
    const x = Math.max(8, Math.min(viewport.width - 8, (rectangle.x - camera.x + rectangle.width / 2) * camera.scale));
    const y = Math.max(8, Math.min(viewport.height - 8, (rectangle.y - camera.y + rectangle.height) * camera.scale));
    return events.onMenu(target.kind === 'tensor' ? { kind: 'cut', tensors: [target.index] } : { kind: target.kind, index: target.index }, ...onScreen(x, y));
  };
  const selectedGroup = () => (selection?.kind === 'group' ? scene?.layout.groups[selection.index] : undefined);
  const toggle = (group: number): void => (scene!.layout.groups[group]!.expanded ? events.onCollapse(group) : events.onExpand(group));
  /** the selected expanded group, or the one that the selection stands in; -1 if there is none */
  const frameAround = (): number => {
    const group = selectedGroup();
    if (group !== undefined) return group.expanded ? selection!.index : group.parent;
    return selection?.kind === 'operator' ? (scene?.layout.groupOf[selection.index] ?? -1) : -1;
  };
  const reveal = (target: Selection): void => {
    const rectangle = area(target);
    if (rectangle !== null) sight.reveal(rectangle, target?.kind === 'stage');
  };

  const measured = el('canvas').getContext('2d')!;
  let font = '';
  const measure: Measure = (value, size, bold) => {
    const wanted = `${bold ? '600 ' : ''}${size}px ${palette.font}`;
    if (wanted !== font) measured.font = font = wanted;
    return measured.measureText(value).width;
  };
  /** Colours and texts of a picture. */
  const dress = (shown: Scene): void => {
    const { view, layout, closedGroups, boxes } = shown;
    paint = bins === null ? null : paintOf(shown, bins);
    marks = reference === null ? null : movedMarksOf(shown, reference);
    text = makeBoxText(view, layout.operators, layout.boxes[2] ?? 0, measure, (box) => groupText(layout.groups[closedGroups[box - layout.operators.length]!]!, boxes[4 * box + 2]!, measure), bins?.caption);
  };

  const map = minimap({
    shown: mapShown,
    onShown: events.onMapShown,
    onMove: (x, y) => sight.lookAt(x, y),
  });

  const sight = makeSight({ picture: () => scene && scene.layout, redraw: () => redraw(), onRest: events.onCameraRest });
  const redraw = canvasFrames(element, canvas, { resized: sight.resized, draw });

  const hand = makeHand({ events, visible, selection: () => selection, onScreen, redraw, setCursor: (cursor) => (element.style.cursor = cursor) });
  listenToPointer(element, {
    ...hand.pointer,
    pan: sight.panBy,
    zoom: sight.zoomAt,
    click(px, py) {
      element.focus({ preventScroll: true });
      const at = visible();
      if (at === null) return;
      const cut = cutAtPoint(at, px, py);
      if (cut) return events.onSelect({ kind: 'tensor', index: cut.tensors[0]! });
      const hit = groupAtPoint(at, px, py);
      if (hit !== null) {
        events.onSelect({ kind: 'group', index: hit.group });
        if (hit.sign) toggle(hit.group);
        return;
      }
      const box = boxAt(at, px, py);
      const stage = stageTitleAt(at, px, py);
      events.onSelect(box >= 0 ? selectionAt(at.scene, box) : stage >= 0 ? { kind: 'stage', index: stage } : null);
    },
    doubleClick(px, py) {
      const at = visible();
      if (at === null) return;
      const hit = groupAtPoint(at, px, py);
      const box = boxAt(at, px, py);
      if (hit !== null) {
        if (!hit.sign) toggle(hit.group);
      } else if (box >= 0) reveal(selectionAt(at.scene, box));
      else sight.zoomAt(2, px, py);
    },
  });
  listenToKeys(element, {
    walk(direction: Direction) {
      if (scene === null) return;
      const { box, frame } = emphasisOf(scene, selection, -1, null);
      const inside = frame < 0 ? null : scene.layout.groups[frame]!.box;
      const next =
        box >= 0
          ? walk(scene, box, direction)
          : inside
            ? nearest(scene, inside[0] + inside[2] / 2, inside[1] + 40)
            : nearest(scene, ...middle());
      if (next < 0) return;
      events.onSelect(selectionAt(scene, next));
      reveal(selectionAt(scene, next));
    },
    pan: sight.stepBy,
    zoomBy(factor) {
      const group = selectedGroup();
      if (group !== undefined && group.expanded === factor < 1) toggle(selection!.index);
      else sight.zoomBy(factor);
    },
    fitAll: () => sight.fitAll(true),
    toggleMap: map.toggle,
    open: () => (selectedGroup() !== undefined ? toggle(selection!.index) : events.onOpen()),
    clear() {
      const around = frameAround();
      if (around < 0) return events.onSelect(null);
      events.onSelect({ kind: 'group', index: around });
      events.onCollapse(around);
    },
    search: events.onSearch,
    menu: () => menuOf(selection),
    walkCuts(by) {
      const cuts = scene === null ? [] : cutsInOrder(scene);
      const at = selection?.kind === 'tensor' ? cuts.indexOf(selection.index) : -1;
      const next = cuts[at < 0 ? (by > 0 ? 0 : cuts.length - 1) : (at + by + cuts.length) % cuts.length];
      if (next === undefined) return;
      events.onSelect({ kind: 'tensor', index: next });
      reveal({ kind: 'tensor', index: next });
    },
    moveCut: (step) => selection?.kind === 'tensor' && events.onCutStep(selection.index, step),
  });

  return {
    element,
    map: map.element,
    show(view, layout, keepCamera, anchor) {
      const before = anchor === undefined ? undefined : scene?.layout.groups.find(({ key }) => key === anchor)?.box;
      const anchored = anchor === undefined ? -1 : layout.groups.findIndex(({ key }) => key === anchor);
      const shown = makeScene(view, layout);
      scene = shown;
      map.show(scene, palette);
      dress(shown);
      hand.pictureChanged();
      const after = layout.groups[anchored]?.box;
      if (before && after && sight.viewport().width > 0) {
        sight.follow(after[0] - before[0], after[1] - before[1]);
        reveal({ kind: 'group', index: anchored });
      } else sight.pictureChanged(keepCamera);
    },
    outline(operators) {
      moving = operators;
      redraw();
    },
    picture() {
      if (scene === null || text === null) return null;
      const [shown, texts] = [scene, text];
      const { width, height } = shown.layout;
      // below a certain size there are no texts; above another one no bitmap
      const scale = Math.min(1, PICTURE_SIDE / Math.max(width, height));
      const size = { width: width * scale + 2 * MARGIN, height: height * scale + 2 * MARGIN };
      const whole = { x: -MARGIN / scale, y: -MARGIN / scale, scale };
      return makePicture(size.width, size.height, (on, pixelRatio) =>
        drawFrame({ context: on, scene: shown, camera: whole, viewport: size, palette, text: texts, paint, moved: marks, pixelRatio, emphasis: emphasisOf(shown, null, -1, matches) }),
      );
    },
    setReference(other) {
      if (other === reference) return;
      reference = other;
      marks = scene === null || other === null ? null : movedMarksOf(scene, other);
      redraw();
    },
    colourBy(wanted) {
      if (wanted === bins) return;
      bins = wanted;
      if (scene !== null) dress(scene);
      redraw();
    },
    select(target) {
      if (target === selection) return;
      selection = target;
      redraw();
    },
    setMatches(found) {
      if (found === matches) return;
      matches = found;
      redraw();
    },
    fitAll: () => sight.fitAll(true),
    reveal,
    sees(target) {
      const part = area(target);
      return part !== null && sight.sees(part);
    },
    setCamera: sight.set,
    themeChanged() {
      palette = readPalette();
      if (scene !== null) map.show(scene, palette);
      redraw();
    },
    frameTimes: () => times,
  };
}
