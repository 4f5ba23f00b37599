import { t } from '@vscode/l10n';
import type { Picture } from '../../src/shared/picture';
import type { TimelineView } from '../../src/shared/timelineView';
import type { Size } from '../graph/camera';
import { listenToKeys } from '../graph/keyboard';
import { readPalette } from '../graph/palette';
import { listenToPointer } from '../graph/pointer';
import { canvasFrames } from '../ui/canvasFrames';
import { el } from '../ui/dom';
import { motionAllowed } from '../ui/motion';
import { drawTimeline } from './drawTimeline';
import type { Frame } from './frame';
import { geometryOf, placeAt, rowTop, type Geometry } from './geometry';
import { makePicture } from '../picture/picture';
import { makeHatch } from './hatch';
import { cardAt } from './hover';
import { sliceAt, type Cell } from './rows';
import { timelineScene, type TimelineScene } from './scene';
import { spokenCell } from './speak';
import { betweenWindows, keepInTime, showInterval, wholeTime, zoomTime, type TimeWindow } from './timeWindow';
import { cellNear, cellOfSlice, middleOf, walkCells } from './walk';

export interface TimelineEvents {
  /** the stage of a cell was chosen; null: nothing is any more */
  readonly onSelectStage: (stage: number | null) => void;
  /** what a screen reader is to say */
  readonly onSpeak: (text: string) => void;
  readonly onSearch: () => void;
}

export interface TimelineCanvas {
  readonly element: HTMLElement;
  readonly show: (view: TimelineView) => void;
  /** marks the cells of a stage; -1 for none */
  readonly markStage: (stage: number) => void;
  /** What is in sight; null if nothing is shown. */
  readonly picture: () => Picture | null;
  readonly fitAll: () => void;
  readonly themeChanged: () => void;
}

const MOTION_MILLISECONDS = 150;

