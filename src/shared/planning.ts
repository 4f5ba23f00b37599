/** What a plan can be made for, and how, in words for people: the panel and the host both offer these. */

/** Ids are those of the engine's objectives and methods. */
export interface Choice {
  readonly id: string;
  readonly label: string;
}

export const OBJECTIVE_CHOICES: readonly Choice[] = [
  { id: 'throughput', label: 'Throughput: a stream of samples' },
  { id: '1f1b', label: 'Training, 1F1B' },
  { id: 'gpipe', label: 'Training, GPipe' },
  { id: 'latency', label: 'Latency of one sample' },
];

const AUTO: Choice = { id: 'auto', label: 'Automatic' };

const PIPELINE_METHODS: readonly Choice[] = [
  AUTO,
  { id: 'ideals', label: 'Exact: program over ideals' },
  { id: 'coarsened', label: 'Coarsened, cuts improved' },
  { id: 'linearized', label: 'Linearised program' },
  { id: 'pipedream', label: 'Baseline: PipeDream' },
  { id: 'greedy', label: 'Baseline: greedy' },
  { id: 'one-device', label: 'Baseline: one device' },
];

const ORDERED: Choice = { id: 'ordered-integer', label: 'Exact: ordered integer program' };

/** Methods that make a plan for an objective, the usual one first. */
export function methodChoices(objective: string, replicas: number): readonly Choice[] {
  if (objective === 'latency') {
    return [AUTO, { id: 'ideals', label: 'Exact: search over ideals' }, { id: 'linearized', label: 'Linearised' }, { id: 'greedy', label: 'Baseline: greedy' }];
  }
  return objective === 'throughput' && replicas === 1 ? [...PIPELINE_METHODS.slice(0, 2), ORDERED, ...PIPELINE_METHODS.slice(2)] : PIPELINE_METHODS;
}

/** Methods that are compared: those that make plans, and those whose placements show what giving up the pipeline would bring. */
export function comparedMethods(objective: string, replicas: number): readonly string[] {
  const plans = methodChoices(objective, replicas).map(({ id }) => id);
  return objective === 'throughput' && replicas === 1 ? [...plans, 'local-search', 'integer'] : plans;
}

export const OPTIMIZER_CHOICES: readonly Choice[] = [
  { id: 'adam', label: 'Adam' },
  { id: 'momentum', label: 'SGD with momentum' },
  { id: 'sgd', label: 'SGD' },
];

/** What the panel asks a plan for; the model, its dimensions and the cluster are those on view. */
export interface PlanningChoice {
  readonly objective: string;
  readonly method: string;
  /** most devices of one stage */
  readonly replicas: number;
  /** latency: most subgraphs of one device */
  readonly slots: number;
  /** training: micro-batches of a batch; null for the usual number */
  readonly microBatches: number | null;
  readonly optimizer: string;
}

export const USUAL_PLANNING: PlanningChoice = { objective: 'throughput', method: 'auto', replicas: 1, slots: 1, microBatches: null, optimizer: 'adam' };
