import { resolve } from 'node:path';
import { planTimeline } from '../../engine/planTimeline';
import { chromeTrace } from '../../schedule/chromeTrace';
import { schedules } from '../../schedule/order';
import { formatBytes, formatPercent, formatSeconds } from '../../shared/format';
import { saveAtomically } from '../../sidecar/saveAtomically';
import { parseChoice, parseCount, UsageError, type Command } from '../command';
import { progressBar } from '../progressBar';
import { printable, table } from '../table';
import { styler } from '../terminal';

const HELP = `Usage: stagewright timeline <x.placement.json> [--schedule name] [--micro-batches n] [-o trace.json] [--json]

Runs a plan over time: when each device computes, receives and sends, when it waits, and what it keeps in memory.

  --schedule name      stream (inference; plans for throughput), 1f1b, gpipe, interleaved (plans for training);
                       the plan's own if absent
  --micro-batches n    samples of the stream, micro-batches of the batch; the plan's own, or a few, if absent
  --chunks n           interleaved: chunks of the model on each device; 2 if absent
  -o, --out file       writes the timeline as Chrome trace JSON, for Perfetto (ui.perfetto.dev) or chrome://tracing
  --json               {"modelName", "schedule", "microBatches", "totalSeconds", "firstSeconds", "fillSeconds", "drainSeconds", "bubbleFraction",
                       "steadySeconds" | null, "predictedSeconds", "devices": [{"device", "stages", "busySeconds", "bubbleSeconds", "peakBytes",
                       "capacityBytes" | null, "peakInFlight"}], "notes"}; steadySeconds is measured on the full pipeline, predictedSeconds is what
                       the loads of the plan say

What was sent waits in the host's memory until its receiver takes it. The optimiser's step takes no time.
`;

export const timeline: Command = {
  name: 'timeline',
  summary: 'runs a plan over time, as a table or a trace',
  help: HELP,
  options: { schedule: { type: 'string' }, 'micro-batches': { type: 'string' }, chunks: { type: 'string' }, out: { type: 'string', short: 'o' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const schedule = parseChoice('schedule', args.text('schedule'), schedules);
    const microBatches = parseCount('micro-batches', args.text('micro-batches'));
    const chunks = parseCount('chunks', args.text('chunks'));
    const out = args.text('out');
    if (out === '') throw new UsageError('timeline: name the file to write with -o.');
    const bar = progressBar(terminal);
    try {
      const result = planTimeline(resolve(args.operands[0]!), { ...(schedule && { schedule }), ...(microBatches !== undefined && { microBatches }), ...(chunks !== undefined && { chunks }) }, bar);
      bar.clear();
      const { modelName, timeline: run, steadySeconds, predictedSeconds, notes } = result;
      if (out !== undefined) saveAtomically(resolve(out), chromeTrace(run, modelName));
      const { options, pipeline, uses, totalSeconds, firstSeconds, fillSeconds, drainSeconds, bubbleFraction } = run;
      const devices = pipeline.devices.map(({ name, capacityBytes }, device) => {
        const { busySeconds, peakBytes, peakInFlight } = uses[device]!;
        const stages = pipeline.stages.filter((stage) => device >= stage.device && device < stage.device + stage.replicas).map((stage) => stage.name);
        return { device: name, stages, busySeconds, bubbleSeconds: totalSeconds - busySeconds, peakBytes, capacityBytes, peakInFlight };
      });
      if (args.flag('json')) {
        const { schedule: of, microBatches: count } = options;
        terminal.out(`${JSON.stringify({ modelName, schedule: of, microBatches: count, totalSeconds, firstSeconds, fillSeconds, drainSeconds, bubbleFraction, steadySeconds, predictedSeconds, devices, notes }, null, 2)}\n`);
        return 0;
      }
      const { bold, faint } = styler(terminal);
      const trained = options.schedule !== 'stream';
      const rows = devices.map(({ device, stages, busySeconds, bubbleSeconds, peakBytes, capacityBytes, peakInFlight }) => [
        device, stages.join(', '), formatSeconds(busySeconds), formatPercent(totalSeconds === 0 ? 0 : bubbleSeconds / totalSeconds),
        capacityBytes === null ? formatBytes(peakBytes) : `${formatBytes(peakBytes)} of ${formatBytes(capacityBytes)}`, ...(trained ? [String(peakInFlight)] : []),
      ]);
      const unit = trained ? 'micro-batch' : 'sample';
      terminal.out(
        `${bold(printable(modelName))}: ${options.microBatches} ${options.microBatches === 1 ? unit : trained ? 'micro-batches' : 'samples'}, ${options.schedule}, ${formatSeconds(totalSeconds)}\n` +
          `  full pipeline ${steadySeconds === null ? 'not measured' : `${formatSeconds(steadySeconds)} per ${unit}`} (by the loads ${formatSeconds(predictedSeconds)}); first ${unit} after ${formatSeconds(firstSeconds)}\n` +
          `  fill ${formatSeconds(fillSeconds)}, drain ${formatSeconds(drainSeconds)}, bubbles ${formatPercent(bubbleFraction)}\n\n` +
          table([['device', 'stage', 'busy', 'bubbles', 'memory at most', ...(trained ? ['in flight'] : [])], ...rows], ['left', 'left', 'right', 'right', 'right', ...(trained ? (['right'] as const) : [])], faint) +
          notes.map((note) => `\n${printable(note)}\n`).join('') +
          (out === undefined ? '' : `\nwritten ${printable(out)}\n`),
      );
      return 0;
    } finally {
      bar.clear();
    }
  },
};
