import { t } from '@vscode/l10n';
import { slicesOf } from '../schedule/measure';
import type { Schedule } from '../schedule/order';
import { schedules } from '../schedule/order';
import { isTrained, type Pipeline } from '../schedule/pipeline';
import { makeTimeline, predictedSeconds, schedulesFor, steadySeconds, type ScheduleOptions, type Timeline } from '../schedule/timeline';
import { formatBytes, formatPercent, formatSeconds } from '../shared/format';
import { BUBBLE_KINDS, TIMELINE_LANES, type TimelineDeviceView, type TimelineView } from '../shared/timelineView';
import { UserError } from '../shared/userError';
import { pipelineOf } from './pipelineOf';
import type { Planned } from './planned';

/** Which timeline is wanted of a plan; what is absent or null is chosen to suit the plan. */
export interface TimelineRequest {
  readonly schedule?: string | null;
  readonly microBatches?: number | null;
  /** chunks of the model on each device, for the interleaved schedule; 2 if absent */
  readonly chunks?: number;
}

/** Visits of stages that a view carries: more than can be told apart on any screen. */
const MOST_SHOWN = 24_000;

/** Samples of a stream by default: enough to see fill, full pipeline and drain. */
const STREAM = { least: 8, most: 64 };

/** The steady state may be this much slower than the loads say before one is told. */
const NOTEWORTHY = 1e-3;

/** A plan run by a schedule. */
export interface PlanTimeline {
  readonly timeline: Timeline;
  /** schedules that mean something for the plan, the usual one first */
  readonly offered: readonly Schedule[];
  /** seconds per micro-batch of the full pipeline, measured; null if that would take too much */
  readonly steadySeconds: number | null;
  /** the same by the loads of the placement */
  readonly predictedSeconds: number;
  /** what one should know, in sentences */
  readonly notes: readonly string[];
}

/**
 * Runs a plan by a schedule: the plan's own one unless another is asked for.
 *
 * @param planned with a placement
 * @throws UserError if the plan is not one for a pipeline, or the schedule does not fit it
 */
export function timelineOf(planned: Planned, request: TimelineRequest): PlanTimeline {
  const pipeline = pipelineOf(planned);
  const offered = offeredFor(planned, pipeline);
  return run(pipeline, offered, optionsFor(planned, pipeline, offered, request));
}

function run(pipeline: Pipeline, offered: readonly Schedule[], options: ScheduleOptions): PlanTimeline {
  const timeline = makeTimeline(pipeline, options);
  const steady = steadySeconds(pipeline, options);
  const predicted = predictedSeconds(pipeline, options);
  return { timeline, offered, steadySeconds: steady, predictedSeconds: predicted, notes: notesOn(timeline, steady, predicted) };
}

function offeredFor({ objective }: Planned, pipeline: Pipeline): readonly Schedule[] {
  const fitting = schedulesFor(pipeline);
  return objective === 'gpipe' && fitting.includes('gpipe') ? ['gpipe', ...fitting.filter((schedule) => schedule !== 'gpipe')] : fitting;
}

function optionsFor({ problem }: Planned, pipeline: Pipeline, offered: readonly Schedule[], { schedule: wanted, microBatches: given, chunks }: TimelineRequest): ScheduleOptions {
  const schedule = schedules.find((known) => known === (wanted ?? offered[0]));
  if (schedule === undefined) throw new UserError('schedule', t("there is no '{0}'.", wanted ?? ''), t('Choose one of {0}.', schedules.join(', ')));
  if (schedule === 'stream' && isTrained(pipeline)) throw new UserError('schedule', t("'{0}' is inference, and this plan trains.", schedule), t('Choose one of {0}, or partition for throughput.', offered.join(', ')));
  const devices = pipeline.devices.length;
  const usual = schedule === 'stream' ? Math.min(STREAM.most, Math.max(STREAM.least, 2 * devices)) : (problem.training?.microBatches ?? 4 * devices);
  const stages = Math.max(1, pipeline.stages.length);
  const microBatches = given ?? (schedule === 'interleaved' ? Math.ceil(usual / stages) * stages : usual);
  return { schedule, microBatches, ...(chunks !== undefined && { chunks }) };
}

/** Numbers of micro-batches to choose from: the usual one, and multiples of the stages, as far as they can be shown. */
function microBatchesFor(planned: Planned, pipeline: Pipeline, offered: readonly Schedule[], { schedule, microBatches }: ScheduleOptions, most: number): readonly number[] {
  const stages = Math.max(1, pipeline.stages.length);
  const usual = optionsFor(planned, pipeline, offered, { schedule }).microBatches;
  const all = [...(schedule === 'stream' ? [8, 16, 32, 64, 128] : [1, 2, 4, 8, 16, 32].map((rounds) => rounds * stages)), usual, microBatches];
  return [...new Set(all)].filter((count) => count <= most).sort((a, b) => a - b);
}

