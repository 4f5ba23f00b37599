import type { Camera } from './camera';
import type { PlacedLabel } from './draw';
import { groupAt } from './groups';
import type { Scene } from './scene';

/** What can be taken hold of in the picture: it is dragged, and has a menu. */
export type Grip =
  | { readonly kind: 'operator'; readonly index: number }
  /** a group by its index in the layout */
  | { readonly kind: 'group'; readonly index: number }
  | CutGrip;

/** One tensor that crosses stages, or all that one line stands for. */
export interface CutGrip {
  readonly kind: 'cut';
  readonly tensors: readonly number[];
}

/** What lies under something that is dragged. */
export interface Over {
  /** -1 for none */
  readonly stage: number;
  /** the operator or the collapsed group there; null for none */
  readonly grip: Exclude<Grip, CutGrip> | null;
}

/** Pixels of the screen beside a line that still take hold of it. */
const REACH = 5;

/** The cut whose label or line lies at a point, pixels of the canvas; undefined if there is none, or an operator lies above it. */
export function cutAt(scene: Scene, labels: readonly PlacedLabel[], camera: Camera, px: number, py: number): CutGrip | undefined {
  const label = labels.find(({ box }) => px >= box.x && px <= box.x + box.width && py >= box.y && py <= box.y + box.height);
  if (label) return { kind: 'cut', tensors: label.tensors };
  const [x, y] = [camera.x + px / camera.scale, camera.y + py / camera.scale];
  if (scene.grid.at(x, y) >= 0 || groupAt(scene, x, y) !== null) return undefined;
  const reach = REACH / camera.scale;
  for (const e of scene.cutEdges) {
    const bounds = scene.edgeBounds.subarray(4 * e, 4 * e + 4);
    if (x < bounds[0]! - reach || x > bounds[2]! + reach || y < bounds[1]! - reach || y > bounds[3]! + reach) continue;
    const { points, tensor, tensors = [tensor] } = scene.layout.edges[e]!;
    if (distanceTo(points, x, y) <= reach) return { kind: 'cut', tensors };
  }
  return undefined;
}

function distanceTo(points: readonly number[], x: number, y: number): number {
  let least = Infinity;
  for (let i = 0; i + 3 < points.length; i += 2) {
    const [ax, ay, bx, by] = [points[i]!, points[i + 1]!, points[i + 2]!, points[i + 3]!];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const at = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
    least = Math.min(least, Math.hypot(x - ax - at * (bx - ax), y - ay - at * (by - ay)));
  }
  return least;
}

/** The cuts of a picture, one tensor for each pair of stages: its slowest, in the order of the stages. */
export function cutsInOrder({ view: { plan } }: Pick<Scene, 'view'>): number[] {
  const slowest = new Map<string, { readonly tensor: number; readonly from: number; readonly to: number; readonly seconds: number }>();
  for (const { tensor, from, to, transferSeconds: seconds } of plan?.cuts ?? []) {
    for (const goal of to) {
      const key = `${from} ${goal}`;
      if ((slowest.get(key)?.seconds ?? -1) < seconds) slowest.set(key, { tensor, from, to: goal, seconds });
    }
  }
  const ordered = [...slowest.values()].sort((a, b) => a.from - b.from || a.to - b.to);
  return [...new Set(ordered.map(({ tensor }) => tensor))];
}
