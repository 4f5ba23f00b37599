import { t } from '@vscode/l10n';

/** What a plan can be made for, and how, in words for people: the panel and the host both offer these. */

/** Ids are those of the engine's objectives and methods. */
export interface Choice {
  readonly id: string;
  readonly label: string;
}

export const objectiveChoices = (): readonly Choice[] => [
  { id: 'throughput', label: t('Throughput: a stream of samples') },
  { id: '1f1b', label: t('Training, 1F1B') },
  { id: 'gpipe', label: t('Training, GPipe') },
  { id: 'latency', label: t('Latency of one sample') },
];

/** An objective in a word; 1F1B and GPipe are names. */
export function objectiveName(objective: string): string {
  if (objective === 'throughput') return t({ message: 'throughput', comment: 'What a plan is made for' });
  return objective === 'latency' ? t({ message: 'latency', comment: 'What a plan is made for' }) : objective;
}

const automatic = (): Choice => ({ id: 'auto', label: t({ message: 'Automatic', comment: 'Method' }) });

const pipelineMethods = (): readonly Choice[] => [
  automatic(),
  { id: 'ideals', label: t('Exact: program over ideals') },
  { id: 'coarsened', label: t('Coarsened, cuts improved') },
  { id: 'linearized', label: t('Linearised program') },
  { id: 'pipedream', label: t('Baseline: PipeDream') },
  { id: 'greedy', label: t('Baseline: greedy') },
  { id: 'one-device', label: t('Baseline: one device') },
];

const ordered = (): Choice => ({ id: 'ordered-integer', label: t('Exact: ordered integer program') });

/** Methods that make a plan for an objective, the usual one first. */
export function methodChoices(objective: string, replicas: number): readonly Choice[] {
  if (objective === 'latency') {
    return [automatic(), { id: 'ideals', label: t('Exact: search over ideals') }, { id: 'linearized', label: t({ message: 'Linearised', comment: 'Method' }) }, { id: 'greedy', label: t('Baseline: greedy') }];
  }
  const methods = pipelineMethods();
  return objective === 'throughput' && replicas === 1 ? [...methods.slice(0, 2), ordered(), ...methods.slice(2)] : methods;
}

/** Methods that are compared: those that make plans, and those whose placements show what giving up the pipeline would bring. */
export function comparedMethods(objective: string, replicas: number): readonly string[] {
  const plans = methodChoices(objective, replicas).map(({ id }) => id);
  return objective === 'throughput' && replicas === 1 ? [...plans, 'local-search', 'integer'] : plans;
}

export const optimizerChoices = (): readonly Choice[] => [
  { id: 'adam', label: 'Adam' },
  { id: 'momentum', label: t('SGD with momentum') },
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
