import type { FromWebview, ToWebview } from '../src/shared/messages';

/** What survives a reload of the window: where one was looking, and at what. */
export interface Saved {
  readonly camera?: { readonly x: number; readonly y: number; readonly scale: number };
  /** operator id or tensor name, as indices may change */
  readonly selected?: { readonly kind: 'operator' | 'tensor' | 'stage'; readonly id: string } | undefined;
  readonly showFoldable?: boolean;
  /** a model that is small enough for a picture of all its operators stands in groups */
  readonly grouped?: boolean;
  /** keys of the groups whose inside is drawn */
  readonly expanded?: readonly string[];
  readonly mapShown?: boolean;
  readonly inspectorWidth?: number;
  readonly inspectorOpen?: boolean;
  readonly stagesHeight?: number;
}

interface VsCodeApi {
  postMessage(message: FromWebview): void;
  getState(): Saved | undefined;
  setState(state: Saved): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

const api = acquireVsCodeApi();

/** A report has no host but a script of its own, which makes the events itself. */
const inReport = document.getElementById('report-data') !== null;

/**
 * Tells of each message of the host. VS Code sends from a frame of the webview's own origin, which no other page has; what other windows send
 * (a page that shows a report in a frame, or opened it) is passed over.
 */
export function listen(receive: (message: ToWebview) => void): void {
  addEventListener('message', ({ data, source, origin, isTrusted }: MessageEvent<ToWebview>) => {
    if (inReport ? !isTrusted : source === window || origin === window.origin) receive(data);
  });
}

export const post = (message: FromWebview): void => api.postMessage(message);

/** What was saved before; the host may put more into it, which is kept. */
export const saved = (): Saved => api.getState() ?? {};

export const save = (change: Saved): void => api.setState({ ...saved(), ...change });
