import { deviceUse, lanes, slicesOf, type Lane, type Slice } from './measure';
import type { Timeline } from './timeline';

/** One event of the Trace Event Format; times in microseconds. */
type TraceEvent = Readonly<Record<string, unknown>>;

/** Computing first: it is what one looks for. An exchange of gradients has a lane of its own, since slices of one lane must nest. */
const TRACKS: Readonly<Record<Lane, { readonly tid: number; readonly name: string }>> = {
  compute: { tid: 1, name: 'compute' },
  receive: { tid: 2, name: 'receive' },
  send: { tid: 3, name: 'send' },
  sync: { tid: 4, name: 'exchange gradients' },
};

const micros = (seconds: number): number => seconds * 1e6;

/**
 * A timeline as Chrome trace JSON, which Perfetto and chrome://tracing open: a process for each device, a thread for each lane, a counter of memory,
 * and an arrow from each send to each receive that waits for it.
 * Format: Trace Event Format, Google, "JSON object format".
 *
 * @param title shown with the trace's metadata
 */
export function chromeTrace({ pipeline, simulation, options }: Timeline, title: string): string {
  const { visits } = simulation;
  const events: TraceEvent[] = [];
  const used = new Set<string>();
  const byVisit: (readonly Slice[])[] = Array.from({ length: visits.count }, (_, visit) => slicesOf(simulation, visit));

  byVisit.forEach((slices, visit) => {
    const pass = visits.isBackward(visit) ? 'backward' : 'forward';
    const stage = pipeline.stages[visits.stage(visit)]!.name;
    const microBatch = visits.microBatch(visit);
    const pid = visits.device(visit);
    for (const { lane, startSeconds, seconds } of slices) {
      used.add(`${pid} ${lane}`);
      events.push({ ph: 'X', pid, tid: TRACKS[lane].tid, name: `${pass === 'forward' ? 'F' : 'B'}${microBatch}`, cat: lane, ts: micros(startSeconds), dur: micros(seconds), args: { stage, microBatch, pass } });
    }
  });

  let id = 0;
  byVisit.forEach((slices, visit) => {
    const from = slices.findLast(({ lane }) => lane !== 'sync');
    if (!from) return;
    visits.dependents(visit, (dependent) => {
      const to = byVisit[dependent]![0];
      // an arrow begins and ends within a slice; a stage needs none to itself
      if (!to || visits.stage(dependent) === visits.stage(visit)) return;
      const common = { id: ++id, name: 'data', cat: 'data' };
      events.push({ ph: 's', pid: visits.device(visit), tid: TRACKS[from.lane].tid, ts: micros(from.startSeconds + from.seconds / 2), ...common });
      events.push({ ph: 'f', bp: 'e', pid: visits.device(dependent), tid: TRACKS[to.lane].tid, ts: micros(to.startSeconds + to.seconds / 2), ...common });
    });
  });

  const names: TraceEvent[] = pipeline.devices.flatMap(({ name }, pid) => {
    const stages = pipeline.stages.filter(({ device, replicas }) => pid >= device && pid < device + replicas).map((stage) => stage.name);
    const meta = (event: string, args: object, tid?: number): TraceEvent => ({ ph: 'M', pid, ...(tid !== undefined && { tid }), name: event, args });
    return [
      meta('process_name', { name: `${name}: stage ${stages.join(', ')}` }),
      meta('process_sort_index', { sort_index: pid }),
      ...lanes.filter((lane) => used.has(`${pid} ${lane}`)).flatMap((lane) => [meta('thread_name', { name: TRACKS[lane].name }, TRACKS[lane].tid), meta('thread_sort_index', { sort_index: TRACKS[lane].tid }, TRACKS[lane].tid)]),
    ];
  });
  const memory: TraceEvent[] = pipeline.devices.flatMap((_, pid) =>
    deviceUse(pipeline, simulation, pid).memory.map(({ seconds, bytes }) => ({ ph: 'C', pid, name: 'memory', ts: micros(seconds), args: { bytes } })),
  );
  // one event a line: traces are compared and searched as text, too
  const lines = [...names, ...events, ...memory].map((event) => JSON.stringify(event)).join(',\n');
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify({ title, schedule: options.schedule, microBatches: options.microBatches })},"traceEvents":[\n${lines}\n]}\n`;
}
