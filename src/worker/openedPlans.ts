import { startTrail, type EditTrail } from '../engine/editPlacement';
import { openPlacement } from '../engine/openPlacement';
import type { OpenedPlacement } from '../engine/requests';
import type { Control } from '../shared/progress';
import { fileStamp } from './fileStamp';

/** Plans at hand while they are edited: opening one reads its model. */
export interface OpenedPlans {
  /** @throws UserError if the placement or its model cannot be read, or the placement is stale */
  open(sidecarPath: string, text: string, control: Control): EditTrail;
  /** The plan itself, which may be stale. @throws UserError if the placement or its model cannot be read */
  look(sidecarPath: string, text: string, control: Control): OpenedPlacement;
  /** keeps a plan that was opened for something else */
  remember(sidecarPath: string, text: string, opened: OpenedPlacement): void;
}

/** The plan that the steps of an edit start from, the one that it is compared with, and another one. */
const KEPT = 3;

export function makeOpenedPlans(): OpenedPlans {
  const kept: { readonly sidecarPath: string; readonly text: string; readonly stamp: string; readonly trail: EditTrail }[] = [];
  const keep = (sidecarPath: string, text: string, trail: EditTrail): void => {
    const at = kept.findIndex((plan) => plan.sidecarPath === sidecarPath && plan.text === text);
    if (at >= 0) kept.splice(at, 1);
    kept.unshift({ sidecarPath, text, stamp: fileStamp(trail.opened.modelPath), trail });
    kept.length = Math.min(kept.length, KEPT);
  };
  const find = (sidecarPath: string, text: string): EditTrail | undefined => kept.find((plan) => plan.sidecarPath === sidecarPath && plan.text === text && plan.stamp === fileStamp(plan.trail.opened.modelPath))?.trail;
  return {
    open: (sidecarPath, text, control) => {
      const trail = find(sidecarPath, text) ?? startTrail(openPlacement(sidecarPath, control, text));
      keep(sidecarPath, text, trail);
      return trail;
    },
    look: (sidecarPath, text, control) => {
      const known = find(sidecarPath, text);
      const opened = known?.opened ?? openPlacement(sidecarPath, control, text);
      if (opened.planned) keep(sidecarPath, text, known ?? startTrail(opened));
      return opened;
    },
    remember: (sidecarPath, text, opened) => {
      // the steps that were followed from it stay
      if (opened.planned && !find(sidecarPath, text)) keep(sidecarPath, text, startTrail(opened));
    },
  };
}
