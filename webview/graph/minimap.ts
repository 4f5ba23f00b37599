import { t } from '@vscode/l10n';
import { el } from '../ui/dom';
import { iconButton } from '../ui/components';
import type { Camera, Size } from './camera';
import { mergeBoxes } from './mergedBoxes';
import type { Palette } from './palette';
import type { Scene } from './scene';

/** CSS pixels on the screen. */
const WIDTH = 200;
const HEIGHT = 130;
const INSET = 4;
/** Boxes so close to each other are one. */
const MERGED = 2;

export interface Minimap {
  readonly element: HTMLElement;
  readonly show: (scene: Scene, palette: Palette) => void;
  /** Marks what is seen; the map hides while that is everything. */
  readonly look: (camera: Camera, viewport: Size) => void;
  readonly toggle: () => void;
}

export interface MinimapOptions {
  readonly shown: boolean;
  readonly onShown: (shown: boolean) => void;
  /** the point of the picture that is to be in the middle, world coordinates */
  readonly onMove: (x: number, y: number) => void;
}

/** The whole picture in a corner, with a frame around what is seen. The whole is drawn once, each frame only copies it. */
export function minimap({ shown, onShown, onMove }: MinimapOptions): Minimap {
  const canvas = el('canvas', { role: 'img', 'aria-label': t('Map of the whole graph: a frame marks the part that is shown. Drag to move.') });
  const toggle = iconButton({ label: t('Map of the whole graph'), title: t('Map of the whole graph (o)'), icon: 'map', onClick: () => set(!open) });
  const element = el('div', { class: 'minimap' }, canvas, toggle);
  const context = canvas.getContext('2d', { alpha: false })!;
  const whole = document.createElement('canvas');
  let open = shown;
  let drawn: { readonly scene: Scene; readonly palette: Palette; readonly scale: number; readonly size: Size } | null = null;
  let last: { readonly camera: Camera; readonly viewport: Size } | null = null;
  let dragging = false;
  let marked = '';

  const set = (next: boolean): void => {
    open = next;
    onShown(open);
    marked = '';
    if (last !== null) look(last.camera, last.viewport);
  };

  const look = (camera: Camera, viewport: Size): void => {
    last = { camera, viewport };
    if (drawn === null || viewport.width === 0) {
      element.classList.add('needless');
      return;
    }
    const { layout } = drawn.scene;
    const fits = camera.x <= 1 && camera.y <= 1 && camera.x + viewport.width / camera.scale >= layout.width - 1 && camera.y + viewport.height / camera.scale >= layout.height - 1;
    const state = [open, fits, camera.x, camera.y, camera.scale, viewport.width, viewport.height].join();
    if (state === marked) return;
    marked = state;
    element.classList.toggle('needless', fits && !dragging);
    element.classList.toggle('closed', !open);
    toggle.setAttribute('aria-pressed', String(open));
    if (!open || fits) return;
    const { scale, palette } = drawn;
    const ratio = devicePixelRatio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(whole, 0, 0);
    context.setTransform(ratio, 0, 0, ratio, INSET * ratio, INSET * ratio);
    const left = Math.max(0, camera.x * scale);
    const top = Math.max(0, camera.y * scale);
    const right = Math.min(layout.width * scale, (camera.x + viewport.width / camera.scale) * scale);
    const bottom = Math.min(layout.height * scale, (camera.y + viewport.height / camera.scale) * scale);
    context.strokeStyle = palette.text;
    context.lineWidth = 1.5;
    context.strokeRect(left, top, Math.max(3, right - left), Math.max(3, bottom - top));
  };

  const show = (scene: Scene, palette: Palette): void => {
    const { layout } = scene;
    const scale = Math.min((WIDTH - 2 * INSET) / Math.max(1, layout.width), (HEIGHT - 2 * INSET) / Math.max(1, layout.height));
    const size = { width: Math.max(40, layout.width * scale + 2 * INSET), height: Math.max(24, layout.height * scale + 2 * INSET) };
    const ratio = devicePixelRatio;
    for (const target of [canvas, whole]) {
      target.width = Math.round(size.width * ratio);
      target.height = Math.round(size.height * ratio);
    }
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    drawWhole(whole.getContext('2d', { alpha: false })!, scene, palette, ratio, scale);
    drawn = { scene, palette, scale, size };
    marked = '';
    if (last !== null) look(last.camera, last.viewport);
  };

  const moveTo = (event: PointerEvent): void => {
    if (drawn === null) return;
    const bounds = canvas.getBoundingClientRect();
    onMove((event.clientX - bounds.left - INSET) / drawn.scale, (event.clientY - bounds.top - INSET) / drawn.scale);
  };
  canvas.addEventListener('pointerdown', (event) => {
    dragging = true;
    canvas.setPointerCapture(event.pointerId);
    moveTo(event);
  });
  canvas.addEventListener('pointermove', (event) => dragging && moveTo(event));
  canvas.addEventListener('lostpointercapture', () => (dragging = false));

  return {
    element,
    show,
    look,
    toggle: () => set(!open),
  };
}

function drawWhole(context: CanvasRenderingContext2D, scene: Scene, palette: Palette, ratio: number, scale: number): void {
  const k = ratio * scale;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.fillStyle = palette.background;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(k, 0, 0, k, INSET * ratio, INSET * ratio);
  scene.layout.stages.forEach((stage, s) => {
    context.fillStyle = palette.stages(s).ground;
    context.strokeStyle = palette.stages(s).outline;
    context.lineWidth = 1 / scale;
    context.fillRect(stage.x, stage.y, stage.width, stage.height);
    context.strokeRect(stage.x, stage.y, stage.width, stage.height);
  });
  const { rectangles, stage, step } = mergeBoxes(scene, { step: scene.heat, matches: null }, MERGED / scale);
  const box = (from: ArrayLike<number>, i: number, own: number, heat: number): void => {
    context.fillStyle = palette.stages(own).farHeat[heat]!;
    context.fillRect(from[4 * i]!, from[4 * i + 1]!, Math.max(from[4 * i + 2]!, 1 / scale), Math.max(from[4 * i + 3]!, 1 / scale));
  };
  for (let i = 0; i < stage.length; i++) box(rectangles, i, stage[i]!, step[i]!);
  for (let i = scene.layout.operators.length; i < scene.stage.length; i++) box(scene.boxes, i, scene.stage[i]!, scene.heat[i]!);
}
