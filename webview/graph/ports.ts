import type { LayoutView } from '../../src/shared/layoutView';
import type { Frame, Seen } from './draw';

const RADIUS = 3.5;

/** Points inside expanded groups where edges from and to the outside begin and end: x, y for each, world coordinates. */
export function portsOf({ edges, groups }: LayoutView): Float32Array {
  const inside = (group: number | undefined, x: number, y: number): boolean => {
    const { expanded = false, box = null } = groups[group ?? -1] ?? {};
    return expanded && box !== null && x > box[0] && x < box[0] + box[2] && y > box[1] + 1 && y < box[1] + box[3] - 1;
  };
  const points = new Map<string, readonly [number, number]>();
  const add = (group: number | undefined, x: number, y: number): void => void (inside(group, x, y) && points.set(`${x},${y}`, [x, y]));
  for (const { points: line, fromGroup, toGroup } of edges) {
    add(fromGroup, line[0]!, line[1]!);
    add(toGroup, line.at(-2)!, line.at(-1)!);
  }
  return Float32Array.from([...points.values()].flat());
}

/** A ring where an edge goes on outside of its group, so that no line ends in nothing. */
export function drawPorts({ context, scene: { ports }, camera, palette }: Frame, seen: Seen): void {
  context.beginPath();
  for (let i = 0; i < ports.length; i += 2) {
    const [x, y] = [ports[i]!, ports[i + 1]!];
    if (x < seen.left || x > seen.right || y < seen.top || y > seen.bottom) continue;
    context.moveTo(x + RADIUS, y);
    context.arc(x, y, RADIUS, 0, 2 * Math.PI);
  }
  context.fillStyle = palette.background;
  context.fill();
  context.strokeStyle = palette.edge;
  context.lineWidth = 1.5 / Math.max(camera.scale, 0.6);
  context.stroke();
}
