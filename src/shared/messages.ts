import type { LayoutView } from './layoutView';
import type { PlanView } from './planView';

/** What the host tells the plan panel. */
export type ToWebview =
  | { readonly type: 'loading'; readonly modelName: string; readonly phase: string }
  | { readonly type: 'plan'; readonly view: PlanView; readonly dirty: boolean }
  | { readonly type: 'layout'; readonly layout: LayoutView }
  | { readonly type: 'dirty'; readonly dirty: boolean }
  | { readonly type: 'failed'; readonly message: string }
  /** the host asks the view to show this operator */
  | { readonly type: 'reveal'; readonly operatorId: string };

/** What the plan panel tells the host. */
export type FromWebview =
  | { readonly type: 'ready' }
  | { readonly type: 'partition' }
  | { readonly type: 'save' }
  /** the view wants coordinates, with or without foldable operators */
  | { readonly type: 'layout'; readonly showFoldable: boolean }
  | { readonly type: 'openSidecar' }
  | { readonly type: 'copy'; readonly text: string };
