import { t } from '@vscode/l10n';
import { UserError } from '../shared/userError';
import { inChunks, largestLoad } from './chunks';
import { deviceUse, type DeviceUse } from './measure';
import { visitOrders, type Schedule } from './order';
import { isTrained, stageLoad, type Pipeline, type PipelineStage, type StageLoad } from './pipeline';
import { rhythm } from './rhythm';
import { simulate, type Simulation } from './simulate';
import { visitsOf } from './visits';

export interface ScheduleOptions {
  readonly schedule: Schedule;
  /** samples of a stream, micro-batches of a batch */
  readonly microBatches: number;
  /** chunks of the model on each device, for the interleaved schedule; at least 2 */
  readonly chunks?: number;
}

/** Visits that a simulation takes on: some seconds and some hundred megabytes. */
export const MOST_VISITS = 2_000_000;

export interface Timeline {
  readonly options: ScheduleOptions;
  /** what was simulated: for the interleaved schedule with a stage for each chunk */
  readonly pipeline: Pipeline;
  readonly simulation: Simulation;
  readonly totalSeconds: number;
  /** when the first micro-batch is done with its last part */
  readonly firstSeconds: number;
  /** until the last stage begins */
  readonly fillSeconds: number;
  /** from when the first stage (in training the last) is done with all micro-batches */
  readonly drainSeconds: number;
  /** per device of the pipeline */
  readonly uses: readonly DeviceUse[];
  /** share of the devices' time in which they do nothing, 0 to 1 */
  readonly bubbleFraction: number;
}

/** The schedules that mean something for a pipeline. */
export function schedulesFor(pipeline: Pipeline): readonly Schedule[] {
  if (!isTrained(pipeline)) return ['stream'];
  return pipeline.stages.length > 1 && pipeline.stages.every(({ replicas }) => replicas === 1) ? ['1f1b', 'gpipe', 'interleaved'] : ['1f1b', 'gpipe'];
}

/**
 * Runs a pipeline with a schedule and measures what came of it.
 *
 * @throws UserError if the schedule does not fit the pipeline, or there would be too much to simulate
 */
export function makeTimeline(given: Pipeline, options: ScheduleOptions): Timeline {
  const { pipeline, simulation } = simulated(given, options);
  const { totalSeconds } = simulation;
  const uses = pipeline.devices.map((_, device) => deviceUse(pipeline, simulation, device));
  const last = pipeline.stages.length - 1;
  return {
    options, pipeline, simulation, totalSeconds, uses,
    ...(last < 0 ? { firstSeconds: 0, fillSeconds: 0, drainSeconds: 0 } : edges(simulation, last, passesOf(options))),
    bubbleFraction: totalSeconds === 0 ? 0 : 1 - uses.reduce((sum, { busySeconds }) => sum + busySeconds, 0) / (totalSeconds * uses.length),
  };
}

const passesOf = ({ schedule }: ScheduleOptions): 1 | 2 => (schedule === 'stream' ? 1 : 2);

function simulated(given: Pipeline, options: ScheduleOptions): Pick<Timeline, 'pipeline' | 'simulation'> {
  const { schedule, microBatches } = options;
  if (!Number.isSafeInteger(microBatches) || microBatches < 1) throw new UserError('micro-batches', t('expected a whole number of at least {0}, got {1}.', 1, microBatches), t('Give another number.'));
  const pipeline = asScheduled(given, options);
  const passes = passesOf(options);
  const count = passes * pipeline.stages.length * microBatches;
  if (count > MOST_VISITS) {
    throw new UserError('timeline', t('{0} micro-batches through {1} stages are too many to simulate.', microBatches, pipeline.stages.length), t('Choose at most {0}.', Math.floor(MOST_VISITS / passes / pipeline.stages.length)));
  }
  const visits = visitsOf(pipeline, microBatches, passes);
  return { pipeline, simulation: simulate(pipeline, visits, visitOrders(pipeline, visits, schedule)) };
}

/** Fill, drain and the first micro-batch's end. */
function edges({ visits, receiveAt, computeAt, endAt, totalSeconds }: Simulation, last: number, passes: 1 | 2): Pick<Timeline, 'firstSeconds' | 'fillSeconds' | 'drainSeconds'> {
  const begin = (visit: number): number => (visits.work(visit).receiveSeconds > 0 ? receiveAt[visit]! : computeAt[visit]!);
  const endOf = (visit: (stage: number, m: number) => number, stage: number): number => {
    let end = 0;
    for (let m = 0; m < visits.microBatches; m++) end = Math.max(end, endAt[visit(stage, m)]!);
    return end;
  };
  let firstSeconds = 0;
  for (let stage = 0; stage <= last; stage++) firstSeconds = Math.max(firstSeconds, endAt[passes === 2 ? visits.backward(stage, 0) : visits.forward(stage, 0)]!);
  return {
    firstSeconds,
    fillSeconds: begin(visits.forward(last, 0)),
    drainSeconds: totalSeconds - (passes === 2 ? endOf(visits.backward, last) : endOf(visits.forward, 0)),
  };
}

