/** What running a plan on this machine showed, beside what the plan says. Times in seconds. */

export interface StageFidelity {
  readonly stage: number;
  readonly device: string;
  /** by the plan, in seconds per sample */
  readonly predictedSeconds: number;
  readonly predictedHandOverSeconds: number;
  /** the stage's models alone on the machine */
  readonly aloneSeconds: number;
  /** in the running pipeline */
  readonly computeSeconds: number;
  readonly handOverSeconds: number;
}

export interface FidelityView {
  readonly runtime: string;
  /** sizes of dimensions, by symbol */
  readonly bound: Readonly<Record<string, number>>;
  readonly samples: number;
  /** whether each process was bound to a core of its own */
  readonly pinned: boolean;
  readonly stages: readonly StageFidelity[];
  /** seconds per sample of the full pipeline: by the plan, and as measured */
  readonly predictedSeconds: number;
  readonly measuredSeconds: number;
  /** of the whole model in one process on one thread */
  readonly wholeSeconds: number;
  /** sentences on what lies between prediction and measurement, and between the pipeline and what it could be */
  readonly notes: readonly string[];
}
