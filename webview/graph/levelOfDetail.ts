/** What is worth drawing at a scale: what could not be read is left out, which keeps far views calm and fast. */
export interface Detail {
  readonly innerEdges: boolean;
  readonly outlines: boolean;
  readonly roundCorners: boolean;
  /** 'type': one large line; 'full': type, time and name; 'shapes': the outputs' shapes too */
  readonly text: 'none' | 'type' | 'full' | 'shapes';
  /** all cut labels, rather than only those of the selection */
  readonly cutLabels: boolean;
  /** line width of cut edges, screen pixels */
  readonly cutWidth: number;
}

export function detailAt(scale: number): Detail {
  return {
    innerEdges: scale >= 0.12,
    outlines: scale >= 0.2,
    roundCorners: scale >= 0.4,
    text: scale >= 1 ? 'shapes' : scale >= 0.72 ? 'full' : scale >= 0.34 ? 'type' : 'none',
    cutLabels: scale >= 0.5,
    cutWidth: scale >= 0.5 ? 2 : scale >= 0.15 ? 1.5 : 1,
  };
}

/** Above this scale every box is drawn for itself; below it a box is some 2 screen pixels high, and what lies close together is merged. */
const FARTHEST_SINGLE = 0.06;

/** How much is merged at a scale, from 0 up; each level begins where scales are smaller by the square root of 2. -1 where nothing is. */
export const levelOf = (scale: number): number => (scale >= FARTHEST_SINGLE ? -1 : Math.floor(2 * Math.log2(FARTHEST_SINGLE / scale)));

/** What a screen pixel is in world coordinates where a level begins; it is up to the square root of 2 times more where it ends. */
export const pixelOf = (level: number): number => 2 ** (level / 2) / FARTHEST_SINGLE;
