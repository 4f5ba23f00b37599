import type { FromWebview } from '../src/shared/messages';

/** What survives a reload of the window: where one was looking, and at what. */
export interface Saved {
  readonly camera?: { readonly x: number; readonly y: number; readonly scale: number };
  /** operator id or tensor name, as indices may change */
  readonly selected?: { readonly kind: 'operator' | 'tensor' | 'stage'; readonly id: string } | undefined;
  readonly showFoldable?: boolean;
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

export const post = (message: FromWebview): void => api.postMessage(message);

/** What was saved before; the host may put more into it, which is kept. */
export const saved = (): Saved => api.getState() ?? {};

export const save = (change: Saved): void => api.setState({ ...saved(), ...change });
