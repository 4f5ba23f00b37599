import type { Scene } from '../graph/scene';
import { UNKNOWN, type Bins } from './bins';

/** A metric, or stages, laid over a picture: the colour of each drawn box. */
export interface Paint {
  readonly kind?: Bins['kind'];
  /** drawn box -> step, or `UNKNOWN`; a collapsed group has the largest of what is in it, or the stage that most of it has */
  readonly step: Uint8Array;
  /** boxes of operators in the order of their colour, so that a frame changes colours rarely */
  readonly order: Int32Array;
}

export function paintOf(scene: Scene, { stepOf, kind }: Bins): Paint {
  const step = kind === 'stages' ? mostOf(scene, stepOf) : largestOf(scene, stepOf);
  return { ...(kind && { kind }), step, order: scene.order.slice().sort((a, b) => step[a]! - step[b]! || scene.stage[a]! - scene.stage[b]! || a - b) };
}

function largestOf(scene: Scene, stepOf: Uint8Array): Uint8Array {
  const step = new Uint8Array(scene.stage.length).fill(UNKNOWN);
  scene.standIn.forEach((box, operator) => {
    const own = stepOf[operator] ?? UNKNOWN;
    if (box >= 0 && own !== UNKNOWN && (step[box] === UNKNOWN || own > step[box]!)) step[box] = own;
  });
  return step;
}

function mostOf(scene: Scene, stepOf: Uint8Array): Uint8Array {
  const counts = new Map<number, Map<number, number>>();
  scene.standIn.forEach((box, operator) => {
    const own = stepOf[operator] ?? UNKNOWN;
    if (box < 0 || own === UNKNOWN) return;
    const of = counts.get(box) ?? new Map<number, number>();
    counts.set(box, of.set(own, (of.get(own) ?? 0) + 1));
  });
  const step = new Uint8Array(scene.stage.length).fill(UNKNOWN);
  for (const [box, of] of counts) step[box] = [...of].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
  return step;
}
