import type { Scene } from './scene';

export type Direction = 'up' | 'down' | 'left' | 'right';

/**
 * The operator that an arrow key leads to: up to a producer, down to a consumer, left and right to a neighbour in the same row.
 * Of several producers or consumers the nearest on the screen; left and right then reach the others. The same operator if there is none.
 * @param operator operator index of the plan view
 */
export function walk(scene: Scene, operator: number, direction: Direction): number {
  const box = scene.boxOf[operator] ?? -1;
  if (box < 0) return operator;
  const x = scene.boxes[4 * box]!;
  const y = scene.boxes[4 * box + 1]!;
  const distance = (other: number): number => {
    const i = scene.boxOf[other]!;
    return Math.hypot(scene.boxes[4 * i]! - x, scene.boxes[4 * i + 1]! - y);
  };
  if (direction === 'up' || direction === 'down') {
    const next = (scene.edgesOf[operator] ?? [])
      .map((e) => scene.layout.edges[e]!)
      .filter((edge) => (direction === 'up' ? edge.to : edge.from) === operator)
      .map((edge) => (direction === 'up' ? edge.from : edge.to));
    return next.sort((a, b) => distance(a) - distance(b) || a - b)[0] ?? operator;
  }
  let best = operator;
  let bestDistance = Infinity;
  const sign = direction === 'left' ? -1 : 1;
  scene.layout.operators.forEach((other, i) => {
    const dx = (scene.boxes[4 * i]! - x) * sign;
    const dy = Math.abs(scene.boxes[4 * i + 1]! - y);
    if (dx > 1 && dy <= scene.boxes[4 * i + 3]! && dx + dy < bestDistance) [best, bestDistance] = [other, dx + dy];
  });
  return best;
}

/** Where to start when nothing is selected: the operator nearest to the middle of what is seen. */
export function nearest(scene: Scene, x: number, y: number): number {
  let best = -1;
  let bestDistance = Infinity;
  scene.layout.operators.forEach((operator, i) => {
    const d = Math.hypot(scene.boxes[4 * i]! + scene.boxes[4 * i + 2]! / 2 - x, scene.boxes[4 * i + 1]! + scene.boxes[4 * i + 3]! / 2 - y);
    if (d < bestDistance) [best, bestDistance] = [operator, d];
  });
  return best;
}
