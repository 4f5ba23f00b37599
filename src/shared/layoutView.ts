/** Coordinates of the drawn graph, in CSS pixels at scale 1, y downwards. Made in the worker, drawn by the webview. */
export interface LayoutView {
  readonly width: number;
  readonly height: number;
  /** 4 numbers for each drawn operator: x, y (top left), width, height; aligned with `operators` */
  readonly boxes: readonly number[];
  /** operator indices of the plan view, in the order of `boxes` */
  readonly operators: readonly number[];
  /** stage boxes, aligned with the plan's stages; empty before there is a plan */
  readonly stages: readonly { readonly x: number; readonly y: number; readonly width: number; readonly height: number }[];
  readonly edges: readonly {
    /** tensor index of the plan view */
    readonly tensor: number;
    readonly from: number;
    readonly to: number;
    /** x0, y0, x1, y1, ... */
    readonly points: readonly number[];
  }[];
  /** 'elk', or 'plain' where elk was too slow and the fallback stood in */
  readonly engine: 'elk' | 'plain';
}
