/** Why a plan is as it is, in sentences with numbers. Plain data. */
export interface PlanExplanation {
  readonly modelName: string;
  readonly statements: readonly PlanStatement[];
}

export interface PlanStatement {
  /** what it is about, in a word or two: a heading, or the first column of a table */
  readonly topic: string;
  readonly text: string;
}
