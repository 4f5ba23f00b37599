import type { PinTarget } from '../shared/planEdits';
import type { Planned } from './planned';

/** Where a pinned operator must be: a device by its number in the cluster, or a stage by its index in the pipeline. */
export type PinnedTo = { readonly device: number } | { readonly stage: number };

export const samePlace = (a: PinnedTo | undefined, b: PinnedTo | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && ('stage' in a ? 'stage' in b && a.stage === b.stage : 'device' in b && a.device === b.device));

/** The place as files and the panel name it. */
export const targetOf = (to: PinnedTo, devices: Planned['input']['devices']): PinTarget => ('stage' in to ? { stage: to.stage } : { device: devices[to.device]!.name });

/** The operators that pins name by device, and by stage. */
export const devicePins = (pinned: ReadonlyMap<number, PinnedTo>): [operator: number, device: number][] => [...pinned].flatMap(([operator, to]) => ('device' in to ? [[operator, to.device] as [number, number]] : []));
export const stagePins = (pinned: ReadonlyMap<number, PinnedTo>): [operator: number, stage: number][] => [...pinned].flatMap(([operator, to]) => ('stage' in to ? [[operator, to.stage] as [number, number]] : []));
