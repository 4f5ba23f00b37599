import { motionAllowed } from '../ui/motion';
import { between, bringIntoView, fit, keepInSight, pan, zoomAround, type Camera, type Rectangle, type Size } from './camera';

/** What part of the picture is seen, and how that changes over time. */
export interface Sight {
  readonly camera: () => Camera;
  /** size of the canvas, CSS pixels */
  readonly viewport: () => Size;
  /** Moves on to the time of a frame. */
  readonly advance: (now: number) => void;
  readonly resized: (size: Size) => void;
  /** There is another picture: shows all of it, unless the camera is to stay where somebody has moved it. */
  readonly pictureChanged: (keepCamera: boolean) => void;
  readonly fitAll: (smoothly: boolean) => void;
  /** Moves with the hand that drags the picture: at once, by pixels of the screen. */
  readonly panBy: (dx: number, dy: number) => void;
  /** Moves over the picture by pixels of the screen, at once. */
  readonly stepBy: (dx: number, dy: number) => void;
  readonly zoomAt: (factor: number, px: number, py: number) => void;
  /** Looks at another point, in the picture's coordinates, from as near as now. */
  readonly lookAt: (x: number, y: number) => void;
  /** Zooms around the middle, smoothly. */
  readonly zoomBy: (factor: number) => void;
  /** Moves so that a part of the picture is in sight. @param whole all of it, however small; otherwise large enough to read */
  readonly reveal: (part: Rectangle, whole: boolean) => void;
  /** Whether some of a part of the picture is in sight. */
  readonly sees: (part: Rectangle) => boolean;
  /** What is in sight moved in the picture: it stays where it is on the screen. */
  readonly follow: (dx: number, dy: number) => void;
  readonly set: (camera: Camera) => void;
}

export interface SightOptions {
  /** size of the picture; null while there is none */
  readonly picture: () => Size | null;
  readonly redraw: () => void;
  /** the camera has not been moved for a while */
  readonly onRest: (camera: Camera) => void;
}

const READABLE = 0.8;
const MOTION_MILLISECONDS = 180;
const REST_MILLISECONDS = 300;

export function makeSight({ picture, redraw, onRest }: SightOptions): Sight {
  let camera: Camera = { x: 0, y: 0, scale: 1 };
  let viewport: Size = { width: 0, height: 0 };
  let motion: { from: Camera; to: Camera; start: number } | null = null;
  /** true until the camera is moved: a panel that gets a size, or another one, shows the whole picture */
  let fitted = true;
  let rest: ReturnType<typeof setTimeout> | undefined;

  const settle = (): void => {
    clearTimeout(rest);
    rest = setTimeout(() => onRest(camera), REST_MILLISECONDS);
  };
  const moveTo = (target: Camera, smoothly: boolean): void => {
    if (smoothly && motionAllowed() && viewport.width > 0) motion = { from: camera, to: target, start: performance.now() };
    else [camera, motion] = [target, null];
    settle();
    redraw();
  };
  /** where a motion that is under way ends */
  const destination = (): Camera => motion?.to ?? camera;
  const whole = (): Camera => fit({ x: 0, y: 0, ...(picture() ?? { width: 1, height: 1 }) }, viewport);
  const fitAll = (smoothly: boolean): void => {
    fitted = true;
    moveTo(whole(), smoothly);
  };
  const byHand = (target: Camera, smoothly = false): void => {
    fitted = false;
    moveTo(target, smoothly);
  };
  /** nobody gets lost: some of the picture stays in sight */
  const within = (target: Camera): Camera => {
    const size = picture();
    return size === null ? target : keepInSight(target, size, viewport);
  };

  return {
    camera: () => camera,
    viewport: () => viewport,
    advance(now) {
      if (motion === null) return;
      const t = Math.min(1, (now - motion.start) / MOTION_MILLISECONDS);
      camera = between(motion.from, motion.to, 1 - (1 - t) ** 3, viewport);
      if (t >= 1) [camera, motion] = [motion.to, null];
      else redraw();
    },
    resized(size) {
      viewport = size;
      if (picture() === null || size.width === 0 || !fitted) return;
      [camera, motion] = [whole(), null];
      settle();
    },
    pictureChanged(keepCamera) {
      if (keepCamera && !fitted) redraw();
      else if (viewport.width > 0) fitAll(false);
      else fitted = true;
    },
    fitAll,
    panBy: (dx, dy) => byHand(within(pan(camera, dx, dy))),
    stepBy: (dx, dy) => byHand(within(pan(destination(), -dx, -dy))),
    zoomAt: (factor, px, py) => byHand(within(zoomAround(camera, factor, px, py))),
    lookAt: (x, y) => byHand(within({ scale: camera.scale, x: x - viewport.width / 2 / camera.scale, y: y - viewport.height / 2 / camera.scale })),
    zoomBy: (factor) => byHand(zoomAround(destination(), factor, viewport.width / 2, viewport.height / 2), true),
    reveal(part, all) {
      if (viewport.width === 0) return;
      const tooLarge = part.width * READABLE > viewport.width || part.height * READABLE > viewport.height;
      byHand(all || tooLarge ? fit(part, viewport) : bringIntoView(destination(), part, viewport, READABLE), true);
    },
    sees({ x, y, width, height }) {
      const to = destination();
      return x < to.x + viewport.width / to.scale && x + width > to.x && y < to.y + viewport.height / to.scale && y + height > to.y;
    },
    follow(dx, dy) {
      const target = destination();
      [camera, motion] = [{ ...target, x: target.x + dx, y: target.y + dy }, null];
    },
    set: (target) => byHand(target),
  };
}