/** The canvas with a plan over time: draws a frame only when something changed. */
export function timelineCanvas(events: TimelineEvents): TimelineCanvas {
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const element = el(
    'div',
    { class: 'timeline-canvas', tabindex: '0', role: 'application', 'aria-roledescription': t('pipeline timeline'), 'aria-label': t('The plan over time. Arrow keys walk along a device and to other devices, Home and End to its first and last work, Enter selects the stage.') },
    canvas,
  );
  const context = canvas.getContext('2d', { alpha: false })!;
  const hatch = makeHatch(context);
  let palette = readPalette();
  let viewport: Size = { width: 0, height: 0 };
  let scene: TimelineScene | null = null;
  let window: TimeWindow = { from: 0, perSecond: 1 };
  let scroll = 0;
  /** true until the user moves: then a resized panel keeps showing all of the time */
  let fitted = true;
  let focused: Cell | null = null;
  let stage = -1;
  let card: Frame['card'] = null;
  let motion: { readonly from: TimeWindow; readonly to: TimeWindow; readonly start: number } | null = null;

  const geometry = (): Geometry => geometryOf(viewport, scene?.rows.length ?? 0, scroll);
  const draw = (now: number): void => {
    if (motion !== null) {
      const t = Math.min(1, (now - motion.start) / MOTION_MILLISECONDS);
      window = betweenWindows(motion.from, motion.to, 1 - (1 - t) ** 3);
      if (t >= 1) [window, motion] = [motion.to, null];
      else redraw();
    }
    if (scene === null || viewport.width === 0) return;
    drawTimeline({ context, scene, window, geometry: geometry(), viewport, pixelRatio: devicePixelRatio, palette, hatch, focused, stage, card });
  };
  const moveTo = (target: TimeWindow, smoothly: boolean): void => {
    if (smoothly && motionAllowed() && viewport.width > 0) motion = { from: window, to: target, start: performance.now() };
    else [window, motion] = [target, null];
    redraw();
  };
  const destination = (): TimeWindow => motion?.to ?? window;
  const whole = (): TimeWindow => wholeTime(scene?.view.totalSeconds ?? 1, geometry().width);
  const fitAll = (smoothly: boolean): void => {
    fitted = true;
    moveTo(whole(), smoothly);
  };
  const pan = (dx: number, dy: number): void => {
    if (scene === null) return;
    if (dx !== 0) fitted = false;
    scroll = geometryOf(viewport, scene.rows.length, scroll - dy).scroll;
    card = null;
    moveTo(keepInTime({ ...window, from: window.from - dx / window.perSecond }, scene.view.totalSeconds, geometry().width), false);
  };
  const zoom = (factor: number, px: number, smoothly: boolean): void => {
    if (scene === null) return;
    fitted = false;
    card = null;
    moveTo(zoomTime(destination(), factor, px, scene.view.totalSeconds, scene.shortest, geometry().width), smoothly);
  };
  /** the cell, its row and its time into sight; says what it is */
  const focusCell = (cell: Cell): void => {
    if (scene === null) return;
    focused = cell;
    card = null;
    const { slices } = scene.rows[cell.row]!.device;
    const { axis, rowHeight } = geometry();
    const top = rowTop(geometry(), cell.row);
    if (top < axis) scroll += top - axis;
    else if (top + rowHeight > viewport.height) scroll += top + rowHeight - viewport.height;
    moveTo(showInterval(destination(), slices.start[cell.slice]!, slices.seconds[cell.slice]!, scene.view.totalSeconds, geometry().width), true);
    events.onSpeak(spokenCell(scene.view, cell.row, cell.slice));
  };
  const firstCell = (): Cell | null => {
    if (scene === null) return null;
    const middle = window.from + geometry().width / 2 / window.perSecond;
    const row = Math.max(0, scene.rows.findIndex(({ device }) => device.stages.includes(stage)));
    return scene.rows.length === 0 ? null : cellNear(scene.rows, row, fitted ? 0 : middle);
  };
  /** the card for what is under the pointer */
  const hover = (px: number, py: number): void => {
    const lines = scene === null ? null : cardAt(scene, window, placeAt(geometry(), scene.rows.length, px, py));
    element.style.cursor = lines === null ? '' : 'default';
    if (lines === null && card === null) return;
    card = lines === null ? null : { px, py, lines };
    redraw();
  };

  const resized = (size: Size): void => {
    viewport = size;
    scroll = geometry().scroll;
    if (scene !== null && size.width > 0) [window, motion] = [fitted ? whole() : keepInTime(window, scene.view.totalSeconds, geometry().width), null];
  };
  const redraw = canvasFrames(element, canvas, { resized, draw });

  listenToPointer(element, {
    pan,
    zoom: (factor, px) => zoom(factor, Math.max(0, px - geometry().gutter), false),
    hover,
    leave() {
      if (card !== null) redraw();
      card = null;
    },
    click(px, py) {
      element.focus({ preventScroll: true });
      if (scene === null) return;
      const place = placeAt(geometry(), scene.rows.length, px, py);
      if (place === null) return;
      const row = scene.rows[place.row]!;
      if (place.x < 0) return events.onSelectStage(row.device.stages[0] ?? null);
      const moment = window.from + place.x / window.perSecond;
      const slice = place.band === null || place.band === 'memory' ? -1 : sliceAt(row.device.slices, row.lanes[place.band], moment);
      const cell = slice < 0 ? null : cellOfSlice(scene.rows, place.row, slice);
      if (cell === null) return;
      focusCell(cell);
      events.onSelectStage(row.device.slices.stage[slice]!);
      events.onSpeak(spokenCell(scene.view, cell.row, cell.slice));
    },
    doubleClick: (px) => zoom(2, Math.max(0, px - geometry().gutter), true),
  });
  listenToKeys(element, {
    walk(direction) {
      const next = scene === null ? null : focused === null ? firstCell() : walkCells(scene.rows, focused, direction);
      if (next !== null) focusCell(next);
    },
    pan: (dx, dy) => pan(-dx, -dy),
    zoomBy(factor) {
      const { width } = geometry();
      if (focused === null || scene === null) return zoom(factor, width / 2, true);
      // around the cell that one is at
      const { from, perSecond } = destination();
      const middle = (middleOf(scene.rows[focused.row]!, focused.slice) - from) * perSecond;
      zoom(factor, Math.max(0, Math.min(width, middle)), true);
    },
    fitAll: () => fitAll(true),
    open() {
      if (scene !== null && focused !== null) events.onSelectStage(scene.rows[focused.row]!.device.slices.stage[focused.slice]!);
    },
    clear() {
      focused = null;
      events.onSelectStage(null);
      redraw();
    },
    search: events.onSearch,
  });

  element.addEventListener('keydown', (event) => {
    const { key } = event;
    if (scene === null || focused === null || (key !== 'Home' && key !== 'End')) return;
    event.preventDefault();
    const slice = scene.rows[focused.row]!.lanes.work.at(key === 'Home' ? 0 : -1);
    if (slice !== undefined) focusCell({ row: focused.row, slice });
  });

  return {
    element,
    show(view) {
      scene = timelineScene(view);
      focused = null;
      card = null;
      scroll = geometry().scroll;
      fitAll(false);
    },
    markStage(marked) {
      if (marked === stage) return;
      stage = marked;
      redraw();
    },
    picture() {
      if (scene === null || viewport.width === 0) return null;
      const shown = scene;
      return makePicture(viewport.width, viewport.height, (on, pixelRatio) =>
        drawTimeline({ context: on, scene: shown, window, geometry: geometry(), viewport, pixelRatio, palette, hatch: makeHatch(on), focused: null, stage, card: null }),
      );
    },
    fitAll: () => fitAll(true),
    themeChanged() {
      palette = readPalette();
      redraw();
    },
  };
}
