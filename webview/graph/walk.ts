import type { Scene } from './scene';

export type Direction = 'up' | 'down' | 'left' | 'right';

/**
 * The box that an arrow key leads to: up to a producer, down to a consumer, left and right to a neighbour in the same row.
 * Of several producers or consumers the nearest on the screen; left and right then reach the others. The same box if there is none.
 * @param box drawn box, of an operator or of a collapsed group
 */
export function walk(scene: Scene, box: number, direction: Direction): number {
  const { boxes, standIn } = scene;
  const x = boxes[4 * box]!;
  const y = boxes[4 * box + 1]!;
  const distance = (other: number): number => Math.hypot(boxes[4 * other]! - x, boxes[4 * other + 1]! - y);
  if (direction === 'up' || direction === 'down') {
    const next = (scene.edgesOfBox[box] ?? [])
      .map((e) => scene.layout.edges[e]!)
      .filter((edge) => standIn[direction === 'up' ? edge.to : edge.from] === box)
      .map((edge) => standIn[direction === 'up' ? edge.from : edge.to]!)
      .filter((other) => other >= 0 && other !== box);
    return next.sort((a, b) => distance(a) - distance(b) || a - b)[0] ?? box;
  }
  let best = box;
  let bestDistance = Infinity;
  const sign = direction === 'left' ? -1 : 1;
  for (let other = 0; other < scene.stage.length; other++) {
    const dx = (boxes[4 * other]! - x) * sign;
    const dy = Math.abs(boxes[4 * other + 1]! - y);
    if (dx > 1 && dy <= boxes[4 * other + 3]! && dx + dy < bestDistance) [best, bestDistance] = [other, dx + dy];
  }
  return best;
}

/** Where to start when nothing is selected: the box nearest to a point, the middle of what is seen. */
export function nearest(scene: Scene, x: number, y: number): number {
  let best = -1;
  let bestDistance = Infinity;
  for (let i = 0; i < scene.stage.length; i++) {
    const d = Math.hypot(scene.boxes[4 * i]! + scene.boxes[4 * i + 2]! / 2 - x, scene.boxes[4 * i + 1]! + scene.boxes[4 * i + 3]! / 2 - y);
    if (d < bestDistance) [best, bestDistance] = [i, d];
  }
  return best;
}
