import type { Size } from '../graph/camera';
import type { Palette } from '../graph/palette';
import type { Geometry } from './geometry';
import type { Hatch } from './hatch';
import type { Cell } from './rows';
import type { TimelineScene } from './scene';
import type { TimeWindow } from './timeWindow';

/** All that one drawing of a timeline depends on. */
export interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly scene: TimelineScene;
  readonly window: TimeWindow;
  readonly geometry: Geometry;
  readonly viewport: Size;
  readonly pixelRatio: number;
  readonly palette: Palette;
  readonly hatch: Hatch;
  /** the cell that the keyboard is at */
  readonly focused: Cell | null;
  /** stage that is selected, or holds the selected operator; -1 for none */
  readonly stage: number;
  /** lines of the card beside the pointer */
  readonly card: { readonly px: number; readonly py: number; readonly lines: readonly string[] } | null;
}