function notesOn({ options, pipeline, uses }: Timeline, steady: number | null, predicted: number): string[] {
  const notes: string[] = [];
  if (options.schedule === 'interleaved') {
    notes.push(t('An estimate, since no such plan was made: each device holds {0} chunks of equal parts of its stage, and each chunk pays the whole transfers of the stage.', options.chunks ?? 2));
  }
  if (steady !== null && steady > predicted * (1 + NOTEWORTHY)) {
    notes.push(
      t('The full pipeline takes {0} per micro-batch, {1} more than the loads alone ({2}): the micro-batches that may be in flight do not keep the busiest device at work.', formatSeconds(steady), formatPercent(steady / predicted - 1), formatSeconds(predicted)),
    );
  }
  const over = pipeline.devices.flatMap(({ name, capacityBytes }, device) => {
    const { peakBytes } = uses[device]!;
    return capacityBytes !== null && peakBytes > capacityBytes * (1 + 1e-12) ? [t({ message: '{0} needs {1} of {2}', args: [name, formatBytes(peakBytes), formatBytes(capacityBytes)], comment: 'A device, and memory' })] : [];
  });
  if (over.length > 0) notes.push(t('With this schedule the memory does not suffice: {0}.', [...over.slice(0, 3), ...(over.length > 3 ? [t('{0} more', over.length - 3)] : [])].join('; ')));
  return notes;
}

/**
 * A timeline as plain data for the view.
 *
 * @throws UserError as `timelineOf`, and if there is more than can be shown
 */
export function timelineView(planned: Planned, request: TimelineRequest): TimelineView {
  const pipeline = pipelineOf(planned);
  const offered = offeredFor(planned, pipeline);
  const options = optionsFor(planned, pipeline, offered, request);
  const { schedule, microBatches, chunks = 2 } = options;
  const visitsEach = pipeline.stages.length * (schedule === 'stream' ? 1 : 2) * (schedule === 'interleaved' ? chunks : 1);
  const most = Math.floor(MOST_SHOWN / visitsEach);
  if (microBatches > most) throw new UserError('timeline', t('{0} micro-batches are more than can be shown.', microBatches), t('Choose at most {0}.', most));
  const { timeline, steadySeconds: steady, predictedSeconds: predicted, notes } = run(pipeline, offered, options);
  const { totalSeconds, firstSeconds, fillSeconds, drainSeconds, bubbleFraction } = timeline;
  return {
    schedule, microBatches, offered, offeredMicroBatches: microBatchesFor(planned, pipeline, offered, options, most), totalSeconds, firstSeconds, fillSeconds, drainSeconds, bubbleFraction,
    steadySeconds: steady, predictedSeconds: predicted, notes,
    devices: timeline.pipeline.devices.map((_, device) => deviceView(timeline, pipeline.stages.length, device)),
  };
}

/** @param planStages stages of the plan; with chunks the pipeline has a multiple of them */
function deviceView({ pipeline, simulation, uses }: Timeline, planStages: number, device: number): TimelineDeviceView {
  const { visits } = simulation;
  const { busySeconds, peakBytes, peakInFlight, memory, bubbles } = uses[device]!;
  const { name, capacityBytes } = pipeline.devices[device]!;
  const here = pipeline.stages.flatMap((stage, s) => (device >= stage.device && device < stage.device + stage.replicas ? [s] : []));
  const slices = simulation.orders[device]!.flatMap((visit) => slicesOf(simulation, visit)).sort((a, b) => a.startSeconds - b.startSeconds);
  return {
    name,
    stages: [...new Set(here.map((s) => s % planStages))],
    busySeconds, peakBytes, capacityBytes, peakInFlight,
    weightBytes: here.reduce((sum, s) => sum + pipeline.stages[s]!.weightBytes, 0),
    memory: { seconds: memory.map(({ seconds }) => seconds), bytes: memory.map(({ bytes }) => bytes) },
    bubbles: { kind: bubbles.map(({ kind }) => BUBBLE_KINDS.indexOf(kind)), start: bubbles.map(({ startSeconds }) => startSeconds), seconds: bubbles.map(({ seconds }) => seconds) },
    slices: {
      lane: slices.map(({ lane }) => TIMELINE_LANES.indexOf(lane)),
      stage: slices.map(({ visit }) => visits.stage(visit) % planStages),
      chunk: slices.map(({ visit }) => Math.floor(visits.stage(visit) / planStages)),
      microBatch: slices.map(({ visit }) => visits.microBatch(visit)),
      backward: slices.map(({ visit }) => (visits.isBackward(visit) ? 1 : 0)),
      start: slices.map(({ startSeconds }) => startSeconds),
      seconds: slices.map(({ seconds }) => seconds),
    },
  };
}
