import type { Scene } from '../graph/scene';
import { UNKNOWN, type Bins } from './bins';

/** A metric laid over a picture: the colour of each drawn box. */
export interface Paint {
  /** drawn box -> step, or `UNKNOWN`; a collapsed group has the largest of what is in it */
  readonly step: Uint8Array;
  /** boxes of operators in the order of their colour, so that a frame changes colours rarely */
  readonly order: Int32Array;
}

export function paintOf(scene: Scene, { stepOf }: Bins): Paint {
  const step = new Uint8Array(scene.stage.length).fill(UNKNOWN);
  scene.standIn.forEach((box, operator) => {
    const own = stepOf[operator] ?? UNKNOWN;
    if (box >= 0 && own !== UNKNOWN && (step[box] === UNKNOWN || own > step[box]!)) step[box] = own;
  });
  return { step, order: scene.order.slice().sort((a, b) => step[a]! - step[b]! || scene.stage[a]! - scene.stage[b]! || a - b) };
}