/** The pipeline that a schedule runs. */
function asScheduled(pipeline: Pipeline, { schedule, microBatches, chunks = 2 }: ScheduleOptions): Pipeline {
  if (schedule === 'stream') return pipeline;
  if (!isTrained(pipeline)) throw new UserError('schedule', t("'{0}' trains, and this plan has no backward part.", schedule), t("Choose '{0}', or partition for training.", 'stream'));
  if (schedule !== 'interleaved') return pipeline;
  const p = pipeline.stages.length;
  if (pipeline.stages.some(({ replicas }) => replicas > 1)) throw new UserError('schedule', t("'{0}' does not know replicated stages.", schedule), t("Choose '{0}' or '{1}'.", '1f1b', 'gpipe'));
  if (p < 2) throw new UserError('schedule', t("'{0}' needs at least two stages.", schedule), t("Choose '{0}' or '{1}'.", '1f1b', 'gpipe'));
  if (!Number.isSafeInteger(chunks) || chunks < 2) throw new UserError('chunks', t('expected a whole number of at least {0}, got {1}.', 2, chunks), t('Give another number.'));
  if (microBatches % p !== 0) {
    const below = microBatches - (microBatches % p);
    throw new UserError('micro-batches', t("'{0}' needs a multiple of the {1} stages, got {2}.", schedule, p, microBatches), below > 0 ? t('Choose {0} or {1}.', below, below + p) : t('Choose {0}.', below + p));
  }
  return inChunks(pipeline, chunks);
}

/**
 * What the placement model says that a schedule takes per micro-batch once the pipeline is full: the largest load; in GPipe's order the largest
 * forward and the largest backward load.
 */
export function predictedSeconds(pipeline: Pipeline, options: ScheduleOptions): number {
  const of = asScheduled(pipeline, options);
  if (options.schedule === 'interleaved') return largestLoad(of);
  const loads = of.stages.map((stage) => stageLoad(of, stage));
  const most = (values: number[]): number => Math.max(0, ...values);
  if (options.schedule === 'gpipe') return most(loads.map(({ forwardSeconds }) => forwardSeconds)) + most(loads.map(({ backwardSeconds }) => backwardSeconds));
  if (options.schedule === 'stream') return most(loads.map(({ forwardSeconds }) => forwardSeconds));
  return most(loads.map(({ seconds }) => seconds));
}

/** Visits that measuring the steady state takes on. */
const STEADY_VISITS = 200_000;

/**
 * Seconds per micro-batch of the full pipeline, measured where most is to do over the middle half of a long run; null if a run that is long enough
 * would take too much. For a stream it is the largest load, whatever overlaps. In training it is never less, and the same where nothing
 * overlaps and no stage is replicated; otherwise the micro-batches that may be in flight do not always keep all devices busy.
 */
export function steadySeconds(pipeline: Pipeline, options: ScheduleOptions): number | null {
  const { schedule } = options;
  const { stages, devices } = asScheduled(pipeline, { ...options, microBatches: pipeline.stages.length });
  if (stages.length === 0) return 0;
  const passes = passesOf(options);
  const round = stages.reduce((multiple, { replicas }) => leastMultiple(multiple, replicas), schedule === 'interleaved' ? pipeline.stages.length : 1);
  // a stream whose loads are nearly alike finds its rhythm late
  const quarter = round * Math.ceil(Math.max(schedule === 'stream' ? 64 : 16, 4 * stages.length) / round);
  if (4 * quarter * passes * stages.length > STEADY_VISITS) return null;
  const { simulation } = simulated(pipeline, { ...options, microBatches: 4 * quarter });
  const spacing = (stage: number, backward: boolean): number => spacingOf(simulation, stages[stage]!, stage, backward, schedule);
  const loads = stages.map((stage) => stageLoad({ stages, devices }, stage));
  const busiest = (of: (load: StageLoad) => number): number => {
    // stages of one device count together
    const totals = stages.map(({ device }) => loads.reduce((sum, load, s) => sum + (stages[s]!.device === device ? of(load) : 0), 0));
    return totals.indexOf(Math.max(...totals));
  };
  const forward = (): number => spacing(busiest(({ forwardSeconds }) => forwardSeconds), false);
  if (schedule === 'stream') return forward();
  if (schedule === 'gpipe') return forward() + spacing(busiest(({ backwardSeconds }) => backwardSeconds), true);
  return spacing(busiest(({ seconds }) => seconds), true);
}

/**
 * Seconds per micro-batch between the ends of a stage's visits on its first device, in the middle half of them: of a stream as its rhythm is; in 1F1B
 * between moments with as many micro-batches in flight, so that the device did as much forward as backward.
 */
function spacingOf({ orders, visits, endAt }: Simulation, { device, replicas }: PipelineStage, stage: number, backward: boolean, schedule: Schedule): number {
  let inFlight = 0;
  const own: { visit: number; inFlight: number }[] = [];
  for (const visit of orders[device]!) {
    inFlight += visits.isBackward(visit) ? -1 : 1;
    if (visits.stage(visit) === stage && visits.isBackward(visit) === backward) own.push({ visit, inFlight });
  }
  let from = Math.round(own.length / 4) - 1;
  let to = Math.round((own.length * 3) / 4) - 1;
  if (schedule === 'stream') return rhythm(own.slice(from, to + 1).map(({ visit }) => endAt[visit]!)) / replicas;
  if (schedule === '1f1b') {
    const counts = new Map<number, number>();
    for (const { inFlight: of } of own.slice(from, to + 1)) counts.set(of, (counts.get(of) ?? 0) + 1);
    const usual = [...counts].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0];
    while (own[from]!.inFlight !== usual) from++;
    while (own[to]!.inFlight !== usual) to--;
  }
  return (endAt[own[to]!.visit]! - endAt[own[from]!.visit]!) / (to - from) / replicas;
}

function leastMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
