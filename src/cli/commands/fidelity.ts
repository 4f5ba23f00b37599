import { resolve } from 'node:path';
import { measureFidelity } from '../../engine/measureFidelity';
import type { FidelityView } from '../../shared/fidelityView';
import { formatPercent, formatSeconds } from '../../shared/format';
import { parseCount, UsageError, type Command } from '../command';
import { progressBar } from '../progressBar';
import { runtimePlace } from '../runtimePlace';
import { printable, table } from '../table';
import { styler, type Terminal } from '../terminal';

const HELP = `Usage: stagewright fidelity <x.placement.json> [options]

Predicts the time of each stage and the pipeline's throughput, then measures them: the stages run on this machine as a real pipeline in ONNX Runtime,
one process for each, bound to a core of its own where the system allows it. Use a plan for this machine (partition --cluster this-machine).

  --samples n      samples that go through the pipeline, at least 10; 60 if absent
  --inputs file    as for verify; inputs that it does not name are random
  --seed n         of the random inputs; 1 if absent
  --runtime folder that holds ONNX Runtime
  --json           {"runtime", "bound", "samples", "pinned", "stages": [{"stage", "device", "predictedSeconds", "predictedHandOverSeconds", "aloneSeconds",
                   "computeSeconds", "handOverSeconds"}], "predictedSeconds", "measuredSeconds", "wholeSeconds", "notes"}
`;

const LEAST_SAMPLES = 10;

export const fidelity: Command = {
  name: 'fidelity',
  summary: 'runs a plan on this machine and compares it with its prediction',
  help: HELP,
  options: { samples: { type: 'string' }, inputs: { type: 'string' }, seed: { type: 'string' }, runtime: { type: 'string' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const samples = parseCount('samples', args.text('samples'));
    if (samples !== undefined && samples < LEAST_SAMPLES) throw new UsageError(`--samples ${samples}: expected at least ${LEAST_SAMPLES}; the pipeline has to fill.`);
    const seed = parseCount('seed', args.text('seed'));
    const inputs = args.text('inputs');
    const bar = progressBar(terminal);
    try {
      const request = { sidecarPath: resolve(args.operands[0]!), runtime: runtimePlace(args.text('runtime')), ...(samples !== undefined && { samples }), ...(seed !== undefined && { seed }), ...(inputs !== undefined && { inputsPath: inputs }) };
      const result = await measureFidelity(request, bar);
      bar.clear();
      terminal.out(args.flag('json') ? `${JSON.stringify(result, null, 2)}\n` : text(result, terminal));
      return 0;
    } finally {
      bar.clear();
    }
  },
};

function text({ stages, predictedSeconds, measuredSeconds, wholeSeconds, runtime, samples, notes }: FidelityView, terminal: Terminal): string {
  const { bold, faint } = styler(terminal);
  const error = (measured: number, predicted: number): string => `${measured >= predicted ? '+' : '-'}${formatPercent(Math.abs(measured / predicted - 1))}`;
  const rows = stages.map(({ stage, device, predictedSeconds: predicted, aloneSeconds, computeSeconds, predictedHandOverSeconds, handOverSeconds }) => [
    String(stage), device, formatSeconds(predicted), formatSeconds(computeSeconds), error(computeSeconds, predicted), formatSeconds(aloneSeconds), formatSeconds(predictedHandOverSeconds), formatSeconds(handOverSeconds),
  ]);
  return (
    `${bold(`${formatSeconds(measuredSeconds)} per sample, predicted ${formatSeconds(predictedSeconds)} (${error(measuredSeconds, predictedSeconds)}); ${(wholeSeconds / measuredSeconds).toFixed(2)} times as fast as one process (${formatSeconds(wholeSeconds)})`)}\n\n` +
    table([['stage', 'device', 'predicted', 'measured', 'error', 'alone', 'hand-over predicted', 'measured'], ...rows], ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'], faint) +
    notes.map((note) => `\n${printable(note)}`).join('') +
    faint(`\n\nONNX Runtime ${runtime}, ${samples} samples, one thread for each stage\n`)
  );
}
