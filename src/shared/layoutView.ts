/** Up to this many operators a picture of all of them can be read; more stand in groups. From this many on, they can be put into groups on request. */
export const MOST_UNGROUPED = 1_500;
export const FEWEST_GROUPED = 100;

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
    /** all tensors of an edge that stands for several between the same two boxes; absent: `tensor` alone */
    readonly tensors?: readonly number[];
    /** the collapsed or expanded group that the edge leaves or enters, where it is not drawn from or to the operator itself; absent: none */
    readonly fromGroup?: number;
    readonly toGroup?: number;
  }[];
  /** groups of a large model, outer before inner, whether drawn or not; empty if every operator stands for itself */
  readonly groups: readonly GroupView[];
  /** for each operator of the plan view its innermost group, or -1; empty if there are no groups */
  readonly groupOf: readonly number[];
  /** 'elk', or 'plain' where elk was too slow and the fallback stood in */
  readonly engine: 'elk' | 'plain';
}

/** Operators that can be drawn as one box, or inside a frame of their own. */
export interface GroupView {
  /** names the group for as long as its stage and its operators' names stay the same */
  readonly key: string;
  /** 'layers.0' for a scope, 'layers.0–31' for scopes that are alike, '1–224' for a part of the graph's order */
  readonly label: string;
  readonly kind: 'scope' | 'alike' | 'part';
  /** index of the group around it, or -1 */
  readonly parent: number;
  /** as of its operators; -1 without one */
  readonly stage: number;
  /** first operator in the graph's order */
  readonly first: number;
  readonly operatorCount: number;
  /** groups directly inside that are alike; 0 for other kinds */
  readonly alike: number;
  /** sum over its operators, as far as known */
  readonly seconds: number;
  readonly weightBytes: number;
  /** x, y, width, height; null while a group around it is collapsed */
  readonly box: readonly [number, number, number, number] | null;
  /** what is in it is drawn */
  readonly expanded: boolean;
}
