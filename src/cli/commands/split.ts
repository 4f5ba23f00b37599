import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { splitPlacement } from '../../engine/splitPlacement';
import { formatBytes } from '../../shared/format';
import { parseChoice, UsageError, type Command } from '../command';
import { progressBar } from '../progressBar';
import { printable, table } from '../table';
import { styler } from '../terminal';

const HELP = `Usage: stagewright split <x.placement.json> -o <folder> [--data shared|per-stage] [--json]

Writes one ONNX model for each stage (several where a stage waits for others in between) and pipeline.json, which says what flows between them.
Records of the model's file are copied as they are; what every stage can compute from weights alone stands in each stage that reads it.

  -o, --out folder     where to write; created if it is not there
  --data choice        external data: shared (default): the model's files, as one more name of the same file where the file system can, else copied;
                       per-stage: beside each stage a file with what it reads
  --json               {"files", "manifest": {"version", "model", "operators", "inputs", "outputs", "models": [{"file", "stage", "part", "device",
                       "replicas", "operators", "inputs", "outputs"}]}}

Files take their names when all are complete. They are read back and checked against the model; "stagewright verify" runs them.
`;

export const split: Command = {
  name: 'split',
  summary: 'writes one ONNX model for each stage',
  help: HELP,
  options: { out: { type: 'string', short: 'o' }, data: { type: 'string' } },
  operands: [1, 1],
  run: async (args, terminal) => {
    const out = args.text('out');
    if (out === undefined || out === '') throw new UsageError('split: name the folder to write to with -o.');
    const data = parseChoice('data', args.text('data'), ['shared', 'per-stage'] as const);
    const bar = progressBar(terminal);
    try {
      const { manifest, files } = splitPlacement({ sidecarPath: resolve(args.operands[0]!), folder: resolve(out), ...(data && { data }) }, bar);
      bar.clear();
      if (args.flag('json')) {
        terminal.out(`${JSON.stringify({ files, manifest }, null, 2)}\n`);
        return 0;
      }
      const { faint } = styler(terminal);
      const rows = manifest.models.map(({ file, device, replicas, operators, inputs, outputs }) => [
        file, replicas > 1 ? `${device} x ${replicas}` : device, String(operators), String(inputs.length), String(outputs.length), formatBytes(statSync(resolve(out, file)).size),
      ]);
      const others = files.filter((file) => !manifest.models.some((model) => model.file === file));
      terminal.out(
        table([['model', 'device', 'operators', 'reads', 'gives', 'file'], ...rows], ['left', 'left', 'right', 'right', 'right', 'right'], faint) +
          `\nwritten to ${printable(out)}, with ${others.map(printable).join(', ')}\n`,
      );
      return 0;
    } finally {
      bar.clear();
    }
  },
};
