import { CancelledError } from './userError';

/** What long work tells while it goes on. */
export interface Progress {
  /** What is being done, in a few words: "reading", "inferring shapes", "program over ideals". */
  readonly phase: string;
  /** Done share of the phase, 0 to 1; absent if it cannot be known. */
  readonly fraction?: number;
  /** Best value found so far, in the objective's unit (seconds per sample); absent before the first. */
  readonly incumbent?: number;
  /** Proven lower bound so far, in the same unit. */
  readonly lowerBound?: number;
}

/** Handed to all long work: how it reports, and how it learns that it is to stop. */
export interface Control {
  readonly report: (progress: Progress) => void;
  /** True once the work is to stop. Cheap enough to be polled in a hot loop every few thousand steps. */
  readonly cancelled: () => boolean;
  /** True once whoever waits wants the best result that is known by then instead of a better one. Absent: nobody will ask. */
  readonly stopRequested?: () => boolean;
}

/** A control for work that nobody watches and nobody stops. */
export const unattended: Control = { report: () => undefined, cancelled: () => false };

/** @throws CancelledError if the work is to stop */
export function throwIfCancelled(control: Control): void {
  if (control.cancelled()) throw new CancelledError();
}
