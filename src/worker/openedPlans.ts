import { openPlacement } from '../engine/openPlacement';
import type { OpenedPlacement } from '../engine/requests';
import type { Control } from '../shared/progress';
import { fileStamp } from './fileStamp';

/** Plans at hand while they are edited: opening one reads its model. */
export interface OpenedPlans {
  /** @throws UserError if the placement or its model cannot be read */
  open(sidecarPath: string, text: string, control: Control): OpenedPlacement;
  remember(sidecarPath: string, text: string, opened: OpenedPlacement): void;
}

/** The plan that the steps of an edit start from, and the one that they led to. */
const KEPT = 2;

export function makeOpenedPlans(): OpenedPlans {
  const kept: { readonly sidecarPath: string; readonly text: string; readonly stamp: string; readonly opened: OpenedPlacement }[] = [];
  const remember: OpenedPlans['remember'] = (sidecarPath, text, opened) => {
    const at = kept.findIndex((plan) => plan.sidecarPath === sidecarPath && plan.text === text);
    if (at >= 0) kept.splice(at, 1);
    kept.unshift({ sidecarPath, text, stamp: fileStamp(opened.modelPath), opened });
    kept.length = Math.min(kept.length, KEPT);
  };
  return {
    open: (sidecarPath, text, control) => {
      const known = kept.find((plan) => plan.sidecarPath === sidecarPath && plan.text === text && plan.stamp === fileStamp(plan.opened.modelPath));
      const opened = known?.opened ?? openPlacement(sidecarPath, control, text);
      remember(sidecarPath, text, opened);
      return opened;
    },
    remember,
  };
}
