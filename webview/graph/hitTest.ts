/** A uniform grid over the boxes: which ones lie in a rectangle, without looking at the others. */
export interface Grid {
  /** Calls `visit` once for every box that touches the rectangle (world coordinates), possibly a few more. */
  readonly forEachIn: (left: number, top: number, right: number, bottom: number, visit: (box: number) => void) => void;
  /** the box that contains the point, or -1 */
  readonly at: (x: number, y: number) => number;
}

const CELL = 512;

/** @param boxes x, y, width, height for each box */
export function makeGrid(boxes: ArrayLike<number>, count: number): Grid {
  const cells = new Map<number, number[]>();
  const key = (column: number, row: number): number => row * 65536 + column;
  const cell = (value: number): number => Math.max(0, Math.floor(value / CELL));
  for (let i = 0; i < count; i++) {
    const [x, y, w, h] = [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
    for (let row = cell(y); row <= cell(y + h); row++) {
      for (let column = cell(x); column <= cell(x + w); column++) {
        const members = cells.get(key(column, row));
        if (members === undefined) cells.set(key(column, row), [i]);
        else members.push(i);
      }
    }
  }
  const seen = new Uint32Array(count);
  let round = 0;
  return {
    forEachIn(left, top, right, bottom, visit) {
      round++;
      for (let row = cell(top); row <= cell(bottom); row++) {
        for (let column = cell(left); column <= cell(right); column++) {
          for (const i of cells.get(key(column, row)) ?? []) {
            if (seen[i] === round) continue;
            seen[i] = round;
            visit(i);
          }
        }
      }
    },
    at(x, y) {
      for (const i of cells.get(key(cell(x), cell(y))) ?? []) {
        const [bx, by, w, h] = [boxes[4 * i]!, boxes[4 * i + 1]!, boxes[4 * i + 2]!, boxes[4 * i + 3]!];
        if (x >= bx && x <= bx + w && y >= by && y <= by + h) return i;
      }
      return -1;
    },
  };
}
