/** A contiguous split of units: what each stage holds, and the class of its device, in pipeline order. */
export interface Split {
  /** largest load of a stage, in seconds, as the solver that made it sees it */
  readonly value: number;
  readonly stages: readonly { readonly class: number; readonly units: readonly number[] }[];
}
